package org.understudy.keyspace.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Digest;
import org.understudy.keyspace.HeapLayout;

class StreamValueTest {
  private static final StreamValue.NodeLimits LIMITS = new StreamValue.NodeLimits(4096, 100);

  private final StreamValue stream = new StreamValue();

  private static void add(StreamValue to, StreamId id, String words) {
    add(to, id, words, LIMITS);
  }

  private static void add(StreamValue to, StreamId id, String words, StreamValue.NodeLimits limits) {
    to.add(id, Stream.of(words.split(" ")).map(Bytes::of).toArray(byte[][]::new), 0, limits);
  }

  private void add(long... times) {
    for (long time : times) add(stream, new StreamId(time, 0), "f v");
  }

  private static List<String> texts(EntryCursor entries) {
    List<String> texts = new ArrayList<>();
    while (entries.next()) texts.add(text(entries));
    return texts;
  }

  private static String text(EntryCursor entry) {
    return entry.id() + " "
        + Stream.of(entry.fields()).map(Bytes::string).collect(Collectors.joining(" "));
  }

  // ---- entries ------------------------------------------------------------------------------------------------------

  /** Entries as a sorted map has them; the values are what {@link #text} gives. */
  private record Model(StreamValue stream, NavigableMap<StreamId, String> entries) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void behavesLikeASortedMapAndSoDoItsCopies(long seed) {
    Random random = new Random(seed);
    StreamValue.NodeLimits limits = new StreamValue.NodeLimits(random.nextInt(3) == 0 ? 0 : 300 + random.nextInt(2000),
        random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(300));
    List<Model> all = new ArrayList<>(List.of(new Model(stream, new TreeMap<>())));
    for (int i = 0; i < 6000; i++) {
      Model model = all.get(random.nextInt(all.size()));
      change(model, random, limits);
      if (i % 500 != 0) continue;
      for (Model one : all) compare(one, random);
      all.add(new Model((StreamValue) model.stream.copy(), new TreeMap<>(model.entries)));
      if (all.size() > 3) all.remove(random.nextInt(3));
    }
  }

  private static void change(Model model, Random random, StreamValue.NodeLimits limits) {
    StreamValue stream = model.stream;
    NavigableMap<StreamId, String> entries = model.entries;
    long last = stream.lastId().ms();
    switch (random.nextInt(20)) {
      case 0 -> {
        long most = Math.max(0, entries.size() - random.nextInt(10));
        long before = entries.size();
        while (entries.size() > most) entries.pollFirstEntry();
        assertEquals(before - entries.size(), stream.trimToLength(most, false, 0));
      }
      case 1 -> {
        StreamId least = new StreamId(stream.firstId().ms() + random.nextInt(20), 1);
        NavigableMap<StreamId, String> gone = entries.headMap(least, false);
        assertEquals(gone.size(), stream.trimBefore(least, false, 0));
        gone.clear();
      }
      case 2, 3, 4, 5 -> {
        StreamId[] ids = new StreamId[1 + random.nextInt(5)];
        long there = 0;
        for (int i = 0; i < ids.length; i++) {
          ids[i] = new StreamId(last - random.nextInt(200), random.nextInt(3));
          if (random.nextInt(4) == 0) ids[i] = stream.firstId();
          if (entries.remove(ids[i]) != null) there++;
        }
        assertEquals(there, stream.delete(ids));
      }
      default -> {
        StreamId id = random.nextBoolean() ? stream.lastId().next() : new StreamId(last + 1 + random.nextInt(3), 0);
        String words = switch (random.nextInt(5)) {
          case 0 -> "other " + random.nextInt();
          case 1 -> "f 7 g " + "x".repeat(random.nextInt(200));
          case 2 -> "f " + random.nextLong() + " f " + random.nextInt(5000);
          default -> "f " + random.nextInt(200);
        };
        add(stream, id, words.endsWith(" ") ? words + "x" : words, limits);
        entries.put(id, id + " " + (words.endsWith(" ") ? words + "x" : words));
      }
    }
    assertEquals(entries.isEmpty() ? StreamId.MIN : entries.firstKey(), stream.firstId());
    assertEquals(entries.isEmpty() ? StreamId.MIN : entries.lastKey(), stream.lastEntryId());
    assertEquals(entries.size(), stream.length());
  }

