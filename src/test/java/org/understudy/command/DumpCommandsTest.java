package org.understudy.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.testing.CommandRunner;

class DumpCommandsTest {
  private final CommandRunner redis = new CommandRunner();

  private byte[] payload(String value) {
    redis.run("SET", "dumped", value);
    byte[] payload = Bytes.of((String) redis.run("DUMP", "dumped"));
    redis.effects();
    redis.events();
    return payload;
  }

  @Test
  void thePayloadIsTypeValueVersionAndChecksum() {
    byte[] payload = payload("value");
    assertEquals(1 + 1 + 5 + 2 + 8, payload.length);
    assertArrayEquals(Bytes.of("\0\5value\12\0"), Arrays.copyOf(payload, 9));
    assertNull(redis.run("DUMP", "none"));
  }

  @Test
  void aRelativeTtlIsPropagatedAsTime() {
    byte[] payload = payload("v");
    redis.run("RESTORE", "k", 1000, payload, "FREQ", 1);
    long at = redis.nowMillis() + 1000;
    assertEquals(at, redis.run("PEXPIRETIME", "k"));
    assertEquals(List.of("0 RESTORE k " + at + " " + Bytes.string(payload) + " FREQ 1 ABSTTL"), redis.effects());
    assertEquals(List.of("new k", "restore k"), redis.events());
  }

  @Test
  void aTtlThatIsPastRemovesWhatWasThere() {
    byte[] payload = payload("v");
    redis.run("SET", "k", "old");
    redis.effects();
    redis.events();
    redis.run("RESTORE", "k", redis.nowMillis(), payload, "ABSTTL", "REPLACE");
    assertNull(redis.typeOf("k"));
    assertEquals(List.of("0 DEL k"), redis.effects());
    assertEquals(List.of("del k"), redis.events());
    redis.run("RESTORE", "k", redis.nowMillis(), payload, "ABSTTL");
    assertEquals(List.of(), redis.effects());
  }

  @Test
  void whatIsReplacedDoesNotExpireFirst() {
    byte[] payload = payload("v");
    redis.run("SET", "k", "old", "PX", 1);
    redis.advance(2);
    redis.effects();
    redis.events();
    redis.run("RESTORE", "k", 0, payload, "REPLACE");
    assertEquals(List.of("new k", "restore k"), redis.events());
    assertEquals(List.of("0 RESTORE k 0 " + Bytes.string(payload) + " REPLACE"), redis.effects());
  }

  @Test
  void checksumsAreNotComparedIfThatIsTurnedOff() {
    byte[] payload = payload("v");
    payload[2] = 'w';
    assertEquals("ERR DUMP payload version or checksum are wrong", redis.error("RESTORE", "k", 0, payload));
    redis.dumpCommands.compareChecksums(false);
    assertEquals("OK", redis.run("RESTORE", "k", 0, payload));
  }
}
