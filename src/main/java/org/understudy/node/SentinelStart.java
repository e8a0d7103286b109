package org.understudy.node;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.CommandLine;
import org.understudy.config.Config;
import org.understudy.config.ConfigReader;
import org.understudy.config.Directive;
import org.understudy.config.SentinelLine;
import org.understudy.persistence.DiskFileSystem;
import org.understudy.sentinel.NameResolver;
import org.understudy.sentinel.ScriptRunner;
import org.understudy.sentinel.SentinelConfig;
import org.understudy.sentinel.SentinelMode;
import org.understudy.sentinel.World;

/** What a process does to be a sentinel before it is a node. */
final class SentinelStart {
  static final int PORT = 26379;

  private static final Logger log = LoggerFactory.getLogger(SentinelStart.class);

  private SentinelStart() {}

  /**
   * Reads the configuration of a sentinel, which it must be able to write.
   *
   * @throws org.understudy.config.ConfigFileError the configuration is wrong
   * @throws StartFailure there is no file, or it cannot be written; that was logged
   */
  static SentinelMode read(Config config, ConfigReader reader, CommandLine line, InputStream standardInput) {
    defaults(config);
    List<SentinelLine> lines = new ArrayList<>();
    reader.sentinel(lines::add).read(line, standardInput);
    World world = world();
    SentinelConfig configured =
        SentinelConfig.read(lines, config.file(), world.names(), world.files(), Files::isExecutable, config.dir());
    check(config, configured);
    return new SentinelMode(world, config, configured);
  }

  /** Where a sentinel starts from other defaults than a server. */
  static void defaults(Config config) {
    config.assign(Directive.PORT, Integer.toString(PORT));
    config.assign(Directive.PROTECTED_MODE, "no");
  }

  static World world() {
    return new World(new SystemClock(), new DiskFileSystem(), NameResolver.SYSTEM, ScriptRunner.PROCESSES,
        RandomGenerator.getDefault(), Runtime.getRuntime()::halt);
  }

  private static void check(Config config, SentinelConfig configured) {
    if (config.file() == null) {
      log.warn("Sentinel needs config file on disk to save state. Exiting...");
      throw new StartFailure("no configuration file");
    }
    Path state = configured.stateFile();
    if (state == null) {
      if (!Files.isWritable(config.file())) throw unwritable("Sentinel config file", config.file());
    } else if (Files.exists(state) && !Files.isWritable(state)) {
      throw unwritable("Sentinel state file", state);
    }
    // A file is replaced by a new one: a sentinel that cannot do so would run, and never give a vote
    Path folder = (state == null ? config.file() : state).toAbsolutePath().getParent();
    if (!Files.isWritable(folder)) throw unwritable("The folder for the Sentinel's state", folder);
  }

  private static StartFailure unwritable(String what, Path file) {
    log.warn("{} {} is not writable: {}. Exiting...", what, file,
        Files.exists(file) ? "Permission denied" : "No such file or directory");
    return new StartFailure(file + " is not writable");
  }
}