  private static void compare(Model model, Random random) {
    StreamValue stream = model.stream;
    assertEquals(List.copyOf(model.entries.values()), texts(stream.entries()));
    StreamId start = new StreamId(stream.lastId().ms() - random.nextInt(100), random.nextInt(2));
    StreamId end = new StreamId(start.ms() + random.nextInt(100), random.nextInt(2));
    NavigableMap<StreamId, String> range = start.isAfter(end) ? new TreeMap<>()
        : model.entries.subMap(start, true, end, true);
    assertEquals(List.copyOf(range.values()), texts(stream.entries(start, end, false)));
    assertEquals(List.copyOf(range.descendingMap().values()), texts(stream.entries(start, end, true)));
    assertEquals(model.entries.containsKey(start), stream.contains(start));
    long nodes = 0;
    for (int i = 0; i < stream.nodeCount(); i++) {
      assertTrue(StreamNode.isValid(stream.node(i).listpack().toBytes()));
      nodes += stream.node(i).entries();
    }
    assertEquals(stream.length(), nodes);
  }

  /** What redis-server 7.0.15 keeps after XADD 5-3 a 1 b xyz, XADD 5-4 a 2 b 300, XADD 7-1 c d, XDEL 5-4. */
  @Test
  void nodesAreTheReferencesBytes() {
    add(stream, new StreamId(5, 3), "a 1 b xyz");
    add(stream, new StreamId(5, 4), "a 2 b 300");
    add(stream, new StreamId(7, 1), "c d");
    stream.delete(new StreamId[] {new StreamId(5, 4)});
    assertEquals("42000000" + "1900" + "020101010201" + "816102" + "816202" + "0001"
        + "020100010001" + "0101" + "8378797a04" + "0501"
        + "030100010101" + "0201" + "c12c02" + "0501"
        + "00010201dffe02" + "0101" + "816302" + "816402" + "0601" + "ff",
        HexFormat.of().formatHex(stream.node(0).listpack().toBytes()));
  }

  @Test
  void nodesAreFullAtEitherLimit() {
    for (int i = 1; i <= 201; i++) add(stream, new StreamId(i, 0), "f v");
    assertEquals(3, stream.nodeCount());
    StreamValue large = new StreamValue();
    for (int i = 1; i <= 10; i++) add(large, new StreamId(i, 0), "f " + "x".repeat(2100));
    assertEquals(10, large.nodeCount(), "two of them would be more than 4096 bytes");
    StreamValue unlimited = new StreamValue();
    for (int i = 1; i <= 1000; i++) {
      add(unlimited, new StreamId(i, 0), "f v", new StreamValue.NodeLimits(0, 0));
    }
    assertEquals(1, unlimited.nodeCount());
  }

  @Test
  void wholeNodesAreTrimmedOnlyIfNothingOfThemIsToStay() {
    for (int i = 1; i <= 250; i++) add(stream, new StreamId(i, 0), "f v");
    assertEquals(0, stream.trimToLength(151, true, 0));
    assertEquals(100, stream.trimToLength(150, true, 0));
    assertEquals(0, stream.trimBefore(new StreamId(200, 0), true, 0));
    assertEquals(100, stream.trimBefore(new StreamId(200, 1), true, 0));
    assertEquals(50, stream.length());
    assertEquals(new StreamId(201, 0), stream.firstId());
  }

  @Test
  void trimmingStopsBeforeItsLimitIsExceeded() {
    for (int i = 1; i <= 250; i++) add(stream, new StreamId(i, 0), "f v");
    assertEquals(0, stream.trimToLength(0, true, 99));
    assertEquals(100, stream.trimToLength(0, true, 199));
    assertEquals(150, stream.trimToLength(0, true, 150));
    assertEquals(StreamId.MIN, stream.firstId());
    assertEquals(StreamId.MAX, stream.firstPackedId());
  }

  @Test
  void theFirstPackedIdMayBeThatOfADeletedEntry() {
    add(1, 2, 3);
    stream.delete(new StreamId[] {new StreamId(1, 0)});
    assertEquals(new StreamId(1, 0), stream.firstPackedId());
    assertEquals(new StreamId(2, 0), stream.firstId());
  }

  @Test
  void idsFollowTheClockButNeverGoBack() {
    assertEquals(new StreamId(10, 0), stream.nextId(10));
    add(10);
    assertEquals(new StreamId(10, 1), stream.nextId(10));
    assertEquals(new StreamId(10, 1), stream.nextId(3));
    assertEquals(new StreamId(11, 0), stream.nextId(11));
    stream.lastId(StreamId.MAX);
    assertNull(stream.nextId(12));
  }

  @Test
  void theDigestDependsOnTheOrderOfEntries() {
    add(1, 2);
    Digest digest = new Digest();
    stream.digest(digest);
    Digest expected = new Digest();
    for (String word : List.of("1.0", "f", "v", "2.0", "f", "v")) expected.mix(Bytes.of(word));
    assertEquals(expected.hex(), digest.hex());
  }

