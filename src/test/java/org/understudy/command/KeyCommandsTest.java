package org.understudy.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.keyspace.ExpiryMode;
import org.understudy.testing.CommandRunner;

class KeyCommandsTest {
  private static final long NOW = CommandRunner.START_MILLIS;

  private final CommandRunner runner = new CommandRunner();

  @Test
  void deletedKeysAreCountedAndReported() {
    run("MSET a 1 b 2");
    forget();
    assertEquals(2L, run("DEL a no b a"));
    assertEquals(List.of("del a", "del b"), runner.events());
    assertEquals(List.of("a", "b"), runner.changes());
    assertEquals(List.of("0 DEL a no b a"), runner.effects());
    assertEquals(0L, run("UNLINK a"));
    assertEquals(List.of(), runner.effects());
  }

  @Test
  void existingKeysAreCountedAsOftenAsNamed() {
    run("SET a 1");
    assertEquals(2L, run("EXISTS a a no"));
    assertEquals(2L, run("TOUCH a a no"));
    assertEquals("string", run("TYPE a"));
    assertEquals("none", run("TYPE no"));
  }

  // ---- expiry -------------------------------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({"EXPIRE k 10,10000", "PEXPIRE k 10,10", "EXPIREAT k 1700000100,99877", "PEXPIREAT k 1700000000999,876"})
  void expirySetIsAbsoluteInEffect(String command, long ttl) {
    run("SET k v");
    forget();
    assertEquals(1L, run(command));
    assertEquals(ttl, run("PTTL k"));
    assertEquals(NOW + ttl, run("PEXPIRETIME k"));
    assertEquals((ttl + 500) / 1000, run("TTL k"));
    assertEquals((NOW + ttl + 500) / 1000, run("EXPIRETIME k"));
    assertEquals(List.of("0 PEXPIREAT k " + (NOW + ttl)), runner.effects());
    assertEquals(List.of("expire k"), runner.events());
    runner.advance(ttl);
    assertEquals(1L, run("EXISTS k"), "a key lives until after its last millisecond");
    runner.advance(1);
    assertEquals(0L, run("EXISTS k"));
    assertEquals(List.of("expired k", "keymiss k"), runner.events());
  }

  @ParameterizedTest
  @CsvSource({
      // condition, expiry before (ms from now, - none), expiry asked for, reply
      "NX,-,50,1", "NX,100,50,0", "XX,-,50,0", "XX,100,50,1", "GT,-,50,0", "GT,100,50,0", "GT,100,100,0",
      "GT,100,150,1", "LT,-,50,1", "LT,100,150,0", "LT,100,100,0", "LT,100,50,1", "XX GT,-,50,0", "XX LT,-,50,0",
      "lt xx,100,50,1"})
  void conditionsOfExpiryAreKept(String condition, String before, long wanted, long reply) {
    run("SET k v");
    if (!before.equals("-")) run("PEXPIRE k " + before);
    forget();
    assertEquals(reply, run("PEXPIRE k " + wanted + " " + condition));
    assertEquals(reply == 1 ? wanted : before.equals("-") ? -1 : Long.parseLong(before), run("PTTL k"));
    String effect = "0 PEXPIREAT k " + (NOW + wanted) + " " + condition;
    assertEquals(reply == 0 ? List.of() : List.of(effect), runner.effects());
  }

  @ParameterizedTest
  @CsvSource({"NX XX,NX and XX. GT or LT options at the same time are not compatible",
      "GT NX,NX and XX. GT or LT options at the same time are not compatible",
      "LT GT,GT and LT options at the same time are not compatible", "ZZ,Unsupported option ZZ"})
  void contraryConditionsAreRefusedBeforeAllElse(String options, String message) {
    assertEquals("ERR " + message.replace("XX.", "XX,"), error("EXPIRE no x " + options));
  }

