package org.understudy.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.CommandRunner;

class StreamCommandsTest {
  private static final long NOW = CommandRunner.START_MILLIS;
  private static final String INVALID_ID = "ERR Invalid stream ID specified as stream command argument";
  private static final String LAST = "18446744073709551615-18446744073709551615";

  private final CommandRunner runner = new CommandRunner();

  private Object run(String line) {
    return runner.run((Object[]) line.split(" "));
  }

  private String error(String line) {
    return runner.error((Object[]) line.split(" "));
  }

  private void add(String key, int... times) {
    for (int time : times) run("XADD " + key + " " + time + "-0 f v" + time);
  }

  private static Object entry(String id, String... words) {
    return List.of(id, List.of((Object[]) words));
  }

  private void forgetReports() {
    runner.events();
    runner.effects();
    runner.changes();
  }

  // ---- what was accepted elsewhere ----------------------------------------------------------------------------------

  @Test
  void aTrimThatIsObeyedIsNotLimitedAgain() {
    runner.configure("stream-node-max-entries", "2");
    add("s", 1, 2, 3, 4, 5, 6);
    assertEquals("ERR syntax error, LIMIT cannot be used without the special ~ option",
        error("XTRIM s MAXLEN = 1 LIMIT 2"));
    runner.session.loads = true;
    assertEquals(5L, run("XTRIM s MAXLEN = 1 LIMIT 2"));
  }

  // ---- ids ----------------------------------------------------------------------------------------------------------

  @Test
  void idsThatTheServerChoosesFollowTheClockAndArePropagatedAsChosen() {
    assertEquals(NOW + "-0", run("XADD s * f v"));
    assertEquals(NOW + "-1", run("XADD s * f v"));
    runner.advance(-1000);
    assertEquals(NOW + "-2", run("XADD s * f v"));
    assertEquals(NOW + "-3", run("XADD s " + NOW + "-* f v"));
    assertEquals(NOW + 5 + "-0", run("XADD s " + (NOW + 5) + "-* f v"));
    assertEquals(List.of("0 XADD s " + NOW + "-0 f v", "0 XADD s " + NOW + "-1 f v", "0 XADD s " + NOW + "-2 f v",
        "0 XADD s " + NOW + "-3 f v", "0 XADD s " + (NOW + 5) + "-0 f v"), runner.effects());
  }

  @Test
  void idsMustAscend() {
    String notBehind = "ERR The ID specified in XADD is equal or smaller than the target stream top item";
    assertEquals("ERR The ID specified in XADD must be greater than 0-0", error("XADD s 0-0 f v"));
    assertEquals("0-1", run("XADD s 0-* f v"));
    add("s", 7);
    assertEquals(notBehind, error("XADD s 7-0 f v"));
    assertEquals(notBehind, error("XADD s 6-* f v"));
    run("XADD s 7-18446744073709551615 f v");
    assertEquals("ERR Elements are too large to be stored", error("XADD s 7-* f v"));
    run("XADD s " + LAST + " f v");
    assertEquals("ERR The stream has exhausted the last possible ID, unable to add more items", error("XADD s * f v"));
  }

