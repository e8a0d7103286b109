package org.understudy.config;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.understudy.bytes.Bytes;

/** The real redis-server with exactly the arguments of a test, on a Unix socket; or its way of refusing them. */
final class RealServer implements AutoCloseable {
  private static final String PROGRAM = Objects.requireNonNullElse(System.getenv("REDIS_SERVER"), "redis-server");

  /** How a server that did not start ended. */
  record Failure(int exitCode, String standardError, String standardOutput) {}

  private final Process process;
  private final SocketChannel channel;
  private final DataInputStream in;

  private RealServer(Process process, SocketChannel channel) {
    this.process = process;
    this.channel = channel;
    this.in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel)));
  }

  /** Starts it in a folder; the arguments must lead it to listen on a Unix socket {@code s} there. */
  static RealServer start(Path folder, String standardInput, String... arguments) throws Exception {
    Process process = launch(folder, standardInput, arguments);
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    while (!process.waitFor(5, TimeUnit.MILLISECONDS)) {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(address);
        return new RealServer(process, channel);
      } catch (SocketException notYet) {
        channel.close();
      }
    }
    throw new AssertionError("redis-server ended: " + read(folder, "err") + read(folder, "out"));
  }

  /** Starts it with arguments that it must refuse. */
  static Failure fail(Path folder, String standardInput, String... arguments) throws Exception {
    Process process = launch(folder, standardInput, arguments);
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("redis-server accepted " + List.of(arguments));
    }
    return new Failure(process.exitValue(), read(folder, "err"), read(folder, "out"));
  }

  private static Process launch(Path folder, String standardInput, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(PROGRAM));
    command.addAll(List.of(arguments));
    Path in = Files.write(folder.resolve("in"), Bytes.of(standardInput));
    return new ProcessBuilder(command).directory(folder.toFile()).redirectInput(in.toFile())
        .redirectError(folder.resolve("err").toFile()).redirectOutput(folder.resolve("out").toFile()).start();
  }

  private static String read(Path folder, String name) throws IOException {
    return Bytes.string(Files.readAllBytes(folder.resolve(name)));
  }

  /** The reply: a text (errors with their dash), or a list of replies. */
  Object call(String... arguments) throws IOException {
    StringBuilder request = new StringBuilder("*" + arguments.length + "\r\n");
    for (String argument : arguments) {
      request.append('$').append(argument.length()).append("\r\n").append(argument).append("\r\n");
    }
    ByteBuffer bytes = ByteBuffer.wrap(Bytes.of(request.toString()));
    while (bytes.hasRemaining()) channel.write(bytes);
    return reply();
  }

  @SuppressWarnings("unchecked")
  List<Config.Setting> configGet(String pattern) throws IOException {
    List<Object> reply = (List<Object>) call("CONFIG", "GET", pattern);
    List<Config.Setting> settings = new ArrayList<>();
    for (int i = 0; i < reply.size(); i += 2) {
      settings.add(new Config.Setting((String) reply.get(i), (String) reply.get(i + 1)));
    }
    return settings;
  }

  private Object reply() throws IOException {
    String line = line();
    return switch (line.charAt(0)) {
      case '-' -> line;
      case '+', ':' -> line.substring(1);
      case '$' -> bulk(Integer.parseInt(line.substring(1)));
      case '*' -> {
        List<Object> replies = new ArrayList<>();
        for (int i = Integer.parseInt(line.substring(1)); i > 0; i--) replies.add(reply());
        yield replies;
      }
      default -> throw new IOException("unexpected " + line);
    };
  }

  private String bulk(int length) throws IOException {
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    line();
    return Bytes.string(bytes);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) line.append((char) c);
    return line.substring(0, line.length() - 1);
  }

  @Override
  public void close() throws IOException {
    channel.close();
    process.destroyForcibly(); // it has nothing to save
    process.onExit().join();
  }
}
