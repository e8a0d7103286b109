package org.understudy.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;

class AofReaderTest {
  private static final String FILE = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n#TS:1700000000\r\n"
      + "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\n\r\n#*\r\n*1\r\n$4\r\nPING\r\n";

  private AofReader reader(long fileBytes) {
    return new AofReader(0, fileBytes);
  }

  /** Reads a file in pieces; each command with where it ends. */
  private List<String> read(String file, int pieceBytes) throws AofReader.Malformed {
    byte[] bytes = Bytes.of(file);
    AofReader reader = reader(bytes.length);
    List<String> commands = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += pieceBytes) {
      reader.feed(bytes, at, Math.min(pieceBytes, bytes.length - at));
      for (byte[][] command = reader.next(); command != null; command = reader.next()) {
        String words = Arrays.stream(command).map(Bytes::string).collect(Collectors.joining(" "));
        commands.add(words + " @" + reader.commandEnd());
      }
    }
    return commands;
  }

  @Test
  void whereverTheFileIsCutIntoPiecesTheCommandsAreTheSame() throws AofReader.Malformed {
    List<String> expected = List.of("SELECT 0 @23", "SET k \r\n#* @69", "PING @83");
    for (int pieceBytes = 1; pieceBytes <= FILE.length(); pieceBytes++) {
      assertEquals(expected, read(FILE, pieceBytes), "pieces of " + pieceBytes);
    }
  }

  @Test
  void aFileThatEndsEarlyIsWholeUpToItsLastCommand() throws AofReader.Malformed {
    byte[] bytes = Bytes.of(FILE);
    for (int length = 0; length <= bytes.length; length++) {
      AofReader reader = reader(length);
      reader.feed(bytes, 0, length);
      while (reader.next() != null) { }
      int whole = length < 23 ? 0 : length < 69 ? 23 : length < 83 ? 69 : 83;
      assertEquals(whole, reader.commandEnd(), "of " + length);
      boolean between = length == whole || length == 39;
      assertEquals(!between, reader.inTheMiddle(), "of " + length);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SET a b\r\n", "*0\r\n", "*-1\r\n", "*1\r\nPING\r\n", "*1\r\n$-1\r\n", "*1\r\n*1\r\n",
      "\0\0\0\0"})
  void whatIsNoCommandIsRefused(String bytes) {
    assertThrows(AofReader.Malformed.class, () -> read(bytes, bytes.length()));
  }

  @Test
  void aLineWithoutAnEndIsRefused() {
    assertThrows(AofReader.Malformed.class, () -> read("#" + "x".repeat(1023), 100));
  }

  @Test
  void nothingLongerThanTheFileIsWaitedForWithMemory() throws AofReader.Malformed {
    AofReader reader = reader(40);
    byte[] bytes = Bytes.of("*1\r\n$2000000000\r\nabc");
    reader.feed(bytes, 0, bytes.length);
    assertNull(reader.next());
    assertEquals(0, reader.commandEnd());
  }

  @Test
  void numbersEndAtTheFirstOtherCharacterAsInRedis() throws AofReader.Malformed {
    assertEquals(List.of("PING @17"), read("*1 x\r\n$4y\r\nPING..", 3));
  }

  // ---- many SETs at a time -----------------------------------------------------------------------------------------

  /** Reads a file in pieces, SETs many at a time where that goes; each command with where it or its batch ends. */
  private List<String> readWithSets(byte[] bytes, int pieceBytes, PlainSets sets) throws AofReader.Malformed {
    AofReader reader = reader(bytes.length);
    List<String> commands = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += pieceBytes) {
      reader.feed(bytes, at, Math.min(pieceBytes, bytes.length - at));
      byte[][] command;
      do {
        do {
          reader.takeSets(sets);
          for (int i = 0; i < sets.count(); i++) {
            String value = Bytes.string(Arrays.copyOfRange(sets.buffer(), sets.valueOffset(i),
                sets.valueOffset(i) + sets.valueLength(i)));
            commands.add("SET " + Bytes.string(sets.keys()[i]) + ' ' + value);
          }
          if (sets.count() > 0) commands.add("@" + reader.commandEnd());
        } while (sets.isFull());
        command = reader.next();
        if (command == null) continue;
        commands.add(Arrays.stream(command).map(Bytes::string).collect(Collectors.joining(" ")));
        commands.add("@" + reader.commandEnd());
      } while (command != null);
    }
    return commands;
  }

  private static String set(String name, String key, String value) {
    return "*3\r\n$3\r\n" + name + "\r\n$" + key.length() + "\r\n" + key + "\r\n$" + value.length() + "\r\n" + value
        + "\r\n";
  }

  @Test
  void setsComeManyAtATimeWhereverTheFileIsCutIntoPieces() throws AofReader.Malformed {
    StringBuilder file = new StringBuilder("#TS:1700000000\r\n");
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < PlainSets.MOST + 3; i++) {
      String name = i % 2 == 0 ? "SET" : "sEt";
      file.append(set(name, "k".repeat(i), "\r\n$" + i));
      expected.add("SET " + "k".repeat(i) + " \r\n$" + i);
    }
    file.append("*1\r\n$4\r\nPING\r\n").append(set("SET", "", ""));
    expected.addAll(List.of("PING", "SET  "));
    byte[] bytes = Bytes.of(file.toString());
    PlainSets sets = new PlainSets();
    for (int pieceBytes = 1; pieceBytes <= bytes.length; pieceBytes++) {
      List<String> read = readWithSets(bytes, pieceBytes, sets);
      assertEquals("@" + bytes.length, read.get(read.size() - 1));
      read.removeIf(line -> line.startsWith("@"));
      read.replaceAll(line -> line.replace("sEt", "SET"));
      assertEquals(expected, read, "pieces of " + pieceBytes);
    }
  }

  @Test
  void asManySetsAsThereIsRoomForComeAtOnce() throws AofReader.Malformed {
    byte[] bytes = Bytes.of(set("SET", "key", "value").repeat(PlainSets.MOST + 1));
    AofReader reader = reader(bytes.length);
    reader.feed(bytes, 0, bytes.length);
    PlainSets sets = new PlainSets();
    reader.takeSets(sets);
    assertEquals(PlainSets.MOST, sets.count());
    assertEquals(bytes.length / (PlainSets.MOST + 1) * PlainSets.MOST, reader.commandEnd());
    reader.takeSets(sets);
    assertEquals(1, sets.count());
    reader.takeSets(sets);
    assertEquals(0, sets.count());
    assertNull(reader.next());
    assertEquals(bytes.length, reader.commandEnd());
  }

  @ParameterizedTest
  @ValueSource(strings = {"*3\r\n$3\r\nGET\r\n$1\r\nk\r\n$1\r\nv\r\n", "*3\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n",
      "*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n$2\r\nNX\r\n", "*3\r\n$3\r\nSET\r\n$1x\r\nk\r\n$1\r\nv\r\n",
      "*3\r\n$3\r\nSET\r\n$1\r\nk..$1\r\nv\r\n", "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv..",
      "*3\r\n$3\r\nSET\r\n$0000000001\r\nk\r\n$1\r\nv\r\n"})
  void whatIsNoSetOrOneWithABlemishComesAsBefore(String command) throws AofReader.Malformed {
    byte[] bytes = Bytes.of(command);
    AofReader reader = reader(bytes.length);
    reader.feed(bytes, 0, bytes.length);
    PlainSets sets = new PlainSets();
    reader.takeSets(sets);
    assertEquals(0, sets.count());
    assertEquals(read(command, bytes.length), readWithSets(bytes, bytes.length, sets).stream()
        .collect(Collectors.collectingAndThen(Collectors.joining(" "), List::of)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"*3\r\n$3\r\nSET\r\n$-1\r\nk\r\n", "*3\r\n$3\r\nSET\r\n*1\r\nk\r\n",
      "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n*1\r\nv\r\n"})
  void aDamagedSetIsRefusedAsBefore(String damaged) {
    byte[] bytes = Bytes.of(set("SET", "a", "1") + damaged);
    assertThrows(AofReader.Malformed.class, () -> readWithSets(bytes, bytes.length, new PlainSets()));
  }
}
