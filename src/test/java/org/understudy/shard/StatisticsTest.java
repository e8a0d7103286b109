package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  private final DirectShard shard = new DirectShard();

  private Map<String, String> info(String section) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String line : shard.text("INFO", section).split("\r\n")) {
      int colon = line.indexOf(':');
      if (colon > 0) fields.put(line.substring(0, colon), line.substring(colon + 1));
    }
    return fields;
  }

  @Test
  void callsAreCountedWhereverTheyRun() {
    shard.everyLookTakes(3000);
    shard.call("PING");
    shard.call("PING");
    shard.call("TIME");
    Map<String, String> stats = info("commandstats");
    assertEquals("calls=2,usec=6,usec_per_call=3.00,rejected_calls=0,failed_calls=0", stats.get("cmdstat_ping"));
    assertEquals("calls=1,usec=3,usec_per_call=3.00,rejected_calls=0,failed_calls=0", stats.get("cmdstat_time"));
  }

  @Test
  void aSubcommandIsCountedForItself() {
    shard.call("CONFIG", "GET", "hz");
    assertTrue(info("commandstats").containsKey("cmdstat_config|get"));
  }

  @Test
  void aCommandThatAnswersAnErrorFailed() {
    shard.error("SLOWLOG", "GET", "-2");
    assertTrue(info("commandstats").get("cmdstat_slowlog|get").endsWith("rejected_calls=0,failed_calls=1"));
    assertEquals("count=1", info("errorstats").get("errorstat_ERR"));
    assertEquals("1", info("stats").get("total_error_replies"));
  }

  @Test
  void aCommandThatMayNotRunIsRejected() {
    shard.error("TIME", "x");
    assertTrue(info("commandstats").get("cmdstat_time").startsWith("calls=0,"));
    assertTrue(info("commandstats").get("cmdstat_time").endsWith("rejected_calls=1,failed_calls=0"));
  }

  @Test
  void anErrorWithinExecIsTheCommandsOwn() {
    shard.queue("SLOWLOG", "GET", "-2");
    shard.call("EXEC");
    Map<String, String> stats = info("commandstats");
    assertTrue(stats.get("cmdstat_slowlog|get").endsWith("failed_calls=1"));
    assertTrue(stats.get("cmdstat_exec").endsWith("failed_calls=0"));
    assertEquals("1", info("stats").get("total_error_replies"));
  }

  @Test
  void resetstatStartsAnewWithItself() {
    shard.call("PING");
    shard.error("SLOWLOG", "GET", "-2");
    shard.call("CONFIG", "RESETSTAT");
    Map<String, String> stats = info("commandstats");
    assertEquals(1, stats.size());
    assertTrue(stats.get("cmdstat_config|resetstat").startsWith("calls=1,"));
    assertTrue(info("errorstats").isEmpty());
    assertEquals("0", info("stats").get("total_error_replies"));
  }

  @Test
  void ratesAreMeansOfSixteenSamples() {
    shard.parts.shard().tick();
    for (int i = 0; i < 160; i++) {
      shard.call("PING");
      if (i % 10 == 9) {
        shard.advance(100);
        shard.parts.shard().tick();
      }
    }
    assertEquals("100", info("stats").get("instantaneous_ops_per_sec"));
  }

  @Test
  void percentilesAreShownAsConfigured() {
    shard.everyLookTakes(6000);
    shard.call("PING");
    assertEquals("p50=6.015,p99=6.015,p99.9=6.015", info("latencystats").get("latency_percentiles_usec_ping"));
    shard.configure("latency-tracking-info-percentiles", "0.0 50.0 100.0");
    assertEquals("p0=6.015,p50=6.015,p100=6.015", info("latencystats").get("latency_percentiles_usec_ping"));
    shard.configure("latency-tracking", "no");
    assertTrue(info("latencystats").isEmpty());
  }

  @Test
  void sectionsAreChosenInAnyCaseAndOrder() {
    assertEquals("", shard.text("INFO", "nosuch"));
    assertTrue(shard.text("INFO", "CPU").startsWith("# CPU\r\n"));
    String both = shard.text("INFO", "keyspace", "nosuch", "Server");
    assertTrue(both.startsWith("# Server\r\n"), both);
    assertTrue(both.endsWith("\r\n\r\n# Keyspace\r\n"), both);
    assertFalse(shard.text("INFO").contains("# Commandstats"));
    assertTrue(shard.text("INFO", "all").contains("# Commandstats"));
    String twice = shard.text("INFO", "cpu", "default");
    assertEquals(twice.indexOf("# CPU"), twice.lastIndexOf("# CPU"));
  }

  @Test
  void hzGovernsTheRounds() {
    assertEquals(List.of(100L), shard.tickRequests);
    shard.configure("hz", "50");
    assertEquals(List.of(100L, 20L), shard.tickRequests);
    assertEquals("50", info("server").get("hz"));
  }

  @Test
  void bytesAreShownForHumans() {
    assertEquals("0B", Memory.human(0));
    assertEquals("1023B", Memory.human(1023));
    assertEquals("1.00K", Memory.human(1024));
    assertEquals("23.54G", Memory.human(25_276_510_208L));
  }

  @Test
  void packedStringsOfPayloadsAreCountedAsTheyAreLookedThrough() {
    shard.call("RPUSH", "list", "a", "b");
    shard.call("SET", "text", "not packed");
    for (String key : List.of("list", "text")) {
      Object payload = shard.call("DUMP", key);
      assertEquals("OK", shard.call("RESTORE", key + " again", 0, payload));
    }
    assertEquals("1", info("stats").get("dump_payload_sanitizations"));
    shard.call("CONFIG", "RESETSTAT");
    assertEquals("0", info("stats").get("dump_payload_sanitizations"));
  }
}
