package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StorageReportsTest {
  private final DirectShard shard = new DirectShard();

  @BeforeEach
  void allowDebug() {
    shard.allowDebug();
  }

  @Test
  void aTableIsToldWithItsSlotsAndElements() {
    assertTrue(shard.text("DEBUG", "HTSTATS", 0).contains("No stats available for empty dictionaries"));
    for (int i = 0; i < 100; i++) shard.call("SET", "k" + i, "v");
    shard.call("EXPIRE", "k1", 100);
    long slots = shard.keyspace().database(0).tableSlots();
    String told = shard.text("DEBUG", "HTSTATS", 0);
    assertTrue(told.contains("table size: " + slots + "\n number of elements: 100\n"), told);
    assertTrue(told.contains("[Expires HT]") && told.contains(" number of elements: 1\n"), told);
  }

  @Test
  void onlyLargeCollectionsHaveATable() {
    for (int i = 0; i < 600; i++) {
      shard.call("SADD", "s", "m" + i);
      shard.call("ZADD", "z", i, "m" + i);
      shard.call("HSET", "h", "f" + i, i);
    }
    for (String key : new String[] {"s", "z", "h"}) {
      assertTrue(shard.text("DEBUG", "HTSTATS-KEY", key).contains(" number of elements: 600\n"), key);
    }
    shard.call("HSET", "small", "f", "v");
    shard.call("SET", "string", "v");
    String refusal = "ERR The value stored at the specified key is not represented using an hash table";
    assertEquals(refusal, shard.error("DEBUG", "HTSTATS-KEY", "small"));
    assertEquals(refusal, shard.error("DEBUG", "HTSTATS-KEY", "string"));
    assertEquals("ERR no such key", shard.error("DEBUG", "HTSTATS-KEY", "none"));
  }

  @Test
  void whatHasAnotherFormIsRefused() {
    shard.call("SET", "number", 12);
    shard.call("RPUSH", "list", "a");
    shard.call("HSET", "hash", "f", "v");
    assertEquals("ERR Not an sds encoded string.", shard.error("DEBUG", "SDSLEN", "number"));
    assertEquals("ERR Not a listpack encoded object.", shard.error("DEBUG", "LISTPACK", "list"));
    assertEquals("ERR Not a quicklist encoded object.", shard.error("DEBUG", "QUICKLIST", "hash"));
    assertEquals("Listpack structure printed on stdout", shard.text("DEBUG", "LISTPACK", "hash"));
    assertEquals("Quicklist structure printed on stdout", shard.text("DEBUG", "QUICKLIST", "list", 1));
  }
}
