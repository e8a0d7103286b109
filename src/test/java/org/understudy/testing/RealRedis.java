package org.understudy.testing;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A real redis-server of the version that we stand in for, on a free loopback port, in a temporary folder of its own,
 * without persistence unless asked for. Found on the PATH, or by the environment variable REDIS_SERVER.
 */
public final class RealRedis implements AutoCloseable {
  public static final String VERSION = "7.0.15";

  private static final int ATTEMPTS = 5;
  private static final int STOP_SECONDS = 10;

  private final Process process;
  private final int port;
  private final Path folder;
  private final StringBuffer log = new StringBuffer();

  private RealRedis(Process process, int port, Path folder) {
    this.process = process;
    this.port = port;
    this.folder = folder;
  }

  /**
   * Skips the calling test method where no redis-server 7.0.15 is installed; in CI (environment variable CI=true) fails
   * it. For a whole class see {@link NeedsRealRedis}.
   */
  public static void assumeInstalled() {
    String missing = missing();
    if (missing == null) return;
    if (inCi()) fail(missing);
    Assumptions.abort(missing);
  }

  /** What is wrong with the installed server; null if nothing is. */
  static String missing() {
    String version = installedVersion();
    if (version.contains("v=" + VERSION + " ")) return null;
    return "needs redis-server " + VERSION + ", found " + (version.isEmpty() ? "none" : version);
  }

  static boolean inCi() {
    return "true".equals(System.getenv("CI"));
  }

  /** @param options as on its command line: {@code "--maxmemory", "1mb"} */
  public static RealRedis start(String... options) {
    return start(() -> launch(options), "Ready to accept connections");
  }

  /** A sentinel instead of a server. @param lines of its configuration file; port and addresses are chosen here */
  public static RealRedis startSentinel(String... lines) {
    return start(() -> launchSentinel(lines), "Sentinel ID is");
  }

  private static RealRedis start(Supplier<RealRedis> launch, String ready) {
    for (int attempt = 1; ; attempt++) {
      RealRedis redis = launch.get();
      if (redis.becomesReady(ready)) return redis;
      redis.close();
      if (attempt == ATTEMPTS) throw new IllegalStateException("redis-server does not start:\n" + redis.log);
    }
  }

  public int port() {
    return port;
  }

  /** Where it keeps its files. */
  public Path folder() {
    return folder;
  }

  /** What it has logged so far. */
  public String log() {
    return log.toString();
  }

  public RespClient connect() {
    return RespClient.connect(port);
  }

  /** The server does not run any more, and loses nothing, until {@link #goOn}. */
  public void pause() {
    signal("STOP");
  }

  public void goOn() {
    signal("CONT");
  }

  /** @param name without SIG */
  public void signal(String name) {
    try {
      int status = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
      if (status != 0) throw new IllegalStateException("kill -" + name + " ends with " + status);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops the server and deletes its folder. */
  @Override
  public void close() {
    process.toHandle().destroy(); // leaves the pipe open, so that the last log lines are read
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
      Scratch.delete(folder);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static RealRedis launch(String... options) {
    try {
      int port = Scratch.freePort(); // may be taken before the start; then another is tried
      Path folder = Scratch.newFolder("real-redis");
      List<String> command = new ArrayList<>(List.of(executable().getPath(), "--port", Integer.toString(port),
          "--bind", "127.0.0.1", "--dir", folder.toString(), "--save", ""));
      command.addAll(List.of(options));
      return new RealRedis(new ProcessBuilder(command).redirectErrorStream(true).start(), port, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RealRedis launchSentinel(String... lines) {
    try {
      int port = Scratch.freePort(); // may be taken before the start; then another is tried
      Path folder = Scratch.newFolder("real-sentinel");
      List<String> all = new ArrayList<>(List.of("port " + port, "bind 127.0.0.1", "dir " + folder));
      all.addAll(List.of(lines));
      Path file = Files.write(folder.resolve("sentinel.conf"), all);
      return new RealRedis(new ProcessBuilder(executable().getPath(), file.toString(), "--sentinel")
          .redirectErrorStream(true).start(), port, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads the log until the server says that it is ready, and leaves the rest of it to a thread; false if it ends
   * first.
   */
  private boolean becomesReady(String ready) {
    BufferedReader lines = process.inputReader(StandardCharsets.ISO_8859_1);
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.append(line).append('\n');
        if (!line.contains(ready)) continue;
        Thread rest = new Thread(() -> drain(lines), "real-redis-log");
        rest.setDaemon(true);
        rest.start();
        return true;
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void drain(BufferedReader lines) {
    try (lines) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) log.append(line).append('\n');
    } catch (IOException e) {
      log.append("log ends: ").append(e.getMessage()).append('\n');
    }
  }

  private static String installedVersion() {
    File executable = executable();
    if (executable == null) return "";
    try {
      Process process = new ProcessBuilder(executable.getPath(), "--version").redirectErrorStream(true).start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static File executable() {
    String given = System.getenv("REDIS_SERVER");
    if (given != null) return new File(given);
    String path = System.getenv("PATH");
    if (path == null) return null;
    return Stream.of(path.split(File.pathSeparator)).map(folder -> new File(folder, "redis-server"))
        .filter(File::canExecute).findFirst().orElse(null);
  }
}