  /** Redis takes what strtoull takes. */
  @ParameterizedTest
  @CsvSource({"7,7-0", "7-3,7-3", "007-03,7-3", "+7-3,7-3", "' 7-\t3',7-3",
      "18446744073709551615-1,18446744073709551615-1", "1- -5,1-18446744073709551611"})
  void idsMayBeWrittenInOddWays(String written, String id) {
    assertEquals(id, runner.run("XADD", "s", written, "f", "v"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "+", "", "x", "-5", "5-", "1--5", "1-2-3", "18446744073709551616",
      "1-18446744073709551616", "1.5", "5-x", "$", ">", "(5", "1-*x", "x-*", "-*", "**"})
  void otherIdsAreInvalid(String id) {
    assertEquals(INVALID_ID, runner.error("XADD", "s", id, "f", "v"));
    assertEquals(0L, run("EXISTS s"));
  }

  @Test
  void tooLongIdsAreInvalid() {
    assertEquals(INVALID_ID, error("XADD s " + "0".repeat(127) + "7 f v"));
    assertEquals("7-0", run("XADD s " + "0".repeat(126) + "7 f v"));
  }

  // ---- adding and trimming ------------------------------------------------------------------------------------------

  @Test
  void aMissingStreamIsMadeUnlessTheOptionForbidsIt() {
    assertNull(run("XADD s NOMKSTREAM * f v"));
    assertEquals(List.of(), runner.events());
    assertEquals(List.of(), runner.effects());
    run("XADD s 1-1 f v");
    assertEquals(List.of("new s", "xadd s"), runner.events());
    assertEquals("1-2", run("XADD s NOMKSTREAM 1-2 f v"));
  }

  @ParameterizedTest
  @CsvSource({
      "XADD s * f,ERR wrong number of arguments for 'xadd' command",
      "XADD s MAXLEN 5 NOMKSTREAM,ERR wrong number of arguments for 'xadd' command",
      "XADD s MAXLEN -1 * f v,ERR The MAXLEN argument must be >= 0.",
      "XADD s MAXLEN x * f v,ERR value is not an integer or out of range",
      "XADD s MAXLEN 9223372036854775808 * f v,ERR value is not an integer or out of range",
      "XADD s MINID x * f v,ERR Invalid stream ID specified as stream command argument",
      "XADD s MAXLEN ~ 1 LIMIT -1 * f v,ERR The LIMIT argument must be >= 0.",
      "'XADD s MAXLEN 1 LIMIT 1 * f v','ERR syntax error, LIMIT cannot be used without the special ~ option'",
      "'XADD s LIMIT 1 * f v','ERR syntax error, LIMIT cannot be used without specifying a trimming strategy'",
      "'XADD s MAXLEN 1 MINID 1 * f v',"
          + "'ERR syntax error, MAXLEN and MINID options at the same time are not compatible'",
      "'XTRIM s LIMIT 0 LIMIT','ERR syntax error'",
      "'XTRIM s LIMIT 0 LIMIT 0','ERR syntax error, XTRIM must be called with a trimming strategy'",
  })
  void optionsThatDoNotGetAlongAreRefused(String command, String message) {
    assertEquals(message, error(command));
    assertEquals(0L, run("EXISTS s"));
  }

  @Test
  void anApproximateTrimIsPropagatedAsWhatItDid() {
    runner.configure("stream-node-max-entries", "10");
    for (int i = 1; i <= 25; i++) add("s", i);
    forgetReports();
    run("XADD s MAXLEN ~ 8 30-* f v");
    assertEquals(16L, run("XLEN s"));
    run("XTRIM s MINID ~ 21");
    assertEquals(0L, run("XTRIM s MINID ~ 21"));
    assertEquals(List.of("0 XADD s MAXLEN = 16 30-0 f v", "0 XTRIM s MINID = 21-0"), runner.effects());
    assertEquals(List.of("xadd s", "xtrim s", "xtrim s"), runner.events());
  }

  @Test
  void eachEntryThatIsRemovedCountsAsAChange() {
    add("s", 1, 2, 3, 4, 5);
    long before = runner.dirty();
    assertEquals(2L, run("XDEL s 1-0 2-0 2-0 9-9"));
    assertEquals(2L, run("XTRIM s MAXLEN 1"));
    assertEquals(before + 4, runner.dirty());
    assertEquals(1L, run("XLEN s"));
    run("XDEL s 5-0");
    assertEquals(1L, run("EXISTS s"), "an empty stream stays");
  }

  @Test
  void nothingIsRemovedIfOneIdIsInvalid() {
    add("s", 1);
    assertEquals(INVALID_ID, error("XDEL s 1-0 x"));
    assertEquals(1L, run("XLEN s"));
    assertEquals(0L, run("XDEL none x"));
  }

  // ---- reading ------------------------------------------------------------------------------------------------------

  @Test
  void rangesMayLeaveOutTheirEnds() {
    add("s", 1, 2, 3);
    assertEquals(List.of(entry("2-0", "f", "v2")), run("XRANGE s (1-0 (3-0"));
    assertEquals(List.of(entry("3-0", "f", "v3"), entry("2-0", "f", "v2")), run("XREVRANGE s + 1-1"));
    assertEquals(List.of(entry("1-0", "f", "v1")), run("XRANGE s - + COUNT 1"));
    assertNull(run("XRANGE s - + COUNT 0"));
    assertNull(run("XRANGE s - + COUNT -9223372036854775808"));
    assertEquals(List.of(), run("XRANGE none - + COUNT 0"));
    assertEquals("ERR invalid start ID for the interval", error("XRANGE s (" + LAST + " +"));
    assertEquals("ERR invalid end ID for the interval", error("XRANGE s - (0-0"));
    assertEquals(INVALID_ID, error("XRANGE s (- +"));
    assertEquals("ERR syntax error", error("XRANGE s - + COUNT 1 COUNT"));
  }

  @Test
  void argumentsAreLookedAtBeforeTheKey() {
    runner.run("SET", "k", "v");
    assertEquals(INVALID_ID, error("XRANGE k x +"));
    assertEquals("WRONGTYPE Operation against a key holding the wrong kind of value", error("XRANGE k - +"));
    assertEquals("WRONGTYPE Operation against a key holding the wrong kind of value", error("XDEL k x"));
    assertEquals("ERR The ID specified in XADD must be greater than 0-0", error("XADD k 0-0 f v"));
  }

  @Test
  void readingIsCountedForEachLookAtTheKey() {
    add("s", 1);
    long hits = runner.hits();
    long misses = runner.misses();
    run("XREAD STREAMS s none 0 0");
    assertEquals(hits + 2, runner.hits());
    assertEquals(misses + 2, runner.misses());
  }

  @Test
  void readingGivesWhatIsBehindTheIds() {
    add("s", 1, 2);
    add("t", 5);
    List<?> ofS = List.of("s", List.of(entry("2-0", "f", "v2")));
    List<?> ofT = List.of("t", List.of(entry("5-0", "f", "v5")));
    assertEquals(List.of(ofS, ofT), run("XREAD STREAMS s t 1 0"));
    assertNull(run("XREAD STREAMS s t $ $"));
    assertNull(run("XREAD STREAMS s " + LAST));
    forgetReports();
    assertNull(run("XREAD BLOCK 7 STREAMS s $"));
    assertEquals(List.of("waiting 7"), runner.changes());
  }

  // ---- groups -------------------------------------------------------------------------------------------------------

  @Test
  void whatIsDeliveredIsPropagatedAsClaims() {
    add("s", 1, 2);
    run("XGROUP CREATE s g 0");
    forgetReports();
    run("XREADGROUP GROUP g c STREAMS s >");
    assertEquals(List.of(
        "0 XCLAIM s g c 0 1-0 TIME " + NOW + " RETRYCOUNT 1 FORCE JUSTID LASTID 1-0",
        "0 XCLAIM s g c 0 2-0 TIME " + NOW + " RETRYCOUNT 1 FORCE JUSTID LASTID 2-0"), runner.effects());
    assertEquals(List.of("xgroup-createconsumer s"), runner.events());
    add("s", 3);
    runner.effects();
    run("XREADGROUP GROUP g d NOACK STREAMS s >");
    assertEquals(List.of("0 XGROUP CREATECONSUMER s g d", "0 XGROUP SETID s g 3-0 ENTRIESREAD 3"), runner.effects());
    run("XREADGROUP GROUP g c STREAMS s 0");
    assertEquals(List.of(), runner.effects(), "looking at one's own again is not propagated");
    assertEquals(List.of(List.of("1-0", "c", 0L, 2L), List.of("2-0", "c", 0L, 2L)), run("XPENDING s g - + 10"));
  }

  @Test
  void groupsAloneConcernNoWatcher() {
    add("s", 1, 2);
    forgetReports();
    run("XGROUP CREATE s g 0");
    run("XGROUP CREATECONSUMER s g c");
    run("XREADGROUP GROUP g c STREAMS s >");
    run("XCLAIM s g d 0 1-0");
    run("XACK s g 1-0");
    run("XGROUP SETID s g 0");
    run("XGROUP DELCONSUMER s g c");
    run("XSETID s 9-0");
    assertEquals(List.of(), runner.changes());
    run("XGROUP DESTROY s g");
    assertEquals(List.of("waking s"), runner.changes());
    run("XGROUP CREATE new g $ MKSTREAM");
    assertEquals(List.of("new"), runner.changes());
  }

  @Test
  void ofAnEntryThatWasRemovedTheConsumerSeesItsIdOnly() {
    add("s", 1, 2);
    run("XGROUP CREATE s g 0");
    run("XREADGROUP GROUP g c STREAMS s >");
    run("XDEL s 1-0");
    List<?> streams = (List<?>) run("XREADGROUP GROUP g c STREAMS s 0");
    List<?> entries = (List<?>) ((List<?>) streams.get(0)).get(1);
    assertEquals("1-0", ((List<?>) entries.get(0)).get(0));
    assertNull(((List<?>) entries.get(0)).get(1));
    assertEquals(entry("2-0", "f", "v2"), entries.get(1));
  }

  @Test
  void claimingForgetsEntriesThatAreGone() {
    add("s", 1, 2);
    run("XGROUP CREATE s g 0");
    run("XREADGROUP GROUP g c STREAMS s >");
    run("XDEL s 1-0");
    runner.effects();
    assertEquals(List.of("2-0"), run("XCLAIM s g d 0 1-0 2-0 JUSTID"));
    assertEquals(List.of(
        "0 XCLAIM s g c 0 1-0 TIME " + NOW + " RETRYCOUNT 1 FORCE JUSTID LASTID 2-0",
        "0 XCLAIM s g d 0 2-0 TIME " + NOW + " RETRYCOUNT 1 FORCE JUSTID LASTID 2-0"), runner.effects());
    assertEquals(List.of(1L, "2-0", "2-0", List.of(List.of("d", "1"))), run("XPENDING s g"));
  }

  @ParameterizedTest
  @CsvSource({"IDLE 1000,-1000", "IDLE -5,0", "IDLE -9223372036854775808,0", "IDLE 9223372036854775807,0",
      "TIME 9223372036854775807,0", "TIME -7,0", "RETRYCOUNT 9,0"})
  void aDeliveryTimeThatCannotBeIsNow(String option, long expectedMillisFromNow) {
    add("s", 1);
    run("XGROUP CREATE s g 0");
    runner.effects();
    run("XCLAIM s g c 0 1-0 FORCE " + option);
    long deliveries = option.startsWith("RETRY") ? 9 : 2;
    assertEquals(List.of("0 XCLAIM s g c 0 1-0 TIME " + (NOW + expectedMillisFromNow) + " RETRYCOUNT " + deliveries
        + " FORCE JUSTID LASTID 0-0"), runner.effects());
  }

  @Test
  void claimingByCursorEndsAtTheGreatestId() {
    add("s", 1);
    run("XADD s " + LAST + " f v");
    run("XGROUP CREATE s g 0");
    run("XREADGROUP GROUP g c STREAMS s >");
    assertEquals(List.of(LAST, List.of("1-0"), List.of()), run("XAUTOCLAIM s g d 0 - COUNT 1 JUSTID"));
    assertEquals(List.of("0-0", List.of(LAST), List.of()), run("XAUTOCLAIM s g d 0 " + LAST + " COUNT 5 JUSTID"));
    runner.advance(50);
    run("XDEL s 1-0");
    assertEquals(List.of("0-0", List.of(), List.of("1-0")), run("XAUTOCLAIM s g d 100 - JUSTID"));
    assertEquals("ERR COUNT must be > 0", error("XAUTOCLAIM s g d 0 - COUNT 0"));
    assertEquals("ERR COUNT must be > 0", error("XAUTOCLAIM s g d 0 - COUNT 9223372036854775807"));
    assertEquals("ERR invalid start ID for the interval", error("XAUTOCLAIM s g d 0 (" + LAST));
  }

  @Test
  void claimingByCursorLooksAtTenEntriesForEachThatItMayTake() {
    for (int i = 1; i <= 30; i++) add("s", i);
    run("XGROUP CREATE s g 0");
    run("XREADGROUP GROUP g c STREAMS s >");
    assertEquals(List.of("21-0", List.of(), List.of()), run("XAUTOCLAIM s g d 1000 - COUNT 2"));
    assertEquals(List.of("0-0", List.of(), List.of()), run("XAUTOCLAIM s g d 1000 21-0 COUNT 1"));
  }

  @ParameterizedTest
  @CsvSource({
      "XGROUP CREATE none g $,ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want "
          + "to use the MKSTREAM option to create an empty stream automatically.",
      "XGROUP CREATE s g $,BUSYGROUP Consumer Group name already exists",
      "XGROUP CREATE s h x,ERR Invalid stream ID specified as stream command argument",
      "XGROUP CREATE s h 0 ENTRIESREAD -2,ERR value for ENTRIESREAD must be positive or -1",
      "XGROUP SETID s none 0,NOGROUP No such consumer group 'none' for key name 's'",
      "XGROUP SETID s g 0 MKSTREAM,ERR unknown subcommand or wrong number of arguments for 'SETID'. Try XGROUP HELP.",
      "XINFO GROUPS none,ERR no such key",
      "XINFO CONSUMERS s none,NOGROUP No such consumer group 'none' for key name 's'",
      "XINFO STREAM s FULL COUNT,ERR unknown subcommand or wrong number of arguments for 'STREAM'. Try XINFO HELP.",
      "XCLAIM s none c 0 1,NOGROUP No such key 's' or consumer group 'none'",
      "XCLAIM s g c x 1,ERR Invalid min-idle-time argument for XCLAIM",
      "XCLAIM s g c 0 1 WHAT,ERR Unrecognized XCLAIM option 'WHAT'",
      "XCLAIM s g c 0 1 IDLE x,ERR Invalid IDLE option argument for XCLAIM",
      "XPENDING s none - + 1,NOGROUP No such key 's' or consumer group 'none'",
      "XPENDING s g - +,ERR syntax error",
      "XREADGROUP GROUP none c STREAMS s >,"
          + "NOGROUP No such key 's' or consumer group 'none' in XREADGROUP with GROUP option",
      "XREADGROUP NOACK COUNT 1 STREAMS s 0-1 x,ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' "
          + "must be specified.",
      "XREADGROUP NOACK NOACK NOACK STREAMS s 0,ERR Missing GROUP option for XREADGROUP",
      "XREAD NOACK STREAMS s 0,ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.",
      "XREAD STREAMS s >,ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> "
          + "option.",
      "XREAD BLOCK -1 STREAMS s 0,ERR timeout is negative",
      "XSETID none 1-1,ERR no such key",
      "XSETID s 0-1,ERR The ID specified in XSETID is smaller than the target stream top item",
      "XSETID s 9 ENTRIESADDED 0,ERR The entries_added specified in XSETID is smaller than the target stream length",
      "XSETID s 9 ENTRIESADDED -1,ERR entries_added must be positive",
      "XSETID s 9 MAXDELETEDID 10,ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id",
  })
  void errorsAreTheReferences(String command, String message) {
    add("s", 1);
    run("XGROUP CREATE s g $");
    forgetReports();
    assertEquals(message, error(command));
    assertEquals(List.of(), runner.effects());
    assertEquals(List.of(), runner.changes());
  }
}
