package org.understudy.node;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@code daemonize yes}. A JVM cannot fork, so the process starts its own command line once more, in a session of its
 * own and with its standard streams on /dev/null; the second one finds {@value #MARK} in its environment. The first
 * ends when the second listens: who connects then is served, as with redis-server, whose start takes no time. The end
 * of the second one's standard error is the sign for that.
 */
final class Daemon {
  private static final String MARK = "UNDERSTUDY_DAEMON";

  private Daemon() {}

  /** This process is the second one. */
  static boolean isDaemon() {
    return System.getenv(MARK) != null;
  }

  /** Starts the second process, and waits until it listens or has ended. It reads {@code input} as standard input. */
  static void start(byte[] input) throws IOException {
    List<String> command = new ArrayList<>();
    if (onPath("setsid")) command.add("setsid");
    // Not ProcessHandle.info(): it gives up on long command lines.
    String line = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.ISO_8859_1);
    command.addAll(Arrays.asList(line.substring(0, line.length() - 1).split("\0", -1)));
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(Redirect.DISCARD);
    builder.environment().put(MARK, "1");
    Process daemon = builder.start();
    try (OutputStream stdin = daemon.getOutputStream()) {
      stdin.write(input);
    }
    daemon.getErrorStream().transferTo(OutputStream.nullOutputStream());
  }

  /** In the second process, which listens: has the first one end. */
  static void listening() {
    System.err.close(); // of a standard stream the JDK makes /dev/null
  }

  private static boolean onPath(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
