package org.understudy.persistence;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Doubles;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Value;
import org.understudy.keyspace.collection.HashValue;
import org.understudy.keyspace.collection.ListCursor;
import org.understudy.keyspace.collection.ListValue;
import org.understudy.keyspace.collection.ScoredCursor;
import org.understudy.keyspace.collection.SetValue;
import org.understudy.keyspace.collection.SortedSetValue;
import org.understudy.keyspace.stream.Consumer;
import org.understudy.keyspace.stream.ConsumerGroup;
import org.understudy.keyspace.stream.EntryCursor;
import org.understudy.keyspace.stream.StreamId;
import org.understudy.keyspace.stream.StreamValue;

/**
 * A key as the commands that make it, one after the other: what a base holds that is not in the RDB format. Between two
 * of them the value must not change: see {@link Value#copy}. Source: rewriteAppendOnlyFileRio, aof.c 7.0.15.
 */
abstract class ValueCommands {
  /** How many elements one command brings at most. */
  private static final int ELEMENTS = 64;

  final byte[] key;

  private ValueCommands(byte[] key) {
    this.key = key;
  }

  /** The next command, null after the last. */
  abstract byte[][] next();

  static ValueCommands of(Entry entry) {
    ValueCommands value = valueOf(entry);
    return entry.hasExpiry() ? new Expiring(value, entry.expireAtMillis()) : value;
  }

  private static ValueCommands valueOf(Entry entry) {
    byte[] key = entry.key();
    if (entry.isString()) return new Once(key, new byte[][] {Bytes.of("SET"), key, entry.bytes()});
    Value value = entry.value();
    if (value instanceof ListValue list) return new Elements(key, list);
    if (value instanceof SetValue set) return new Members(key, set);
    if (value instanceof HashValue hash) return new Fields(key, hash);
    if (value instanceof SortedSetValue set) return new Scored(key, set);
    if (value instanceof StreamValue stream) return new Stream(key, stream);
    throw new IllegalArgumentException("no commands for " + value.getClass());
  }

  private static final class Once extends ValueCommands {
    private byte[][] command;

    Once(byte[] key, byte[][] command) {
      super(key);
      this.command = command;
    }

    @Override
    byte[][] next() {
      byte[][] only = command;
      command = null;
      return only;
    }
  }

  private static final class Expiring extends ValueCommands {
    private final ValueCommands value;
    private final Once expiry;

    Expiring(ValueCommands value, long atMillis) {
      super(value.key);
      this.value = value;
      expiry = new Once(key, new byte[][] {Bytes.of("PEXPIREAT"), key, Bytes.of(atMillis)});
    }

    @Override
    byte[][] next() {
      byte[][] command = value.next();
      return command != null ? command : expiry.next();
    }
  }

  /** Collections: a command brings some elements. */
  private abstract static class Batched extends ValueCommands {
    private final byte[] name;

    Batched(byte[] key, String name) {
      super(key);
      this.name = Bytes.of(name);
    }

    /** Adds the words of about so many further elements; none at the end. */
    abstract void elements(int most, List<byte[]> words);

    @Override
    byte[][] next() {
      List<byte[]> words = new ArrayList<>();
      words.add(name);
      words.add(key);
      elements(ELEMENTS, words);
      return words.size() == 2 ? null : words.toArray(byte[][]::new);
    }
  }

  private static final class Elements extends Batched {
    private final ListCursor cursor;

    Elements(byte[] key, ListValue list) {
      super(key, "RPUSH");
      cursor = list.cursor(0);
    }

    @Override
    void elements(int most, List<byte[]> words) {
      for (int i = 0; i < most && cursor.isValid(); i++) {
        words.add(cursor.element());
        cursor.move(false);
      }
    }
  }

  /** Elements in no order, which a scan finds a few at a time. */
  private abstract static class Scanned extends Batched {
    private final ArrayDeque<byte[]> found = new ArrayDeque<>();
    private final int wordsEach;
    private long cursor;
    private boolean ended;

    Scanned(byte[] key, String name, int wordsEach) {
      super(key, name);
      this.wordsEach = wordsEach;
    }

    /** One step of the scan; returns the next cursor. */
    abstract long scan(long cursor, ArrayDeque<byte[]> into);

    @Override
    void elements(int most, List<byte[]> words) {
      int wanted = most * wordsEach;
      while (found.size() < wanted && !ended) {
        cursor = scan(cursor, found);
        ended = cursor == 0;
      }
      for (int i = 0; i < wanted && !found.isEmpty(); i++) words.add(found.poll());
    }
  }