  @Test
  void memoryIsThatOfAnEmptyStreamAfterEverythingIsGone() {
    long empty = stream.memoryBytes(HeapLayout.COMMON);
    for (int round = 0; round < 3; round++) {
      for (int i = 1; i <= 500; i++) add(stream, stream.lastId().next(), "field " + "x".repeat(i % 50 + 1));
      ConsumerGroup group = stream.createGroup(Bytes.of("g"), StreamId.MIN, 0);
      Consumer consumer = group.createConsumer(Bytes.of("c"), 1);
      Consumer other = group.createConsumer(Bytes.of("d"), 1);
      for (int i = 0; i < 1000; i++) group.assign(new StreamId(i, 0), i % 3 == 0 ? other : consumer, 1, 1);
      group.removeConsumer(other);
      assertTrue(stream.memoryBytes(HeapLayout.COMMON) > empty + 500 * 25 + 666 * 56);
      StreamValue copy = (StreamValue) stream.copy();
      stream.delete(new StreamId[] {stream.firstId()});
      assertTrue(stream.removeGroup(Bytes.of("g")));
      assertEquals(499, stream.trimToLength(0, false, 0));
      long rest = stream.memoryBytes(HeapLayout.COMMON) - empty;
      assertTrue(rest >= 0 && rest < 200, rest + " bytes more than at first");
      assertEquals(500, copy.length());
    }
  }

