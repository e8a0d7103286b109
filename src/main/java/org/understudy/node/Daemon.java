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
 * own and with its standard streams on /dev/null, and ends; the second one finds {@value #MARK} in its environment.
 */
final class Daemon {
  private static final String MARK = "UNDERSTUDY_DAEMON";

  private Daemon() {}

  /** This process is the second one. */
  static boolean isDaemon() {
    return System.getenv(MARK) != null;
  }

  /** Starts the second process. It reads {@code input} where this one read its standard input. */
  static void start(byte[] input) throws IOException {
    List<String> command = new ArrayList<>();
    if (onPath("setsid")) command.add("setsid");
    // Not ProcessHandle.info(): it gives up on long command lines.
    String line = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.ISO_8859_1);
    command.addAll(Arrays.asList(line.substring(0, line.length() - 1).split("\0", -1)));
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(Redirect.DISCARD)
        .redirectError(Redirect.DISCARD);
    builder.environment().put(MARK, "1");
    try (OutputStream stdin = builder.start().getOutputStream()) {
      stdin.write(input);
    }
  }

  private static boolean onPath(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
