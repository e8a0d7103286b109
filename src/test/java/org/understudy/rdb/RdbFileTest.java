package org.understudy.rdb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Crc64;
import org.understudy.config.Config;
import org.understudy.keyspace.AccessClock;
import org.understudy.keyspace.Digest;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Keyspace;
import org.understudy.keyspace.collection.CollectionForm;

/** What is common to files whatever the values: framing, opcodes, strings, the checksum. */
class RdbFileTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final RdbWriter.Origin ORIGIN =
      new RdbWriter.Origin("7.0.15", 1_700_000_000, 123_456, new RdbWriter.Place(3, "ab".repeat(20), 77), false);
  private static final ReadOptions OPTIONS = ReadOptions.of(Config.defaults(), 1);

  /** What a file was read to. */
  private static final class Read implements RdbVisitor {
    final Keyspace keyspace = keyspace();
    final List<String> events = new ArrayList<>();

    @Override
    public void aux(byte[] name, byte[] value) {
      events.add(Bytes.string(name) + "=" + Bytes.string(value));
    }

    @Override
    public void function(byte[] code) {
      events.add("function " + Bytes.string(code));
    }

    @Override
    public void sizes(int database, long keys, long expires) {
      events.add("sizes of " + database + ": " + keys + ", " + expires);
    }

    @Override
    public boolean entry(RdbEntry entry) {
      return entry.addTo(keyspace);
    }

    @Override
    public void noChecksum() {
      events.add("no checksum");
    }
  }

  private static Keyspace keyspace() {
    return new Keyspace(16, 1, () -> NOW, () -> 0, CollectionForm.values());
  }

  @Test
  void whatIsWrittenIsReadAgainWhereverItIsCut() {
    Keyspace keyspace = strings();
    byte[] file = write(keyspace, true, true, 100);
    Read whole = read(file, file.length);
    assertEquals(Digest.of(keyspace).hex(), Digest.of(whole.keyspace).hex());
    assertEquals(List.of("redis-ver=7.0.15", "redis-bits=64", "ctime=1700000000", "used-mem=123456", "repl-stream-db=3",
        "repl-id=" + "ab".repeat(20), "repl-offset=77", "aof-base=0", "function #!lua name=x\n",
        "sizes of 7: 8, 1"), whole.events);
    for (int piece = 1; piece < 50; piece++) {
      Read inPieces = read(file, piece);
      assertEquals(Digest.of(keyspace).hex(), Digest.of(inPieces.keyspace).hex());
      assertEquals(whole.events, inPieces.events);
    }
    for (int cut = 1; cut < file.length; cut++) {
      Read cutOnce = new Read();
      RdbReader reader = new RdbReader(OPTIONS, cutOnce);
      assertEquals(cut, reader.read(file, 0, cut));
      assertFalse(reader.finished());
      assertEquals(file.length - cut, reader.read(file, cut, file.length - cut));
      assertTrue(reader.finished());
      assertEquals(Digest.of(keyspace).hex(), Digest.of(cutOnce.keyspace).hex());
    }
  }

  @Test
  void theSizeOfStepsAndCompressionDoNotChangeWhatIsRead() {
    Keyspace keyspace = strings();
    Random random = new Random(5);
    byte[] large = new byte[1_000_000];
    for (int i = 0; i < large.length; i++) large[i] = (byte) random.nextInt(i / 4000 + 1);
    keyspace.database(2).setString(Bytes.of("grows random"), large);
    keyspace.database(2).setString(Bytes.of("zeros"), new byte[3_000_000]);
    byte[] noise = new byte[700_000];
    random.nextBytes(noise);
    keyspace.database(2).setString(Bytes.of("noise"), noise);
    keyspace.database(2).setString(large, Bytes.of("large key"));
    String digest = Digest.of(keyspace).hex();
    int plain = 0;
    for (boolean compress : new boolean[] {false, true}) {
      for (int budget : new int[] {1, 10_000, 1 << 30}) {
        byte[] file = write(keyspace, compress, true, budget);
        assertEquals(digest, Digest.of(read(file, 7777).keyspace).hex());
        if (!compress) plain = file.length;
        else assertTrue(file.length < plain - 2_900_000);
      }
    }
  }

  @Test
  void aStepWritesNoMoreThanItsBudgetAndAPiece() {
    Keyspace keyspace = keyspace();
    keyspace.database(0).setString(Bytes.of("zeros"), new byte[5_000_000]);
    RdbOutput out = new RdbOutput(100, false, true);
    RdbWriter writer = new RdbWriter(out, RdbWriter.Access.NONE);
    Entry entry = new Entry();
    keyspace.database(0).find(Bytes.of("zeros"), entry);
    writer.begin(0, entry, keyspace.accessClock(), NOW);
    int steps = 0;
    boolean complete;
    do {
      complete = writer.step(50_000);
      assertTrue(out.take().remaining() < 70_000);
      steps++;
    } while (!complete);
    assertTrue(steps > 70);
  }

  @Test
  void entriesOfASecondWriterComeBehindTheBegunOne() {
    Keyspace keyspace = keyspace();
    keyspace.database(1).setString(Bytes.of("large"), new byte[100_000]);
    keyspace.database(4).setString(Bytes.of("small"), Bytes.of("value"));
    keyspace.database(1).setString(Bytes.of("last"), Bytes.of("value"));
    RdbOutput out = new RdbOutput(100, true, true);
    RdbWriter writer = new RdbWriter(out, RdbWriter.Access.NONE);
    RdbWriter asideWriter = new RdbWriter(new RdbOutput(100, true, false), RdbWriter.Access.NONE);
    Entry entry = new Entry();
    writer.header(ORIGIN);
    keyspace.database(1).find(Bytes.of("large"), entry);
    writer.begin(1, entry, keyspace.accessClock(), NOW);
    keyspace.database(4).find(Bytes.of("small"), entry);
    asideWriter.write(4, entry, keyspace.accessClock(), NOW);
    while (!writer.step(1000)) { }
    writer.splice(asideWriter);
    keyspace.database(1).find(Bytes.of("last"), entry);
    writer.write(1, entry, keyspace.accessClock(), NOW);
    writer.end();
    assertEquals(Digest.of(keyspace).hex(), Digest.of(read(bytes(out.take()), 999).keyspace).hex());
  }

  @Test
  void theAccessHistoryIsKeptUnderAPolicyOfItsKind() {
    Keyspace lfu = keyspace();
    lfu.accessClock().lfu(true);
    lfu.database(0).setString(Bytes.of("k"), Bytes.of("v"));
    lfu.database(0).setFrequency(Bytes.of("k"), 99);
    byte[] file = write(lfu, RdbWriter.Access.FREQUENCY);
    Read read = new Read();
    read.keyspace.accessClock().lfu(true);
    new RdbReader(OPTIONS, read).read(file, 0, file.length);
    Entry entry = new Entry();
    read.keyspace.database(0).find(Bytes.of("k"), entry, false);
    assertEquals(99, read.keyspace.accessClock().frequency(entry, NOW));

    Keyspace lru = keyspace();
    lru.database(0).setString(Bytes.of("k"), Bytes.of("v"));
    lru.database(0).setIdleSeconds(Bytes.of("k"), 12_345);
    read = read(write(lru, RdbWriter.Access.IDLE), 1);
    read.keyspace.database(0).find(Bytes.of("k"), entry, false);
    assertEquals(12_345_000, read.keyspace.accessClock().idleMillis(entry, NOW));
  }

  @Test
  void bytesBehindTheEndAreNotTheFiles() {
    byte[] file = write(strings(), true, true, 1000);
    byte[] more = Bytes.concat(file, Bytes.of("*1\r\n$4\r\nPING\r\n"));
    RdbReader reader = new RdbReader(OPTIONS, new Read());
    assertEquals(file.length - 3, reader.read(more, 0, file.length - 3));
    assertEquals(3, reader.read(more, file.length - 3, more.length - file.length + 3));
    assertTrue(reader.finished());
    assertEquals(file.length, reader.position());
    assertEquals(0, reader.read(more, file.length, 5));
  }

  @Test
  void aFileThatEndsTooEarlyIsSaidToDoSo() {
    byte[] file = write(strings(), true, true, 1000);
    RdbReader reader = new RdbReader(OPTIONS, new Read());
    reader.read(file, 0, file.length - 1);
    RdbException error = assertThrows(RdbException.class, reader::requireFinished);
    assertTrue(error.getMessage().startsWith("Unexpected end of the file at offset "), error.getMessage());
  }

  @Test
  void everyFlippedBitIsFoundByTheChecksumUnlessItIsTurnedOff() {
    byte[] file = write(strings(), true, true, 1000);
    for (int i = 0; i < file.length; i++) {
      byte[] damaged = file.clone();
      damaged[i] ^= (byte) (1 << i % 8);
      boolean refused = false;
      try {
        RdbReader reader = new RdbReader(OPTIONS, new Read());
        reader.read(damaged, 0, damaged.length);
        reader.requireFinished();
      } catch (RdbException e) {
        refused = true;
      }
      assertTrue(refused, "byte " + i);
    }
    byte[] unchecked = write(strings(), true, false, 1000);
    assertEquals(0, ByteBuffer.wrap(unchecked).getLong(unchecked.length - 8));
    assertTrue(read(unchecked, 1).events.contains("no checksum"));
    file[file.length - 1]++;
    new RdbReader(OPTIONS.withoutChecksum(), new Read()).read(file, 0, file.length);
  }

  @Test
  void errorsNameOffsetAndKey() {
    Keyspace keyspace = keyspace();
    keyspace.database(0).setString(Bytes.of("k"), Bytes.of("v"));
    byte[] file = write(keyspace, true, true, 1000);
    byte[] twice = Arrays.copyOf(file, file.length + 5);
    System.arraycopy(file, file.length - 9 - 5, twice, file.length - 9, 14);
    RdbException error = assertThrows(RdbException.class, () -> read(twice, 3));
    assertEquals("RDB has duplicated key in DB 0", error.reason());
    assertEquals("RDB has duplicated key in DB 0 at offset " + (file.length - 9 + 5) + " in key 'k'",
        error.getMessage());
  }

  @Test
  void otherFilesAndNewerVersionsAreRefused() {
    assertEquals("Wrong signature trying to load DB from file at offset 9", refusal("REDIX0010"));
    assertEquals("Can't handle RDB format version 11 at offset 9", refusal("REDIS0011"));
    assertEquals("Can't handle RDB format version 0 at offset 9", refusal("REDIS000a"));
    assertEquals("Unknown RDB encoding type 8 at offset 10", refusal("REDIS0010\10"));
    assertEquals("Unknown RDB encoding type 244 at offset 10", refusal("REDIS0010\364"));
    assertEquals("Data file was created with a Redis server configured to handle more than 16 databases at offset 11",
        refusal("REDIS0010\376\20"));
    assertEquals("String of 18374686479671623680 bytes at offset 20 in key ''",
        refusal("REDIS0010\0\0\201\377" + "\0".repeat(7)));
  }

  @Test
  void aDeclaredLengthTakesNoMemoryBeforeTheBytesArrive() {
    byte[] start = Bytes.of("REDIS0010\0\1k\200\177\377\377\0");
    RdbReader reader = new RdbReader(OPTIONS, new Read());
    assertEquals(start.length, reader.read(start, 0, start.length)); // two gigabytes that the heap may not have
    reader.read(new byte[1000], 0, 1000);
    assertFalse(reader.finished());
    String expanding = "REDIS0010\0\1k\303\1\200\177\377\377\0\0";
    assertEquals("Invalid LZF compressed string at offset 12 in key 'k'", refusal(expanding));
  }

  @Test
  void oldVersionsAndOpcodesAreRead() {
    byte[] old = Bytes.of("REDIS0002\376\0\375\0\0\0\177\0\1k\300\7\376\1\0\1l\303\4\4\0a\40\0\377");
    Read read = read(old, 1);
    Entry entry = new Entry();
    assertTrue(read.keyspace.database(0).find(Bytes.of("k"), entry));
    assertArrayEquals(Bytes.of("7"), entry.bytes());
    assertEquals(0x7F000000L * 1000, entry.expireAtMillis());
    assertTrue(read.keyspace.database(1).find(Bytes.of("l"), entry));
    assertArrayEquals(Bytes.of("aaaa"), entry.bytes());

    byte[] library = withChecksum("REDIS0010\366\3lib\3lua\1\4text\4code\366\3lib\3lua\0\4code\377");
    assertEquals(List.of("function #!lua name=lib\ncode", "function #!lua name=lib\ncode"), read(library, 1).events);
  }

  @Test
  void modulesAreRefusedByName() {
    assertEquals("AUX data of module 'AAAAAAAAB', which needs the module at offset 19",
        refusal("REDIS0010\367\201" + "\0".repeat(6) + "\4\0"));
  }

  // ---- helpers -----------------------------------------------------------------------------------------------------

  private static Keyspace strings() {
    Keyspace keyspace = keyspace();
    String[] values = {"", "1", "-129", "32768", "-2147483649", "text", "repeated ".repeat(30), "x".repeat(20)};
    for (int i = 0; i < values.length; i++) keyspace.database(7).setString(Bytes.of("key " + i), Bytes.of(values[i]));
    keyspace.database(7).expireAt(Bytes.of("key 4"), NOW + 1000);
    keyspace.database(8).setString(Bytes.EMPTY, Bytes.of("the empty key's"));
    return keyspace;
  }

  private static byte[] write(Keyspace keyspace, boolean compress, boolean checksum, int budget) {
    return write(keyspace, new RdbOutput(64, compress, checksum), RdbWriter.Access.NONE, budget);
  }

  private static byte[] write(Keyspace keyspace, RdbWriter.Access access) {
    return write(keyspace, new RdbOutput(64, true, true), access, 1000);
  }

  private static byte[] write(Keyspace keyspace, RdbOutput out, RdbWriter.Access access, int budget) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    RdbWriter writer = new RdbWriter(out, access);
    AccessClock clock = keyspace.accessClock();
    writer.header(ORIGIN);
    writer.function(Bytes.of("#!lua name=x\n"));
    for (int i = 0; i < keyspace.databases(); i++) {
      int database = i;
      long keys = keyspace.database(i).size();
      if (i == 7 && keys > 0) writer.database(i, keys, keyspace.database(i).expires());
      keyspace.database(i).forEach(entry -> {
        writer.begin(database, entry, clock, NOW);
        while (!writer.step(budget)) file.writeBytes(bytes(out.take()));
      });
    }
    writer.end();
    file.writeBytes(bytes(out.take()));
    return file.toByteArray();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static Read read(byte[] file, int piece) {
    Read read = new Read();
    RdbReader reader = new RdbReader(OPTIONS, read);
    for (int at = 0; at < file.length; at += piece) {
      byte[] chunk = Arrays.copyOfRange(file, at, Math.min(file.length, at + piece));
      assertEquals(chunk.length, reader.read(chunk, 0, chunk.length));
      Arrays.fill(chunk, (byte) 0x55); // it is the caller's again
    }
    reader.requireFinished();
    return read;
  }

  private static String refusal(String file) {
    return assertThrows(RdbException.class, () -> read(Bytes.of(file), 1000)).getMessage();
  }

  private static byte[] withChecksum(String text) {
    byte[] start = Bytes.of(text);
    byte[] file = Arrays.copyOf(start, start.length + 8);
    ByteBuffer.wrap(file).putLong(start.length, Long.reverseBytes(Crc64.of(start)));
    return file;
  }
}
