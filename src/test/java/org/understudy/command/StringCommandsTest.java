package org.understudy.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.testing.CommandRunner;

class StringCommandsTest {
  private static final long NOW = CommandRunner.START_MILLIS;
  private static final String WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

  private final CommandRunner runner = new CommandRunner();

  // ---- SET and its relatives ----------------------------------------------------------------------------------------

  @Test
  void setReplacesValueTypeAndExpiry() {
    runner.putSet("k");
    assertEquals("OK", run("SET k v PX 5"));
    assertEquals("OK", run("SET k w"));
    assertEquals("w", run("GET k"));
    assertEquals(-1L, run("PTTL k"));
  }

  @Test
  void setFulfilsConditions() {
    assertNull(run("SET k a XX"));
    assertEquals("OK", run("SET k a NX"));
    assertNull(run("SET k b NX"));
    assertEquals("a", run("SET k b NX GET"));
    assertEquals("a", run("SET k b XX GET"));
    assertNull(run("SET new b NX GET"));
    assertEquals("b", run("GET new"));
    assertEquals(0L, run("SETNX k c"));
    assertEquals(1L, run("SETNX other c"));
  }

  @Test
  void setKeepsTheExpiryOnRequest() {
    run("SET k v PX 1000");
    run("SET k w KEEPTTL");
    assertEquals(1000L, run("PTTL k"));
    runner.advance(1001);
    assertNull(run("GET k"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SET k v NX XX", "SET k v EX", "SET k v EX 1 PX 1", "SET k v KEEPTTL EX 1",
      "SET k v PXAT 1 KEEPTTL", "SET k v PERSIST", "SET k v WHAT", "SET k v EXAT 5 EX 5", "GETEX k NX",
      "GETEX k KEEPTTL", "GETEX k PERSIST EX 1",
      "GETEX k EX 1 PERSIST", "GETEX k GET", "GETEX k PX"})
  void optionsThatDoNotGetAlongAreASyntaxError(String command) {
    assertEquals("ERR syntax error", error(command));
    assertEquals(List.of(), runner.changes());
  }

  @ParameterizedTest
  @CsvSource({"SET k v EX 0,set", "SET k v PX -1,set", "SET k v EX 9223372036854775807,set", "SETEX k 0 v,setex",
      "PSETEX k 9223372036854775807 v,psetex", "SET k v EXAT -5,set", "SET k v EX 9223372036854775,set"})
  void impossibleTimesAreRefused(String command, String name) {
    assertEquals("ERR invalid expire time in '" + name + "' command", error(command));
  }

  @Test
  void timesMustBeIntegersAndAreLookedAtBeforeTheOldValue() {
    runner.putSet("s");
    assertEquals("ERR value is not an integer or out of range", error("SET s v GET EX 1.5"));
    assertEquals(WRONG_TYPE, error("SET s v GET EX 15"));
    assertEquals(WRONG_TYPE, error("GETEX s EX x"));
  }

  @ParameterizedTest
  @CsvSource({
      "SET k v EX 10,             0 SET k v PXAT %d,  10000",
      "SET k v NX GET PX 10,      0 SET k v PXAT %d,  10",
      "SETEX k 10 v,              0 SET k v PXAT %d,  10000",
      "PSETEX k 10 v,             0 SET k v PXAT %d,  10",
      "SET k v GET,               0 SET k v,          0",
      "SET k v get NX GET,        0 SET k v NX,       0",
      "GETSET k v,                0 SET k v,          0",
      "SET k v NX,                0 SET k v NX,       0",
      "INCRBYFLOAT k 1.5,         0 SET k 1.5 KEEPTTL,0",
      "INCRBY k 5,                0 INCRBY k 5,       0",
      "MSET k v l w,              0 MSET k v l w,     0",
      "APPEND k v,                0 APPEND k v,       0"})
  void writesArePropagatedAsTheirEffect(String command, String effect, long millisFromNow) {
    run(command);
    assertEquals(List.of(String.format(effect, NOW + millisFromNow)), runner.effects());
  }

  @ParameterizedTest
  @CsvSource({
      "GETEX k EX 10,    0 PEXPIREAT k %d, 10000, expire k",
      "GETEX k PXAT 1,   0 DEL k,          0,     del k",
      "GETEX k PERSIST,  0 PERSIST k,      0,     persist k",
      "GETDEL k,         0 DEL k,          0,     del k"})
  void readsThatWriteArePropagatedAsTheirEffect(String command, String effect, long millisFromNow, String event) {
    run("SET k v PX 100");
    runner.effects();
    runner.events();
    runner.changes();
    assertEquals("v", run(command));
    assertEquals(List.of(String.format(effect, NOW + millisFromNow)), runner.effects());
    assertEquals(List.of(event), runner.events());
    assertEquals(List.of("k"), runner.changes());
  }

  @Test
  void deletionsArePropagatedAsUnlinkWhereTheyAreLazy() {
    runner.configure("lazyfree-lazy-user-del", "yes");
    runner.configure("lazyfree-lazy-expire", "yes");
    run("MSET a 1 b 1");
    runner.effects();
    run("GETDEL a");
    run("GETEX b PXAT 1");
    assertEquals(List.of("0 UNLINK a", "0 UNLINK b"), runner.effects());
  }

  @Test
  void readsPropagateNothing() {
    run("SET k v");
    runner.effects();
    for (String read : List.of("GET k", "GETEX k", "GETEX k PERSIST", "GETDEL no", "MGET k no", "STRLEN k",
        "GETRANGE k 0 1", "SET k w NX GET", "SETNX k w", "LCS k k", "SETRANGE k 5 ''", "MSETNX new x k y")) {
      run(read.replace("''", ""));
      assertEquals(List.of(), runner.effects(), read);
    }
    assertEquals(0L, run("EXISTS new"));
  }

  @Test
  void eventsAreNotifiedInOrder() {
    run("SET k v EX 10");
    run("APPEND k w");
    run("SETRANGE k 1 x");
    run("SET n 1");
    run("INCR n");
    run("INCRBYFLOAT n 1");
    assertEquals(List.of("new k", "set k", "expire k", "append k", "setrange k", "new n", "set n", "incrby n",
        "incrbyfloat n"), runner.events());
  }

  @Test
  void everySetKeyOfMsetCounts() {
    run("MSET a 1 b 2 a 3");
    assertEquals(3, runner.dirty());
    assertEquals(List.of("3", "2"), run("MGET a b"));
    assertEquals("ERR wrong number of arguments for 'mset' command", error("MSET a 1 b"));
    assertEquals("ERR wrong number of arguments for 'msetnx' command", error("MSETNX a 1 b"));
  }

  // ---- reading ------------------------------------------------------------------------------------------------------

  @Test
  void readsCountHitsAndMisses() {
    run("SET k v");
    run("MGET k no k");
    run("GET no");
    assertEquals(2, runner.hits());
    assertEquals(2, runner.misses());
    runner.events();
    run("GET no");
    assertEquals(List.of("keymiss no"), runner.events());
  }

  @Test
  void otherTypesAreRefusedButMgetAnswersNull() {
    runner.putSet("s");
    for (String command : List.of("GET s", "GETDEL s", "GETEX s", "GETSET s v", "STRLEN s", "APPEND s v",
        "SETRANGE s 0 v", "GETRANGE s 0 1", "INCR s", "INCRBYFLOAT s 1")) {
      assertEquals(WRONG_TYPE, error(command), command);
    }
    assertEquals("ERR The specified keys must contain string values", error("LCS no s BAD"));
    assertNull(((List<?>) run("MGET s")).get(0));
  }

  @ParameterizedTest
  @CsvSource({"0,3,This", "-3,-1,ing", "0,-1,This is a string", "10,100,string", "5,3,''", "-1,-5,''", "20,30,''",
      "-100,3,This", "0,-100,T", "-9223372036854775808,9223372036854775807,This is a string"})
  void rangesAreInclusiveAndCountFromEitherEnd(long start, long end, String part) {
    runner.run("SET", "k", "This is a string");
    assertEquals(part, runner.run("GETRANGE", "k", start, end));
    assertEquals(part, runner.run("SUBSTR", "k", start, end));
    assertEquals("", runner.run("GETRANGE", "no", start, end));
  }

  @Test
  void lentValuesDoNotChangeWhenTheKeyDoes() {
    byte[] large = Bytes.of("x".repeat(20_000));
    runner.run("SET", "k", large);
    ByteString lent = runner.runLent("GET", "k");
    byte[] before = lent.toArray();
    runner.run("SETRANGE", "k", 0, "changed");
    runner.run("SETBIT", "k", 0, 1);
    runner.run("APPEND", "k", "more");
    assertArrayEquals(before, lent.toArray());
    assertEquals("x".repeat(20_000), Bytes.string(large), "the argument is not written to");
    assertEquals(20_004L, runner.run("STRLEN", "k"));
  }

  // ---- changing -----------------------------------------------------------------------------------------------------

  @Test
  void setrangePadsWithZeros() {
    assertEquals(0L, runner.run("SETRANGE", "k", 5, ""));
    assertEquals(0L, run("EXISTS k"));
    assertEquals(6L, run("SETRANGE k 5 x"));
    assertEquals("\0\0\0\0\0x", run("GET k"));
    assertEquals(6L, runner.run("SETRANGE", "k", 5000, ""));
    assertEquals("ERR offset is out of range", error("SETRANGE k -1 x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SETRANGE k 1048575 xy", "SETRANGE k 9223372036854775807 x", "SETRANGE k 4294967296 x"})
  void stringsDoNotGrowBeyondTheLimit(String command) {
    runner.configure("proto-max-bulk-len", "1mb");
    assertEquals("ERR string exceeds maximum allowed size (proto-max-bulk-len)", error(command));
    assertEquals(0L, run("EXISTS k"));
    run("SETRANGE k 1048575 x");
    assertEquals("ERR string exceeds maximum allowed size (proto-max-bulk-len)", error("APPEND k x"));
    assertEquals(1048576L, run("STRLEN k"));
  }

  @Test
  void incrRefusesOverflowAndText() {
    run("SET k 9223372036854775807");
    assertEquals("ERR increment or decrement would overflow", error("INCR k"));
    assertEquals(9223372036854775806L, run("DECR k"));
    assertEquals("ERR decrement would overflow", error("DECRBY k -9223372036854775808"));
    run("SET k -9223372036854775808");
    assertEquals("ERR increment or decrement would overflow", error("INCRBY k -1"));
    run("SET k 01");
    assertEquals("ERR value is not an integer or out of range", error("INCR k"));
    assertEquals("ERR value is not an integer or out of range", error("INCRBY k x"));
  }

  @Test
  void incrKeepsTheExpiry() {
    run("SET k 1 PX 1000");
    assertEquals(2L, run("INCR k"));
    assertEquals("2.5", run("INCRBYFLOAT k .5"));
    assertEquals(1000L, run("PTTL k"));
  }

  @Test
  void incrbyfloatRefusesWhatIsNoNumberOrBecomesNone() {
    run("SET k x");
    assertEquals("ERR value is not a valid float", error("INCRBYFLOAT k 1"));
    run("SET k 1e4932");
    assertEquals("ERR increment would produce NaN or Infinity", error("INCRBYFLOAT k 1e4932"));
    assertEquals("ERR increment would produce NaN or Infinity", error("INCRBYFLOAT k inf"));
    assertEquals("ERR value is not a valid float", error("INCRBYFLOAT k nan"));
  }

  @Test
  void encodingsAreThoseOfRedis() {
    run("SET int 12345");
    run("SET short abc");
    runner.run("SET", "44", "x".repeat(44));
    runner.run("SET", "45", "x".repeat(45));
    run("INCRBYFLOAT whole 3");
    run("APPEND appended 5");
    run("APPEND int 6");
    run("SETRANGE ranged 0 5");
    String[] expected = {"int raw", "short embstr", "44 embstr", "45 raw", "whole embstr", "appended int",
        "ranged raw"};
    for (String each : expected) {
      String[] words = each.split(" ");
      assertEquals(words[1], run("OBJECT ENCODING " + words[0]), each);
    }
  }

  // ---- LCS ----------------------------------------------------------------------------------------------------------

  @Test
  void lcsAnswersTextLengthOrMatches() {
    run("MSET a ohmytext b mynewtext");
    assertEquals("mytext", run("LCS a b"));
    assertEquals(6L, run("LCS a b LEN"));
    List<Object> last = List.of(List.of(4L, 7L), List.of(5L, 8L));
    List<Object> first = List.of(List.of(2L, 3L), List.of(0L, 1L));
    assertEquals(List.of("matches", List.of(last, first), "len", 6L), run("LCS a b IDX"));
    runner.reply.protocol(3);
    assertEquals(Map.of("matches", List.of(List.of(last.get(0), last.get(1), 4L)), "len", 6L),
        run("LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN"));
    assertEquals("ERR If you want both the length and indexes, please just use IDX.", error("LCS a b IDX LEN"));
    assertEquals("ERR syntax error", error("LCS a b MINMATCHLEN"));
  }

  @Test
  void lcsRefusesTablesBeyondTheLimit() {
    runner.configure("proto-max-bulk-len", "1mb");
    runner.run("SET", "a", "x".repeat(511));
    runner.run("SET", "b", "x".repeat(511));
    assertEquals(511L, run("LCS a b LEN"));
    run("APPEND b x");
    assertEquals("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len", error("LCS a b LEN"));
  }

  private Object run(String command) {
    return runner.run((Object[]) command.split(" "));
  }

  private String error(String command) {
    return runner.error((Object[]) command.split(" "));
  }
}
