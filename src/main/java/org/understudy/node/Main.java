package org.understudy.node;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.Security;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.CommandLine;
import org.understudy.config.Config;
import org.understudy.config.ConfigFileError;
import org.understudy.config.ConfigReader;
import org.understudy.config.Directive;
import org.understudy.sentinel.SentinelMode;
import org.understudy.shard.Mode;

/**
 * The program behind {@code understudy-server}: arguments, configuration, daemon, log, node, signals, and the way out.
 * Exit status: 0 after an orderly shutdown (and for a parent of a daemon), 1 for everything else.
 */
public final class Main {
  private final Logger log = LoggerFactory.getLogger(Main.class);
  private final NodeLog nodeLog = NodeLog.ofProcess();
  private final long pid = ProcessHandle.current().pid();
  private final Shutdown shutdown = new Shutdown();
  private final String program;
  private final CommandLine line;
  private final Config config;
  /** Whether this is to be a sentinel; and it, once the configuration is read. */
  private final boolean isSentinel;
  private SentinelMode sentinel;
  private PidFile pidFile;
  private Supervision supervision;
  private boolean background;
  /** Null until it serves. */
  private volatile Node node;

  private Main(String program, CommandLine line, Config config, boolean isSentinel) {
    this.isSentinel = isSentinel;
    this.program = program;
    this.line = line;
    this.config = config;
  }

  public static void main(String[] args) {
    String program = System.getProperty("understudy.program", "understudy-server");
    CommandLine line = CommandLine.parse(args);
    String name = program.substring(program.lastIndexOf('/') + 1);
    boolean sentinel = line.sentinel() || name.contains("redis-sentinel") || name.contains("understudy-sentinel");
    System.exit(switch (line.action()) {
      case VERSION -> {
        System.out.print(Usage.version());
        yield 0;
      }
      case HELP -> refuse(Usage.help(program));
      case TEST_MEMORY -> refuse(Usage.noMemoryTest(program));
      case CHECK_SYSTEM -> refuse(Usage.noSystemCheck(program));
      case RUN -> new Main(program, line, Config.defaults(), sentinel).run();
    });
  }

  private static int refuse(String reason) {
    System.err.print(reason);
    return 1;
  }

  private int run() {
    // The JVM would remember what a name was resolved to: that of a primary, or of a server that is watched.
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    try {
      byte[] input = line.standardInput() ? System.in.readAllBytes() : new byte[0];
      ConfigCheck check = new ConfigCheck();
      ConfigReader reader =
          new ConfigReader(config).renaming(check::rename).users(check::user).warnings(log::warn);
      if (isSentinel) {
        nodeLog.role(() -> 'X');
        sentinel = SentinelStart.read(config, reader, line, new ByteArrayInputStream(input));
      } else {
        reader.read(line, new ByteArrayInputStream(input));
      }
      String contradiction = config.appendfsyncContradiction();
      if (contradiction != null) throw ConfigFileError.general(contradiction);
      applyToLog(config);
      supervision = Supervision.of(config.supervised(), System.getenv());
      background = config.daemonize() && !supervision.isSupervised();
      if (background && !Daemon.isDaemon()) {
        Daemon.start(input);
        return 0;
      }
      return serve();
    } catch (ConfigFileError error) {
      if (error.logged()) log.warn(error.getMessage());
      else error.printTo(System.err);
      return 1;
    } catch (StartFailure logged) {
      return 1;
    } catch (IOException failure) {
      log.warn("Cannot start: {}", failure.getMessage());
      return 1;
    }
  }

  private int serve() {
    CrashReport crash = new CrashReport();
    Thread.setDefaultUncaughtExceptionHandler((thread, error) -> crash.error(thread.getName(), error));
    Banner.starting(pid);
    if (line.options() == null) {
      log.warn("Warning: no config file specified, using the default config. In order to specify a config file use {}"
          + " /path/to/redis.conf", program);
    } else {
      log.warn("Configuration loaded");
    }
    nodeLog.syslog(config.syslogEnabled(), config.syslogIdent(), config.syslogFacility());
    if (!isSentinel) nodeLog.role(() -> config.replicaof().isPresent() ? 'S' : 'M');
    Signals.handle(signals(), config.flag(Directive.CRASH_LOG_ENABLED), crash);
    SystemLimits.openFiles(config, Path.of("/proc/self/limits"));
    OomScore.follow(config, Path.of("/proc/self/oom_score_adj"));
    if (background && config.pidfile().isEmpty()) config.assign(Directive.PIDFILE, PidFile.DEFAULT);
    node = Node.start(config, shutdown, this::listening, sentinel);
    supervision.ready();
    if (config.maxmemory() > 0 && config.maxmemory() < 1024 * 1024) {
      log.warn("WARNING: You specified a maxmemory value that is less than 1MB (current value is {} bytes). Are you"
          + " sure this is what you really want?", config.maxmemory());
    }
    // A signal that came while there was no node to tell.
    if (shutdown.requested()) node.requestShutdown(0);
    node.awaitStopped();
    supervision.stopping();
    if (pidFile != null) pidFile.remove();
    if (!shutdown.requested()) {
      log.warn("The server stopped by itself: see above for the cause.");
      return 1;
    }
    log.warn("{} is now ready to exit, bye bye...", isSentinel ? "Sentinel" : "Redis");
    return 0;
  }

  private void applyToLog(Config now) {
    nodeLog.level(now.loglevel());
    nodeLog.file(now.logfile().isEmpty() ? "" : now.resolve(now.logfile()).toString());
    now.onChange(Directive.LOGLEVEL, changed -> {
      nodeLog.level(changed.loglevel());
      return null;
    });
  }

  /** All sockets listen; the dataset is not loaded yet. */
  private void listening() {
    if (!config.pidfile().isEmpty()) {
      pidFile = new PidFile(config.resolve(config.pidfile()));
      pidFile.write(pid);
    }
    Banner.running(config, isSentinel ? sentinel.word() : Mode.STANDALONE.word(),
        Boolean.getBoolean("understudy.terminal"), pid);
    SystemLimits.backlog(config, Path.of("/proc/sys/net/core/somaxconn"));
    if (background) Daemon.listening();
    if (!isSentinel) log.warn("Server initialized");
  }

  private Signals.Target signals() {
    return new Signals.Target() {
      @Override
      public void requestShutdown(String signal) {
        shutdown.request();
        Node serving = node;
        if (serving != null) {
          serving.requestShutdown(signal.equals("INT") ? config.shutdownOnSigint() : config.shutdownOnSigterm());
        }
      }

      @Override
      public boolean shutdownRequested() {
        return shutdown.requested();
      }

      @Override
      public void endAtOnce() {
        shutdown.endAtOnce();
      }

      @Override
      public boolean loading() {
        return node == null;
      }
    };
  }
}
