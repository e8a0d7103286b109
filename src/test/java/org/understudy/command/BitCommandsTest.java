package org.understudy.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.CommandRunner;

class BitCommandsTest {
  private static final String WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";
  private static final String BAD_OFFSET = "ERR bit offset is not an integer or out of range";

  private final CommandRunner runner = new CommandRunner();

  @Test
  void setbitGrowsTheStringAndAnswersTheOldBit() {
    assertEquals(0L, run("SETBIT k 9 1"));
    assertEquals("\0@", run("GET k"));
    assertEquals(1L, run("SETBIT k 9 0"));
    assertEquals(0L, run("GETBIT k 9"));
    assertEquals(0L, run("GETBIT k 100000"));
    assertEquals(0L, run("GETBIT no 0"));
  }

  @Test
  void setbitReportsOnlyRealChanges() {
    run("SETBIT k 9 0");
    assertEquals(List.of("0 SETBIT k 9 0"), runner.effects());
    run("SETBIT k 9 0");
    assertEquals(List.of(), runner.effects());
    assertEquals(1, runner.dirty());
    assertEquals(List.of("new k", "setbit k"), runner.events());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "x", "4294967296", "9223372036854775807", "#1", "01"})
  void offsetsBeyondTheLimitAreRefused(String offset) {
    assertEquals(BAD_OFFSET, runner.error("SETBIT", "k", offset, 1));
    assertEquals(BAD_OFFSET, runner.error("GETBIT", "k", offset));
    assertEquals(0L, run("EXISTS k"));
  }

  @Test
  void whatThePrimaryAcceptedMayBeLongerThanTheLimit() {
    runner.configure("proto-max-bulk-len", "1mb");
    assertEquals(BAD_OFFSET, error("SETBIT k 8388608 1"));
    assertEquals("ERR string exceeds maximum allowed size (proto-max-bulk-len)", error("SETRANGE k 1048576 x"));
    runner.session.primary = true;
    assertEquals(0L, run("SETBIT k 8388608 1"));
    assertEquals(1_048_578L, run("SETRANGE k 1048577 x"));
  }

  @Test
  void bitsAreZeroOrOne() {
    assertEquals("ERR bit is not an integer or out of range", error("SETBIT k 0 2"));
    assertEquals("ERR bit is not an integer or out of range", error("SETBIT k 0 x"));
    assertEquals("ERR The bit argument must be 1 or 0.", error("BITPOS k 2"));
  }

  @ParameterizedTest
  @CsvSource({"'',26", "0 0,4", "1 1,6", "-2 -1,7", "0 -1,26", "5 3,0", "0 1000,26", "5 30 BIT,17", "-8 -1 BIT,4",
      "0 5 byte,26", "-1 -5 WHAT,0", "-9223372036854775808 9223372036854775807,26"})
  void bitcountCountsBytesOrBits(String range, long count) {
    run("SET k foobar");
    assertEquals(count, run(("BITCOUNT k " + range).strip()));
    assertEquals(0L, run(("BITCOUNT no " + range).strip()));
  }

  @Test
  void bitcountRefusesHalfARangeOnlyIfTheKeyIsThere() {
    assertEquals(0L, run("BITCOUNT no 0"));
    run("SET k v");
    assertEquals("ERR syntax error", error("BITCOUNT k 0"));
    assertEquals("ERR syntax error", error("BITCOUNT k 0 1 WHAT"));
    assertEquals("ERR value is not an integer or out of range", error("BITCOUNT k a 1"));
  }

  @ParameterizedTest
  @CsvSource({"ff f0 00,0,12", "ff f0 00,1,0", "00 00 0f,1,20", "00 00 0f,1 0 1,-1", "ff ff ff,0,24",
      "ff ff ff,0 0 -1,-1", "ff ff ff,0 1,24", "ff ff ff,0 5,-1", "00 ff f0,1 2,16", "00 ff f0,1 -1 -1,16",
      "00 ff f0,1 7 15 BIT,8",
      "00 ff f0,0 8 15 BIT,-1", "00 ff f0,1 2 1,-1", "00 ff f0,0 20 -1 bit,20"})
  void bitposFindsTheFirstBit(String hex, String arguments, long position) {
    String[] octets = hex.split(" ");
    byte[] value = new byte[octets.length];
    for (int i = 0; i < value.length; i++) value[i] = (byte) Integer.parseInt(octets[i], 16);
    runner.run("SET", "k", value);
    assertEquals(position, run("BITPOS k " + arguments));
  }

  @Test
  void bitposOfAnAbsentKeySeesZerosAndOfAnEmptyStringNothing() {
    assertEquals(0L, run("BITPOS no 0"));
    assertEquals(-1L, run("BITPOS no 1"));
    runner.run("SET", "empty", "");
    assertEquals(-1L, run("BITPOS empty 0"));
  }

  @Test
  void bitopCombinesStringsPaddedWithZeros() {
    runner.run("SET", "a", "abc\u00ff");
    runner.run("SET", "b", "\u000f\u000f");
    assertEquals(4L, run("BITOP AND d a b"));
    assertEquals("\u0001\u0002\0\0", run("GET d"));
    assertEquals(4L, run("BITOP or d a b no"));
    assertEquals("ooc\u00ff", run("GET d"));
    assertEquals(4L, run("BITOP XOR d b a"));
    assertEquals("nmc\u00ff", run("GET d"));
    assertEquals(2L, run("BITOP NOT d b"));
    assertEquals("\u00f0\u00f0", run("GET d"));
    assertEquals(4L, run("BITOP AND d no a"));
    assertEquals("\0\0\0\0", run("GET d"));
  }

  @Test
  void bitopOfNothingDeletesItsTarget() {
    run("SET d v");
    runner.events();
    runner.effects();
    assertEquals(0L, run("BITOP AND d no none"));
    assertEquals(List.of("keymiss no", "keymiss none", "del d"), runner.events());
    assertEquals(List.of("0 BITOP AND d no none"), runner.effects());
    assertEquals(0L, run("BITOP AND d no none"));
    assertEquals(List.of(), runner.effects());
  }

  @Test
  void bitopRefusesWhatItCannotCombine() {
    runner.putSet("s");
    assertEquals("ERR syntax error", error("BITOP NAND d a"));
    assertEquals("ERR BITOP NOT must be called with a single source key.", error("BITOP NOT d a b"));
    assertEquals(WRONG_TYPE, error("BITOP OR d no s"));
  }

  // ---- BITFIELD -----------------------------------------------------------------------------------------------------

  @Test
  void fieldsAreSetReadAndIncremented() {
    assertEquals(List.of(0L, 1L, 200L, -56L), run("BITFIELD k SET u8 0 200 INCRBY i5 100 1 GET u8 #0 GET i8 0"));
    assertEquals(List.of(200L), run("BITFIELD_RO k GET u8 0"));
    assertEquals(List.of(0L), run("BITFIELD no GET u8 0"));
    assertEquals(List.of(), run("BITFIELD k"));
  }

  @ParameterizedTest
  @CsvSource({
      "WRAP, u2 SET 1,   INCRBY u2 0 3,    0",   "SAT,  u2 SET 1,   INCRBY u2 0 3,    3",
      "FAIL, u2 SET 1,   INCRBY u2 0 3,    null", "WRAP, u2 SET 1,   INCRBY u2 0 -2,   3",
      "SAT,  u2 SET 1,   INCRBY u2 0 -2,   0",    "WRAP, i8 SET 127, INCRBY i8 0 1,    -128",
      "SAT,  i8 SET 127, INCRBY i8 0 1,    127",  "SAT,  i8 SET -120,INCRBY i8 0 -100, -128",
      "FAIL, i8 SET 127, INCRBY i8 0 1,    null",
      "SAT,  i64 SET 9223372036854775807, INCRBY i64 0 1, 9223372036854775807",
      "WRAP, i64 SET 9223372036854775807, INCRBY i64 0 1, -9223372036854775808",
      "WRAP, u63 SET 9223372036854775807, INCRBY u63 0 1, 0"})
  void overflowsAreTreatedAsAskedFor(String mode, String before, String step, String result) {
    String[] words = before.split(" +");
    runner.run("BITFIELD", "k", "SET", words[0], 0, words[2].isEmpty() ? words[3] : words[2]);
    List<?> answer = (List<?>) run("BITFIELD k OVERFLOW " + mode.strip() + " " + step.strip());
    if (result.equals("null")) assertNull(answer.get(0));
    else assertEquals(List.of(Long.valueOf(result)), answer);
  }

  @ParameterizedTest
  @CsvSource({"GET u64 0,type", "GET i65 0,type", "GET x8 0,type", "GET u0 0,type", "GET i 0,type", "GET u8 -1,offset",
      "GET u8 #x,offset", "GET u8 4294967296,offset", "SET u8 #9223372036854775807 1,offset",
      "SET u8 0,syntax", "NOP,syntax", "OVERFLOW SAT GET,syntax", "OVERFLOW none,overflow", "INCRBY u8 0 x,integer"})
  void badFieldsAreRefused(String request, String error) {
    String expected = switch (error) {
      case "type" ->
          "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.";
      case "offset" -> BAD_OFFSET;
      case "syntax" -> "ERR syntax error";
      case "overflow" -> "ERR Invalid OVERFLOW type specified";
      default -> "ERR value is not an integer or out of range";
    };
    assertEquals(expected, error("BITFIELD k " + request));
    assertEquals(0L, run("EXISTS k"));
  }

  @Test
  void theReadOnlyFormRefusesWrites() {
    assertEquals("ERR BITFIELD_RO only supports the GET subcommand", error("BITFIELD_RO k GET u8 0 SET u8 0 1"));
  }

  @Test
  void changesOfFieldsAreCountedOnceEachAndNotifiedOnce() {
    run("BITFIELD k SET u8 0 1 SET u8 8 2 SET u8 0 3 GET u8 0");
    assertEquals(3, runner.dirty());
    assertEquals(List.of("new k", "setbit k"), runner.events());
    runner.changes();
    run("BITFIELD k SET u8 0 3");
    assertEquals(List.of(), runner.changes());
  }

  @Test
  void aStringThatOnlyGrewIsPropagatedToo() {
    assertEquals(Arrays.asList((Object) null), run("BITFIELD k OVERFLOW FAIL SET u2 0 9"));
    assertEquals(1L, run("STRLEN k"));
    assertEquals(List.of("0 BITFIELD k OVERFLOW FAIL SET u2 0 9"), runner.effects());
  }

  private Object run(String command) {
    return runner.run((Object[]) command.split(" "));
  }

  private String error(String command) {
    return runner.error((Object[]) command.split(" "));
  }
}