  @Test
  void whatComesFromOutsideIsChecked() {
    add(stream, new StreamId(5, 3), "a 1 b xyz");
    add(stream, new StreamId(7, 1), "c d");
    byte[] sound = stream.node(0).listpack().toBytes();
    assertTrue(StreamNode.isValid(sound));
    for (int length = 0; length < sound.length; length++) {
      assertFalse(StreamNode.isValid(Arrays.copyOf(sound, length)), "cut at " + length);
    }
    for (int at = 0; at < sound.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] flipped = sound.clone();
        flipped[at] ^= (byte) (1 << bit);
        if (!StreamNode.isValid(flipped)) continue;
        StreamValue other = new StreamValue();
        assertTrue(other.addNode(new StreamId(5, 3), flipped));
        texts(other.entries());
        texts(other.entries(StreamId.MIN, StreamId.MAX, true));
        other.trimToLength(0, false, 0);
      }
    }
  }

  @Test
  void nodesFromAFileAreSortedAndTheirFirstEntryIsFound() {
    add(1, 2, 3);
    byte[] packed = stream.node(0).listpack().toBytes();
    StreamValue loaded = new StreamValue();
    assertTrue(loaded.addNode(new StreamId(20, 0), packed.clone()));
    assertTrue(loaded.addNode(new StreamId(10, 0), packed.clone()));
    assertFalse(loaded.addNode(new StreamId(20, 0), packed.clone()));
    loaded.length(6);
    loaded.firstIdFromEntries();
    assertEquals(new StreamId(10, 0), loaded.firstId());
    assertEquals(List.of("10-0 f v", "11-0 f v", "12-0 f v", "20-0 f v", "21-0 f v", "22-0 f v"),
        texts(loaded.entries()));
  }

  // ---- the radix tree that is not there -----------------------------------------------------------------------------

  @Test
  void radixTreeNodesAreCountedAsIfThereWereATree() {
    assertEquals(1, stream.radixTreeNodes());
    StreamValue.NodeLimits alone = new StreamValue.NodeLimits(0, 1);
    add(stream, new StreamId(1, 1), "f v", alone);
    assertEquals(2, stream.radixTreeNodes(), "one path and its end");
    add(stream, new StreamId(1, 2), "f v", alone);
    assertEquals(4, stream.radixTreeNodes(), "a path, a branch at the last byte, two ends");
    add(stream, new StreamId(1, 0x102), "f v", alone);
    assertEquals(7, stream.radixTreeNodes(), "another branch before, a byte and an end");
  }

  // ---- groups -------------------------------------------------------------------------------------------------------

  @Test
  void pendingEntriesBelongToOneConsumerAtATime() {
    ConsumerGroup group = stream.createGroup(Bytes.of("g"), StreamId.MIN, 0);
    Consumer a = group.createConsumer(Bytes.of("a"), 1);
    Consumer b = group.createConsumer(Bytes.of("b"), 1);
    assertNull(group.createConsumer(Bytes.of("a"), 2));
    StreamId id = new StreamId(1, 1);
    group.assign(id, a, 10, 1);
    group.assign(new StreamId(1, 2), a, 10, 1);
    group.assign(id, b, 20, 2);
    assertEquals(1, a.pendingCount());
    assertEquals(1, b.pendingCount());
    assertEquals(2, group.pendingCount());
    assertEquals(b, group.find(id).consumer());
    assertEquals(20, group.find(id).deliveryMillis());
    ConsumerGroup.Pending ofB = group.pending(b, StreamId.MIN);
    assertEquals(2, ofB.deliveries());
    ofB.delivered(30);
    assertEquals(3, group.find(id).deliveries());
    ofB.next();
    assertFalse(ofB.atEntry());
    assertTrue(group.acknowledge(id));
    assertFalse(group.acknowledge(id));
    assertEquals(0, b.pendingCount());
    assertNull(group.find(id));
  }

  @Test
  void whatIsPendingForAConsumerGoesWithIt() {
    ConsumerGroup group = stream.createGroup(Bytes.of("g"), StreamId.MIN, 0);
    for (String name : List.of("a", "b", "c")) {
      Consumer consumer = group.createConsumer(Bytes.of(name), 1);
      for (int i = 0; i < 300; i++) group.assign(new StreamId(i, consumer.number), consumer, 1, 1);
    }
    group.removeConsumer(group.consumer(Bytes.of("b")));
    assertEquals(600, group.pendingCount());
    Consumer d = group.createConsumer(Bytes.of("d"), 1);
    assertEquals(0, d.pendingCount());
    assertEquals(List.of("a", "c", "d"), group.consumers().stream().map(c -> Bytes.string(c.name())).toList());
    for (ConsumerGroup.Pending at = group.pending(StreamId.MIN); at.atEntry(); at.next()) {
      assertTrue(at.consumer() != d);
    }
  }

  @Test
  void copiesOfGroupsGoTheirOwnWays() {
    ConsumerGroup group = stream.createGroup(Bytes.of("g"), StreamId.MIN, 0);
    Consumer a = group.createConsumer(Bytes.of("a"), 1);
    for (int i = 0; i < 1000; i++) group.assign(new StreamId(i, 0), a, 1, 1);
    StreamValue copy = (StreamValue) stream.copy();
    ConsumerGroup copied = copy.group(Bytes.of("g"));
    Consumer copiedA = copied.consumer(Bytes.of("a"));
    group.assign(new StreamId(500, 0), group.createConsumer(Bytes.of("b"), 1), 2, 2);
    group.acknowledge(new StreamId(0, 0));
    copied.find(new StreamId(1, 0)).delivered(77);
    copiedA.seen(99);
    assertEquals(1, a.seenMillis());
    assertEquals(998, a.pendingCount());
    assertEquals(1000, copiedA.pendingCount());
    assertEquals(copiedA, copied.find(new StreamId(500, 0)).consumer());
    assertEquals(1, group.find(new StreamId(1, 0)).deliveries());
    assertNull(copied.consumer(Bytes.of("b")));
  }

  @Test
  void entriesFromAFileGetTheirConsumersOnce() {
    ConsumerGroup group = stream.createGroup(Bytes.of("g"), StreamId.MIN, 0);
    assertTrue(group.addUnassigned(new StreamId(1, 0), 5, 6));
    assertFalse(group.addUnassigned(new StreamId(1, 0), 5, 6));
    Consumer a = group.createConsumer(Bytes.of("a"), 1);
    assertNull(group.find(new StreamId(1, 0)).consumer());
    assertFalse(group.assignUnassigned(new StreamId(2, 0), a));
    assertTrue(group.assignUnassigned(new StreamId(1, 0), a));
    assertFalse(group.assignUnassigned(new StreamId(1, 0), a));
    assertEquals(a, group.find(new StreamId(1, 0)).consumer());
    assertEquals(6, group.find(new StreamId(1, 0)).deliveries());
  }

  @Test
  void lagIsCountedWhereNothingWasDeletedAhead() {
    add(1, 2, 3, 4, 5);
    ConsumerGroup group = stream.createGroup(Bytes.of("g"), StreamId.MIN, ConsumerGroup.UNKNOWN);
    assertEquals(OptionalLong.of(5), stream.lag(group));
    stream.passOn(group, new StreamId(1, 0));
    assertEquals(1, group.entriesRead());
    stream.passOn(group, new StreamId(2, 0));
    assertEquals(OptionalLong.of(3), stream.lag(group));
    stream.delete(new StreamId[] {new StreamId(4, 0)});
    assertEquals(OptionalLong.empty(), stream.lag(group));
    stream.passOn(group, new StreamId(3, 0));
    assertEquals(ConsumerGroup.UNKNOWN, group.entriesRead());
    stream.passOn(group, new StreamId(5, 0));
    assertEquals(5, group.entriesRead());
    assertEquals(OptionalLong.of(0), stream.lag(group));
    stream.trimToLength(0, false, 0);
    add(6);
    assertEquals(OptionalLong.of(1), stream.lag(group));
  }
}
