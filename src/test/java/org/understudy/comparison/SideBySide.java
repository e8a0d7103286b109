package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Digest;
import org.understudy.testing.CommandRunner;
import org.understudy.testing.RealRedis;
import org.understudy.testing.RespClient;
import org.understudy.testing.RespReader;

/**
 * A real server and our handlers, given the same commands: they must answer with the same bytes, notify the same events
 * and propagate the same commands in the same order. Our clock stands still at the time of the start. The seed of
 * {@link #random} is in every failure; {@code -Dseed=n} repeats it.
 *
 * <p>Commands are words: byte arrays, or anything whose text is meant. SELECT is one that both understand.
 */
class SideBySide implements AutoCloseable {
  private static final String END = "__keyevent@0__:end";

  final Random random;
  final CommandRunner ours = new CommandRunner(System.currentTimeMillis());
  private final long seed = Long.getLong("seed", System.nanoTime());
  private final RealRedis redis;
  private final RecordedConnection real;
  private final RespClient events;
  private final ReplicationTap effects;
  private final List<Report> ourEvents = new ArrayList<>();
  private final List<Report> ourEffects = new ArrayList<>();

  /** @param arguments of the real server, besides those that comparing needs */
  SideBySide(String... arguments) throws IOException {
    random = new Random(seed);
    String[] needed = {"--notify-keyspace-events", "AEnm", "--repl-diskless-sync", "no", "--enable-debug-command",
        "yes"};
    redis = RealRedis.start(Stream.concat(Stream.of(needed), Stream.of(arguments)).toArray(String[]::new));
    real = new RecordedConnection(redis.port());
    askReal("DEBUG", "SET-ACTIVE-EXPIRE", 0);
    events = redis.connect();
    events.call("PSUBSCRIBE", "__keyevent@*");
    effects = ReplicationTap.on(redis.port());
  }

  @Override
  public void close() throws IOException {
    effects.close();
    events.close();
    real.close();
    redis.close();
  }

  /** From now on both answer in RESP 2 or 3. */
  void protocol(int version) throws IOException {
    askReal("HELLO", version);
    ours.reply.protocol(version);
  }

  /** Sets a directive of both. */
  void configure(String directive, Object value) throws IOException {
    askReal("CONFIG", "SET", directive, value);
    ours.configure(directive, value.toString());
  }

  /** What the real server alone answers, as {@link RespReader} gives it. */
  Object askReal(Object... command) throws IOException {
    real.send(command);
    return RespReader.parse(real.read());
  }

  // ---- replies ------------------------------------------------------------------------------------------------------

  /** Gives both the commands, to the real server in one go, and compares the replies. */
  void assertSameReplies(List<Object[]> commands) throws IOException {
    for (Object[] command : commands) real.send(command);
    for (Object[] command : commands) assertSameReply(command, real.read());
  }

  /** As {@link #assertSameReplies(List)}, so many commands that are made up one after the other. */
  void assertSameReplies(int number, Supplier<Object[]> command) throws IOException {
    assertSameReplies(Stream.generate(command).limit(number).toList());
  }

  void assertSameReply(Object... command) throws IOException {
    real.send(command);
    assertSameReply(command, real.read());
  }

  /** As {@link #assertSameReply(Object...)}, for an array or map whose elements may come in any order. */
  void assertSameReplyInAnyOrder(Object... command) throws IOException {
    real.send(command);
    assertEquals(sorted(real.read()), sorted(run(command)), () -> "seed " + seed + ": " + text(command));
  }

  private static Object sorted(byte[] reply) {
    Object parsed = RespReader.parseExact(reply);
    if (!(parsed instanceof Collection<?> elements)) return parsed;
    return elements.stream().map(String::valueOf).sorted().toList();
  }

  private void assertSameReply(Object[] command, byte[] expected) {
    byte[] reply = run(command);
    if (Arrays.equals(reply, expected)) return;
    assertEquals(comparableReply(command, Bytes.string(expected)), comparableReply(command, Bytes.string(reply)),
        () -> "seed " + seed + ": " + text(command));
  }

