package org.understudy.shard.statistics;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import org.understudy.bytes.Bytes;
import org.understudy.command.CommandFlag;
import org.understudy.command.CommandSpec;
import org.understudy.command.Session;
import org.understudy.config.Config;

/** The last commands that took longer than {@code slowlog-log-slower-than}, newest first. */
public final class SlowLog {
  private static final int MAX_ARGUMENTS = 32;
  private static final int MAX_ARGUMENT_BYTES = 128;

  /**
   * One logged command.
   *
   * @param id counts up from 0 and is never used again
   * @param unixSeconds when it ended
   * @param argv shortened to 32 arguments of 128 bytes, secrets blotted out
   * @param address of the client
   * @param name of the client, empty if it has none
   */
  record Entry(long id, long unixSeconds, long micros, byte[][] argv, String address, byte[] name) {}

  private final Config config;
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private long nextId;

  public SlowLog(Config config) {
    this.config = config;
  }

  /** Notes a command if it was slow enough and its row does not keep it out. */
  void note(Session session, CommandSpec spec, byte[][] argv, long micros, long nowMillis) {
    long threshold = config.slowlogLogSlowerThan();
    if (threshold < 0 || micros < threshold || spec.is(CommandFlag.SKIP_SLOWLOG)) return;
    entries.addFirst(new Entry(nextId++, nowMillis / 1000, micros, shortened(argv), session.address, session.name));
    trim();
  }

  /** Forgets the oldest beyond {@code slowlog-max-len}. */
  void trim() {
    long longest = config.slowlogMaxLen();
    while (entries.size() > longest) entries.removeLast();
  }

  void clear() {
    entries.clear();
  }

  int size() {
    return entries.size();
  }

  Iterator<Entry> iterator() {
    return entries.iterator();
  }

  private static byte[][] shortened(byte[][] argv) {
    int count = Math.min(argv.length, MAX_ARGUMENTS);
    byte[][] kept = new byte[count][];
    for (int i = 0; i < count; i++) kept[i] = shortened(argv[i]);
    if (count < argv.length) kept[count - 1] = Bytes.of("... (" + (argv.length - count + 1) + " more arguments)");
    return kept;
  }

  private static byte[] shortened(byte[] argument) {
    int more = argument.length - MAX_ARGUMENT_BYTES;
    if (more <= 0) return argument;
    return Bytes.concat(Arrays.copyOf(argument, MAX_ARGUMENT_BYTES), Bytes.of("... (" + more + " more bytes)"));
  }
}
