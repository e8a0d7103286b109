package org.understudy.comparison;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.NeedsRealRedis;

/** The same elements give the same bytes and estimates as in the real server; forged values the same errors. */
@NeedsRealRedis
class HyperLogLogComparisonTest extends SideBySideTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 40, 3000, 100_000})
  void randomElementsGiveTheSameBytes(int sparseMaxBytes) throws IOException {
    both.configure("hll-sparse-max-bytes", sparseMaxBytes);
    for (int batch = 0; batch < 30; batch++) {
      both.assertSameReplies(60, this::randomCommand);
      both.assertSameKeys(1, "GET", "OBJECT ENCODING", "PEXPIRETIME");
      both.assertSameReports();
    }
  }

  @Test
  void countingWritesToAStringOfItsOwn() throws IOException {
    both.assertSameReply("PFADD", "one", "a");
    both.assertSameReply("PFCOUNT", "one");
    both.assertSameReply("COPY", "one", "two");
    both.assertSameReply("SET", "short", "HYLL\1\0\0\0\0\0\0\0\0\0\0\0\177\377");
    both.assertSameReply("OBJECT", "ENCODING", "short");
    both.assertSameReply("PFCOUNT", "short");
    both.assertSameReply("OBJECT", "ENCODING", "short");
  }

  /** Cardinalities up to where registers cannot rise much further. */
  @Test
  void estimatesOfAnySizeAreTheSame() throws IOException {
    for (int step = 0; step < 25; step++) {
      List<Object[]> commands = new ArrayList<>();
      for (int i = 0; i < 4; i++) commands.add(add("big", 1 << step / 2));
      commands.add(new Object[] {"PFCOUNT", "big"});
      commands.add(new Object[] {"PFMERGE", "copy", "big"});
      commands.add(new Object[] {"PFCOUNT", "big", "copy"});
      both.assertSameReplies(commands);
    }
    both.assertSameKeys(1, "GET");
  }

  @Test
  void forgedDenseRegistersAreEstimatedTheSame() throws IOException {
    both.assertSameReply("PFADD", "k", "a");
    both.assertSameReply("PFDEBUG", "TODENSE", "k");
    for (int i = 0; i < 40; i++) {
      byte[] forged = new byte[i < 20 ? 12288 : random.nextInt(12288)];
      if (i % 4 == 0) Arrays.fill(forged, (byte) (random.nextInt(4) * 0x55));
      else random.nextBytes(forged);
      both.assertSameReply("SETRANGE", "k", 16, forged);
      both.assertSameReply("SETRANGE", "k", 15, new byte[] {(byte) 0x80});
      both.assertSameReply("PFCOUNT", "k");
      both.assertSameReply("PFCOUNT", "k", "absent");
    }
  }

  @Test
  void corruptedSparseValuesAreRefusedTheSame() throws IOException {
    for (int round = 0; round < 300; round++) {
      List<Object[]> commands = new ArrayList<>();
      commands.add(new Object[] {"DEL", "k", "target"});
      commands.add(add("k", random.nextInt(60)));
      commands.add(random.nextInt(4) == 0 ? new Object[] {"APPEND", "k", randomBytes(1 + random.nextInt(3))}
          : new Object[] {"SETRANGE", "k", random.nextInt(6) == 0 ? random.nextInt(16) : 16 + random.nextInt(40),
              randomBytes(1)});
      commands.add(new Object[] {"PFCOUNT", "k"});
      commands.add(new Object[] {"PFCOUNT", "k", "absent"});
      commands.add(new Object[] {"PFDEBUG", "ENCODING", "k"});
      commands.add(new Object[] {"PFDEBUG", "DECODE", "k"});
      commands.add(new Object[] {"PFMERGE", "target", "k"});
      both.assertSameReplies(commands);
    }
    both.assertSameReports();
  }

  @Test
  void otherValuesAreRefusedTheSame() throws IOException {
    both.assertSameReply("SET", "number", "123456789012345678");
    both.assertSameReply("SET", "text", "HYLL\0\0\0\0\0\0\0\0\0\0\0\0");
    both.assertSameReply("SET", "short", "HYLL");
    for (String key : List.of("number", "text", "short", "absent")) {
      for (String command : List.of("PFCOUNT k", "PFCOUNT k k", "PFMERGE t k", "PFMERGE k", "PFDEBUG GETREG k",
          "PFDEBUG nosuch k", "PFADD k a")) {
        both.assertSameReply((Object[]) command.replace("k", key).split(" "));
      }
    }
    both.assertSameReports();
  }

  private Object[] randomCommand() {
    String key = key();
    return switch (random.nextInt(16)) {
      case 0, 1, 2, 3, 4 -> add(key, random.nextInt(random.nextInt(3) == 0 ? 400 : 6));
      case 5, 6, 7 -> new Object[] {"PFCOUNT", key};
      case 8 -> new Object[] {"PFCOUNT", key, key(), key()};
      case 9 -> new Object[] {"PFMERGE", key, key()};
      case 10 -> new Object[] {"PFMERGE", key, key(), key(), key()};
      case 11 -> new Object[] {"PFDEBUG", random.nextBoolean() ? "ENCODING" : "decode", key};
      case 12 -> new Object[] {"PFDEBUG", random.nextInt(6) == 0 ? "todense" : "GetReg".substring(0, random.nextInt(7)),
          key};
      case 13 -> random.nextInt(3) == 0 ? new Object[] {"DEL", key} : new Object[] {"COPY", key, key(), "REPLACE"};
      case 14 -> new Object[] {"PEXPIREAT", key, 4_000_000_000_000L};
      default -> new Object[] {"SETRANGE", key, 12, randomBytes(3)};
    };
  }

  private String key() {
    return "k" + random.nextInt(6);
  }

  private Object[] add(String key, int elements) {
    Object[] command = new Object[2 + elements];
    command[0] = "PFADD";
    command[1] = key;
    for (int i = 2; i < command.length; i++) command[i] = randomBytes(random.nextInt(20));
    return command;
  }

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