  /** What of a reply is compared, as it goes over the wire: all of it, unless it holds times. */
  String comparableReply(Object[] command, String reply) {
    return reply;
  }

  /** The same for a propagated command. */
  String comparableEffect(String effect) {
    return effect;
  }

  /** Our answer to a command; events and effects are taken down. */
  byte[] run(Object[] command) {
    if (command[0].equals("SELECT")) {
      ours.select((Integer) command[1]);
      return Bytes.of("+OK\r\n");
    }
    byte[] reply = ours.runRaw(command);
    takeDown(command, ours.events(), ours.effects());
    return reply;
  }

  final void takeDown(Object[] command, List<String> events, List<String> effects) {
    for (String event : events) ourEvents.add(new Report(event, command));
    for (String effect : effects) ourEffects.add(new Report(comparableEffect(effect), command));
  }

  // ---- the dataset --------------------------------------------------------------------------------------------------

  /**
   * Compares all keys of the databases from 0 on.
   *
   * @param reads commands that are asked for each key: {@code "OBJECT ENCODING"}; the key follows
   */
  void assertSameKeys(int databases, String... reads) throws IOException {
    for (int database = 0; database < databases; database++) {
      assertSameReply("SELECT", database);
      TreeSet<Object> keys = new TreeSet<>((List<?>) askReal("KEYS", "*"));
      assertEquals(keys, new TreeSet<>((List<?>) ours.run("KEYS", "*")), "keys, seed " + seed);
      List<Object[]> commands = new ArrayList<>();
      for (Object key : keys) {
        for (String read : reads) {
          commands.add(Stream.concat(Stream.of(read.split(" ")), Stream.of(key)).toArray());
        }
      }
      assertSameReplies(commands);
    }
    assertSameReply("SELECT", 0);
  }

  /** Compares the contents of all databases. */
  void assertSameDigest() throws IOException {
    assertEquals(askReal("DEBUG", "DIGEST"), Digest.of(ours.keyspace).hex(), () -> "digest, seed " + seed);
  }

  // ---- events and effects -------------------------------------------------------------------------------------------

  /** Compares the events and effects of all commands since the last time. */
  void assertSameReports() throws IOException {
    askReal("PUBLISH", END, "of batch");
    List<String> realEvents = new ArrayList<>();
    while (true) {
      List<?> message = (List<?>) events.read();
      if (message.get(3).equals("of batch")) break;
      String channel = message.get(2).toString();
      String database = channel.substring(channel.indexOf('@') + 1, channel.indexOf("__:"));
      String event = channel.substring(channel.indexOf("__:") + 3);
      realEvents.add(event + " " + message.get(3) + (database.equals("0") ? "" : "@" + database));
    }
    assertSameList("event", realEvents, ourEvents);
    ourEvents.clear();
    List<String> realEffects = effects.readUntilPublish(END);
    realEffects.replaceAll(this::comparableEffect);
    assertSameList("effect", realEffects, ourEffects);
    ourEffects.clear();
  }

  private void assertSameList(String what, List<String> real, List<Report> ours) {
    for (int i = 0; i < Math.max(real.size(), ours.size()); i++) {
      int at = i;
      assertEquals(i < real.size() ? real.get(i) : "none", i < ours.size() ? ours.get(i).text : "none",
          () -> "seed " + seed + ": " + what + " " + at + " after " + real.subList(Math.max(0, at - 3), at) + ", by "
              + (at < ours.size() ? text(ours.get(at).command) : "the last commands"));
    }
  }

  private static String text(Object[] command) {
    return Arrays.stream(command).map(word -> word instanceof byte[] bytes ? Bytes.string(bytes) : word.toString())
        .map(word -> word.length() > 200 ? word.substring(0, 200) + "..." : word)
        .map(word -> '"' + word + '"').collect(Collectors.joining(" "));
  }

  /** An event or effect, and the command it came from. */
  private record Report(String text, Object[] command) {}
}
