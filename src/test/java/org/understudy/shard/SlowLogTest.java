package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;

class SlowLogTest {
  private final DirectShard shard = new DirectShard();

  @BeforeEach
  void everythingTakesTwentyMilliseconds() {
    shard.everyLookTakes(20_000_000);
  }

  private List<?> newest() {
    return (List<?>) entries().get(0);
  }

  private List<?> entries() {
    return (List<?>) shard.call("SLOWLOG", "GET", -1);
  }

  @Test
  void anEntrySaysWhatWhenHowLongAndWho() {
    shard.session.name = Bytes.of("me");
    shard.call("TIME");
    List<?> entry = newest();
    assertEquals(1_700_000_000L, (Long) entry.get(1), 2);
    assertEquals(20_000L, entry.get(2));
    assertEquals(List.of("TIME"), entry.get(3));
    assertEquals("127.0.0.1:50000", entry.get(4));
    assertEquals("me", entry.get(5));
  }

  @Test
  void commandsOfTheConnectionAreLoggedToo() {
    shard.call("PING");
    assertEquals(List.of("PING"), newest().get(3));
  }

  @Test
  void aFasterCommandIsNotLogged() {
    shard.configure("slowlog-log-slower-than", "20001");
    shard.call("TIME");
    assertEquals(0L, shard.call("SLOWLOG", "LEN"));
  }

  @Test
  void withALimitOfMinusOneNothingIsSlow() {
    shard.configure("slowlog-log-slower-than", "-1");
    shard.call("TIME");
    assertEquals(0L, shard.call("SLOWLOG", "LEN"));
  }

  @Test
  void idsGoOnAfterAReset() {
    shard.call("TIME");
    shard.call("TIME");
    shard.call("SLOWLOG", "RESET"); // is logged itself, after it has cleared the log
    assertEquals(2L, newest().get(0));
  }

  @Test
  void theOldestGoFirst() {
    shard.configure("slowlog-max-len", "2");
    shard.call("PING", "1");
    shard.call("PING", "2");
    shard.call("PING", "3");
    assertEquals(List.of(List.of("PING", "3"), List.of("PING", "2")),
        entries().stream().map(entry -> ((List<?>) entry).get(3)).toList());
    shard.configure("slowlog-max-len", "0");
    assertEquals(0L, shard.call("SLOWLOG", "LEN"));
  }

  @Test
  void onlyThirtyTwoArgumentsAreKept() {
    Object[] command = new Object[40];
    Arrays.fill(command, "x");
    command[0] = "CONFIG";
    command[1] = "GET";
    shard.call(command);
    List<?> argv = (List<?>) newest().get(3);
    assertEquals(32, argv.size());
    assertEquals("... (9 more arguments)", argv.get(31));
  }

  @Test
  void onlyOneHundredAndTwentyEightBytesOfAnArgumentAreKept() {
    shard.call("PING", "A".repeat(129));
    assertEquals(List.of("PING", "A".repeat(128) + "... (1 more bytes)"), newest().get(3));
  }

  @Test
  void secretsAreBlottedOut() {
    shard.call("CONFIG", "SET", "masterauth", "secret", "hz", "20");
    assertEquals(List.of("CONFIG", "SET", "masterauth", "(redacted)", "hz", "20"), newest().get(3));
  }

  @Test
  void secretsAreBlottedOutOfRefusedCommandsToo() {
    assertTrue(shard.error("CONFIG", "SET", "nosuch", "1", "masterauth", "secret").startsWith("ERR Unknown option"));
    assertEquals(List.of("CONFIG", "SET", "nosuch", "1", "masterauth", "(redacted)"), newest().get(3));
  }

  @Test
  void aTransactionIsLoggedByItsCommands() {
    shard.queue("TIME");
    shard.call("EXEC");
    List<?> entries = entries();
    assertEquals(1, entries.size());
    assertEquals(List.of("TIME"), ((List<?>) entries.get(0)).get(3));
  }

  @Test
  void aCountBelowMinusOneIsRefused() {
    assertEquals("ERR count should be greater than or equal to -1", shard.error("SLOWLOG", "GET", "-2"));
  }
}