  @Test
  void anUnknownOptionIsRepeatedAsFarAsItIsALineOfText() {
    assertEquals("ERR Unsupported option a  b", runner.error("EXPIRE", "no", 1, "a\r\nb\r\n"));
    assertEquals("ERR Unsupported option a", runner.error("EXPIRE", "no", 1, "a\0b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"EXPIRE k 9223372036854775807", "EXPIRE k -9223372036854775808",
      "EXPIREAT k 9223372036854776", "PEXPIRE k 9223372036854775807"})
  void expiryThatOverflowsIsRefused(String command) {
    run("SET k v");
    assertEquals(1L, run("EXPIREAT k 9223372036854775"), "just not too large");
    assertEquals("ERR invalid expire time in '" + command.split(" ")[0].toLowerCase() + "' command", error(command));
  }

  @ParameterizedTest
  @ValueSource(strings = {"EXPIRE k 0", "EXPIRE k -1", "PEXPIREAT k 1", "EXPIREAT k -5", "PEXPIREAT k 1700000000123"})
  void expiryInThePastDeletes(String command) {
    run("SET k v");
    forget();
    assertEquals(1L, run(command));
    assertEquals(0L, run("DBSIZE"));
    assertEquals(List.of("0 DEL k"), runner.effects());
    assertEquals(List.of("del k"), runner.events());
    runner.configure("lazyfree-lazy-expire", "yes");
    run("SET k v");
    forget();
    run(command);
    assertEquals(List.of("0 UNLINK k"), runner.effects());
  }

  @Test
  void keysFlushedAsynchronouslyCountAsFreedLazily() {
    run("MSET a 1 b 2 c 3");
    run("FLUSHALL SYNC");
    assertEquals(0, runner.keyspace.lazyFreedObjects());
    run("MSET a 1 b 2 c 3");
    run("FLUSHALL ASYNC");
    assertEquals(3, runner.keyspace.lazyFreedObjects());
    runner.configure("lazyfree-lazy-user-flush", "yes");
    run("SET a 1");
    run("FLUSHDB");
    assertEquals(4, runner.keyspace.lazyFreedObjects());
    run("SET a 1");
    run("UNLINK a"); // freed at once: it is small
    assertEquals(4, runner.keyspace.lazyFreedObjects());
  }

  @Test
  void expiryInThePastWaitsWhereAnotherDecides() {
    run("SET k v");
    forget();
    runner.keyspace.expiryMode(ExpiryMode.KEEP);
    assertEquals(1L, run("PEXPIREAT k -1"));
    assertEquals(1L, run("EXISTS k"));
    assertEquals(List.of("0 PEXPIREAT k -1"), runner.effects());
    runner.keyspace.expiryMode(ExpiryMode.DELETE);
    assertEquals(0L, run("EXISTS k"));
  }

  @Test
  void ttlTellsAbsentFromPersistent() {
    run("SET k v");
    for (String command : List.of("TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME")) {
      assertEquals(-1L, run(command + " k"));
      assertEquals(-2L, run(command + " no"));
    }
  }

  @Test
  void persistRemovesExpiryOnce() {
    run("SET k v PX 100");
    forget();
    assertEquals(1L, run("PERSIST k"));
    assertEquals(0L, run("PERSIST k"));
    assertEquals(0L, run("PERSIST no"));
    assertEquals(-1L, run("PTTL k"));
    assertEquals(List.of("persist k"), runner.events());
    assertEquals(List.of("0 PERSIST k"), runner.effects());
  }

  // ---- moving and copying -------------------------------------------------------------------------------------------

  @Test
  void renameTakesValueAndExpiryAlong() {
    run("SET a v PX 100");
    run("SET b w");
    forget();
    assertEquals("OK", run("RENAME a b"));
    assertEquals("v", run("GET b"));
    assertEquals(100L, run("PTTL b"));
    assertEquals(0L, run("EXISTS a"));
    assertEquals(List.of("new b", "rename_from a", "rename_to b", "keymiss a"), runner.events());
    assertEquals(List.of("a", "b"), runner.changes());
    assertEquals(3, runner.dirty());
    assertEquals("ERR no such key", error("RENAME a b"));
    assertEquals("OK", run("RENAME b b"));
    assertEquals(0L, run("RENAMENX b b"));
    assertEquals(1L, run("RENAMENX b c"));
    run("SET b x");
    assertEquals(0L, run("RENAMENX b c"));
  }

  @Test
  void moveTakesAKeyToAnotherDatabaseIfThereIsNone() {
    run("SET k v PX 100");
    forget();
    assertEquals(1L, run("MOVE k 3"));
    assertEquals(List.of("new k@3", "move_from k", "move_to k@3"), runner.events());
    assertEquals(List.of("k", "k@3"), runner.changes());
    assertEquals(0L, run("MOVE k 3"));
    run("SET k w");
    assertEquals(0L, run("MOVE k 3"));
    runner.select(3);
    assertEquals("v", run("GET k"));
    assertEquals(100L, run("PTTL k"));
    assertEquals("ERR source and destination objects are the same", error("MOVE k 3"));
    assertEquals("ERR DB index is out of range", error("MOVE k 16"));
    assertEquals("ERR value is not an integer or out of range", error("MOVE k x"));
    assertEquals("ERR value is out of range, value must between -2147483648 and 2147483647",
        error("MOVE k 2147483648"));
  }

  @Test
  void copyReplacesOnRequestOnly() {
    run("SET a v PX 100");
    run("SET b w");
    forget();
    assertEquals(0L, run("COPY a b"));
    assertEquals(List.of(), runner.changes());
    assertEquals(1L, run("COPY a b REPLACE"));
    assertEquals(List.of("new b", "copy_to b"), runner.events());
    assertEquals(100L, run("PTTL b"));
    assertEquals(1L, run("COPY a a DB 1"));
    assertEquals(List.of("b", "a@1"), runner.changes());
    assertEquals("ERR source and destination objects are the same", error("COPY a a"));
    assertEquals("ERR syntax error", error("COPY a b DB"));
    assertEquals("ERR DB index is out of range", error("COPY a b DB -1"));
    run("APPEND b x");
    assertEquals("v", run("GET a"));
  }

  // ---- OBJECT -------------------------------------------------------------------------------------------------------

  @Test
  void objectLooksWithoutTouching() {
    run("SET k v");
    run("SET n 9999");
    run("SET m 10000");
    runner.advance(5000);
    assertEquals(5L, run("OBJECT IDLETIME k"));
    assertEquals(5L, run("OBJECT IDLETIME k"));
    assertEquals("embstr", run("OBJECT ENCODING k"));
    assertEquals(1L, run("OBJECT REFCOUNT k"));
    assertEquals(2147483647L, run("OBJECT REFCOUNT n"));
    assertEquals(1L, run("OBJECT REFCOUNT m"));
    run("TYPE k");
    run("TTL k");
    run("EXISTS k");
    assertEquals(5L, run("OBJECT IDLETIME k"));
    run("TOUCH k");
    assertEquals(0L, run("OBJECT IDLETIME k"));
    forget();
    assertNull(run("OBJECT ENCODING no"));
    assertEquals(List.of(), runner.events());
  }

  @Test
  void objectRefusesWhatThePolicyDoesNotTrack() {
    run("SET k v");
    String rest = " not tracked. Please note that when switching between policies at runtime LRU and LFU data will "
        + "take some time to adjust.";
    assertEquals("ERR An LFU maxmemory policy is not selected, access frequency" + rest, error("OBJECT FREQ k"));
    assertNull(run("OBJECT FREQ no"));
    runner.keyspace.accessClock().lfu(true);
    run("SET k v");
    assertEquals("ERR An LFU maxmemory policy is selected, idle time" + rest, error("OBJECT IDLETIME k"));
    assertTrue((Long) run("OBJECT FREQ k") >= 1);
    assertEquals("ERR unknown subcommand 'what'. Try OBJECT HELP.", error("OBJECT what k"));
    assertEquals("ERR wrong number of arguments for 'object|encoding' command", error("OBJECT ENCODING"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SMOVE set other a", "SMOVE other set b", "PFCOUNT hll", "XACK stream group 1-1",
      "XCLAIM stream group c 0 1-1", "XAUTOCLAIM stream group c 0 0", "SISMEMBER set a", "SADD set a"})
  void aCommandThatLooksAKeyUpSeveralTimesCountsAsOneAccess(String command) {
    runner.keyspace.accessClock().lfu(true);
    runner.keyspace.accessClock().lfuLogFactor(0); // every access counts
    run("SADD set a b");
    run("SADD other b c");
    run("PFADD hll a");
    run("XADD stream 1-1 f v");
    run("XGROUP CREATE stream group 0");
    String key = command.split(" ")[1];
    long before = (Long) run("OBJECT FREQ " + key);
    run(command);
    assertEquals(before + 1, run("OBJECT FREQ " + key));
  }

  // ---- all keys -----------------------------------------------------------------------------------------------------

  @Test
  void keysMatchesNamesAndLeavesExpiredOnesOut() {
    run("MSET one 1 two 2 three 3");
    run("SET old v PX 1");
    runner.advance(2);
    assertEquals(Set.of("one", "two", "three"), set(run("KEYS *")));
    assertEquals(Set.of("two", "three"), set(run("KEYS t[hw]*")));
    assertEquals(Set.of(), set(run("KEYS none")));
  }

  @Test
  void scanVisitsAllKeysInSteps() {
    for (int i = 0; i < 500; i++) runner.run("SET", "k" + i, i);
    runner.putSet("s");
    Set<Object> seen = new HashSet<>();
    String cursor = "0";
    int steps = 0;
    do {
      List<?> step = (List<?>) run("SCAN " + cursor + " COUNT 20");
      cursor = (String) step.get(0);
      seen.addAll((List<?>) step.get(1));
      steps++;
    } while (!cursor.equals("0"));
    assertEquals(501, seen.size());
    assertTrue(steps > 5, steps + " steps");
    assertEquals(List.of("0", List.of("s")), run("SCAN 0 COUNT 10000 TYPE SET"));
    assertEquals(List.of("0", List.of("k77")), run("SCAN 0 match k77 COUNT 10000"));
    assertEquals(List.of("0", List.of()), run("SCAN 0 COUNT 10000 TYPE nothing"));
  }

  @ParameterizedTest
  @CsvSource({"'SCAN x',invalid cursor", "'SCAN  0',invalid cursor", "'SCAN +',invalid cursor",
      "SCAN 18446744073709551616,invalid cursor", "SCAN 0 COUNT 0,syntax error", "SCAN 0 COUNT,syntax error",
      "SCAN 0 WHAT x,syntax error", "SCAN 0 COUNT x,value is not an integer or out of range"})
  void scanRefusesBadArguments(String command, String message) {
    Object[] words = command.contains("  ") ? new Object[] {"SCAN", " 0"} : command.split(" ");
    assertEquals("ERR " + message, runner.error(words));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "+0", "-0", "000", "", "18446744073709551615", "-1"})
  void cursorsAreWhatStrtoulTakes(String cursor) {
    assertEquals("0", ((List<?>) runner.run("SCAN", cursor)).get(0));
  }

  @Test
  void randomkeyNamesALivingKey() {
    assertNull(run("RANDOMKEY"));
    run("SET old v PX 1");
    run("SET k v");
    runner.advance(2);
    for (int i = 0; i < 20; i++) assertEquals("k", run("RANDOMKEY"));
  }

  // ---- whole databases ----------------------------------------------------------------------------------------------

  @Test
  void flushingTellsWatchersFirstAndIsAlwaysPropagated() {
    run("MSET a 1 b 2");
    runner.select(1);
    run("SET c 3");
    forget();
    assertEquals("OK", run("FLUSHDB ASYNC"));
    assertEquals(List.of("flushing 1"), runner.changes());
    assertEquals(List.of("1 FLUSHDB ASYNC"), runner.effects());
    assertEquals(0L, run("DBSIZE"));
    long dirty = runner.dirty();
    assertEquals("OK", run("FLUSHALL"));
    assertEquals(2, runner.dirty() - dirty);
    assertEquals(List.of("flushing -1"), runner.changes());
    forget();
    run("FLUSHALL SYNC");
    assertEquals(List.of("1 FLUSHALL SYNC"), runner.effects());
    assertEquals("ERR syntax error", error("FLUSHALL now"));
    assertEquals("ERR syntax error", error("FLUSHDB SYNC SYNC"));
  }

  @Test
  void swapdbExchangesContents() {
    run("SET k v");
    forget();
    assertEquals("OK", run("SWAPDB 0 2"));
    assertEquals(List.of("swapping 0 2"), runner.changes());
    assertEquals(0L, run("DBSIZE"));
    assertEquals("v", runner.select(2).run("GET", "k"));
    assertEquals("OK", run("SWAPDB 2 2"));
    assertEquals(List.of(), runner.changes());
    assertEquals("ERR invalid first DB index", error("SWAPDB x y"));
    assertEquals("ERR invalid second DB index", error("SWAPDB 0 2147483648"));
    assertEquals("ERR DB index is out of range", error("SWAPDB 0 16"));
    assertFalse(runner.effects().isEmpty());
  }

  private Object run(String command) {
    return runner.run((Object[]) command.split(" "));
  }

  private String error(String command) {
    return runner.error((Object[]) command.split(" "));
  }

  private static Set<Object> set(Object list) {
    return new HashSet<>((List<?>) list);
  }

  private void forget() {
    runner.events();
    runner.changes();
    runner.effects();
  }
}