  private static final class Members extends Scanned {
    private final SetValue set;

    Members(byte[] key, SetValue set) {
      super(key, "SADD", 1);
      this.set = set;
    }

    @Override
    long scan(long cursor, ArrayDeque<byte[]> into) {
      return set.scan(cursor, ELEMENTS, into::add);
    }
  }

  private static final class Fields extends Scanned {
    private final HashValue hash;

    Fields(byte[] key, HashValue hash) {
      super(key, "HMSET", 2);
      this.hash = hash;
    }

    @Override
    long scan(long cursor, ArrayDeque<byte[]> into) {
      return hash.scan(cursor, ELEMENTS, (field, value) -> {
        into.add(field);
        into.add(value);
      });
    }
  }

  private static final class Scored extends Batched {
    private final ScoredCursor cursor;

    Scored(byte[] key, SortedSetValue set) {
      super(key, "ZADD");
      cursor = set.cursor(0, false);
    }

    @Override
    void elements(int most, List<byte[]> words) {
      for (int i = 0; i < most && cursor.next(); i++) {
        words.add(Bytes.of(Doubles.toText(cursor.score)));
        words.add(cursor.member());
      }
    }
  }

  /** A stream: its entries, what is known of those that are gone, and its groups with what their consumers owe. */
  private static final class Stream extends ValueCommands {
    private enum Next { ENTRIES, PAST, GROUP, CONSUMER, PENDING }

    private final StreamValue stream;
    private final EntryCursor entries;
    private final Iterator<ConsumerGroup> groups;
    private Next due;
    private ConsumerGroup group;
    private Iterator<Consumer> consumers;
    private Consumer consumer;
    private ConsumerGroup.Pending pending;

    Stream(byte[] key, StreamValue stream) {
      super(key);
      this.stream = stream;
      entries = stream.entries();
      groups = stream.groups().iterator();
      due = Next.ENTRIES;
    }

    @Override
    byte[][] next() {
      byte[][] command = null;
      while (command == null && due != null) {
        command = switch (due) {
          case ENTRIES -> entry();
          case PAST -> past();
          case GROUP -> group();
          case CONSUMER -> consumer();
          case PENDING -> pending();
        };
      }
      return command;
    }

    private byte[][] entry() {
      if (stream.length() == 0) {
        due = Next.PAST;
        return words("XADD", key, "MAXLEN", "0", new StreamId(0, 1), "x", "y"); // there is no other way to an empty one
      }
      if (!entries.next()) {
        due = Next.PAST;
        return null;
      }
      byte[][] fields = entries.fields();
      byte[][] command = new byte[3 + fields.length][];
      command[0] = Bytes.of("XADD");
      command[1] = key;
      command[2] = entries.id().text();
      System.arraycopy(fields, 0, command, 3, fields.length);
      return command;
    }

    private byte[][] past() {
      due = Next.GROUP;
      return words("XSETID", key, stream.lastId(), "ENTRIESADDED", stream.entriesAdded(), "MAXDELETEDID",
          stream.maxDeletedId());
    }

    private byte[][] group() {
      if (!groups.hasNext()) {
        due = null;
        return null;
      }
      group = groups.next();
      consumers = group.consumers().iterator();
      due = Next.CONSUMER;
      return words("XGROUP", "CREATE", key, group.name(), group.lastId(), "ENTRIESREAD", group.entriesRead());
    }

    private byte[][] consumer() {
      if (!consumers.hasNext()) {
        due = Next.GROUP;
        return null;
      }
      consumer = consumers.next();
      if (consumer.pendingCount() == 0) return words("XGROUP", "CREATECONSUMER", key, group.name(), consumer.name());
      pending = group.pending(consumer, StreamId.MIN);
      due = Next.PENDING;
      return null;
    }

    private byte[][] pending() {
      if (!pending.atEntry()) {
        due = Next.CONSUMER;
        return null;
      }
      byte[][] command = words("XCLAIM", key, group.name(), consumer.name(), "0", pending.id(), "TIME",
          pending.deliveryMillis(), "RETRYCOUNT", pending.deliveries(), "JUSTID", "FORCE");
      pending.next();
      return command;
    }

    private static byte[][] words(Object... words) {
      byte[][] command = new byte[words.length][];
      for (int i = 0; i < words.length; i++) {
        Object word = words[i];
        command[i] = word instanceof byte[] bytes ? bytes : word instanceof StreamId id ? id.text()
            : Bytes.of(word.toString());
      }
      return command;
    }
  }
}
