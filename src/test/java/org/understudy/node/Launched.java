package org.understudy.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.understudy.testing.RespClient;

/** The packaged program, run as a user runs it. Standard output and standard error are kept apart. */
final class Launched implements AutoCloseable {
  /** What {@code mvn package} leaves behind. */
  static final Path HOME = Path.of("target", "understudy").toAbsolutePath();
  static final Path SERVER = HOME.resolve("bin/understudy-server");

  private static final int PATIENCE_SECONDS = 60;

  private final Process process;
  private final BufferedReader out;
  private final Path err;
  private final StringBuilder seen = new StringBuilder();

  private Launched(Process process, Path err) {
    this.process = process;
    this.err = err;
    out = process.inputReader(StandardCharsets.UTF_8);
    // Whoever reads what never comes finds the end then.
    CompletableFuture.delayedExecutor(2 * PATIENCE_SECONDS, TimeUnit.SECONDS).execute(() -> {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.toHandle().destroyForcibly();
    });
  }

  static Launched run(Path program, Map<String, String> environment, List<String> arguments) {
    try {
      List<String> command = new ArrayList<>();
      command.add(program.toString());
      command.addAll(arguments);
      Path err = Files.createTempFile("launched", ".err");
      ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
      builder.environment().putAll(environment);
      return new Launched(builder.start(), err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Launched run(String... arguments) {
    return run(SERVER, Map.of(), List.of(arguments));
  }

  long pid() {
    return process.pid();
  }

  Launched type(String input) {
    try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
      in.write(input);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Reads standard output until a line has the text, which must come. */
  Launched awaitLine(String text) {
    try {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        seen.append(line).append('\n');
        if (line.contains(text)) return this;
      }
      throw new AssertionError("ended without '" + text + "':\n" + seen + errors());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Launched awaitReady() {
    return awaitLine("Ready to accept connections");
  }

  Launched signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
      return this;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits for the end and gives the exit status. */
  int exitStatus() {
    try {
      for (String line = out.readLine(); line != null; line = out.readLine()) seen.append(line).append('\n');
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) throw new AssertionError("does not end:\n" + seen);
      return process.exitValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What was read of standard output. */
  String output() {
    return seen.toString();
  }

  /** All of standard error. */
  String errors() {
    try {
      return Files.readString(err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String ping(int port) {
    try (RespClient client = RespClient.connect(port)) {
      return client.call("PING").toString();
    }
  }

  @Override
  public void close() {
    process.toHandle().destroyForcibly();
    try {
      process.waitFor();
      Files.deleteIfExists(err);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
