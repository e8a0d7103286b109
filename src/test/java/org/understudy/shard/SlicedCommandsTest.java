package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Database;
import org.understudy.shard.clients.OutputLimits;

/** Commands whose work is cut in slices, between which other clients are served. */
class SlicedCommandsTest {
  private static final int STAYING = 20_000;

  private final DirectShard shard = new DirectShard();
  private final AtomicInteger slices = new AtomicInteger();

  @Test
  void keysThatStayAreListedOnceWhateverHappensMeanwhile() {
    Database db = shard.keyspace().database(0);
    for (int i = 0; i < STAYING; i++) db.setString(Bytes.of("stays:" + i), Bytes.of("v"));
    for (int i = 0; i < STAYING; i++) db.setString(Bytes.of("goes:" + i), Bytes.of("v"));
    shard.everyLookTakes(200_000);
    shard.betweenSlices(() -> {
      int from = slices.getAndIncrement() * 1000;
      for (int i = from; i < from + 1000; i++) {
        db.remove(Bytes.of("goes:" + i));
        db.setString(Bytes.of("comes:" + i), Bytes.of("v"));
      }
    });
    List<?> listed = (List<?>) shard.call("KEYS", "*");
    Set<Object> different = new HashSet<>(listed);
    assertEquals(listed.size(), different.size());
    for (int i = 0; i < STAYING; i++) assertTrue(different.contains("stays:" + i), "stays:" + i);
    assertTrue(slices.get() > 10, slices + " slices");
  }

  @Test
  void aListingInSlicesMatchesItsPattern() {
    Database db = shard.keyspace().database(0);
    for (int i = 0; i < STAYING; i++) db.setString(Bytes.of("k" + i), Bytes.of("v"));
    assertEquals(1 + 10 + 100 + 1000, ((List<?>) shard.call("KEYS", "k7*")).size());
  }

  @Test
  void theCommonSubsequenceOfLongStringsIsThatOfTheStringsWhenItWasAskedFor() {
    String a = "abcab".repeat(300);
    String b = "bcaac".repeat(300);
    shard.call("MSET", "a", a, "b", b);
    Object expected = shard.call("LCS", "a", "b", "LEN");
    shard.everyLookTakes(200_000);
    shard.betweenSlices(() -> {
      slices.incrementAndGet();
      shard.keyspace().database(0).setString(Bytes.of("a"), Bytes.of("z".repeat(a.length())));
    });
    assertEquals(expected, (long) ((String) shard.call("LCS", "a", "b")).length());
    assertTrue(slices.get() > 1, slices + " slices");
    assertEquals(0L, shard.call("LCS", "a", "b", "LEN"));
  }

  @Test
  void inATransactionTheWholeWorkIsDoneAtOnce() {
    Database db = shard.keyspace().database(0);
    for (int i = 0; i < STAYING; i++) db.setString(Bytes.of("k" + i), Bytes.of("v"));
    shard.betweenSlices(slices::incrementAndGet);
    shard.queue("KEYS", "k1999*");
    shard.queue("DBSIZE");
    List<?> answers = (List<?>) shard.call("EXEC");
    assertEquals(11, ((List<?>) answers.get(0)).size());
    assertEquals((long) STAYING, answers.get(1));
    assertEquals(0, slices.get());
  }

  @Test
  void manyRandomElementsArePickedFromWhatThereWasWhenTheyWereAskedFor() {
    shard.call("SADD", "s", "a", "b", "c");
    shard.everyLookTakes(200_000);
    shard.betweenSlices(() -> {
      slices.incrementAndGet();
      shard.keyspace().database(0).remove(Bytes.of("s"));
    });
    List<?> picked = (List<?>) shard.call("SRANDMEMBER", "s", -50_000);
    assertEquals(50_000, picked.size());
    assertEquals(Set.of("a", "b", "c"), new HashSet<>(picked));
    assertTrue(slices.get() > 10, slices + " slices");
    assertEquals(List.of(), shard.call("SRANDMEMBER", "s", -50_000));
  }

  @Test
  void aReplyInPartsGoesOnOnlyAfterTheClientHasReadWhatItHas() {
    shard.call("HSET", "h", "field", "v".repeat(10_000));
    shard.holdSlices(true);
    shard.send("HRANDFIELD", "h", -100_000, "WITHVALUES");
    shard.runSlices(); // up to the allowance
    long waiting = shard.session.outputBytes.get();
    assertTrue(waiting >= OutputLimits.ALLOWANCE_BYTES && waiting < 2 * OutputLimits.ALLOWANCE_BYTES,
        waiting + " bytes");
    shard.session.outputBytes.set(0);
    shard.parts.shard().drained(shard.client);
    shard.runSlices();
    assertTrue(shard.session.outputBytes.get() >= OutputLimits.ALLOWANCE_BYTES);
  }

  @Test
  void aLongReplyBelowTheOutputLimitComesWhole() {
    shard.configure("client-output-buffer-limit", "normal 1000000 0 0");
    shard.call("SADD", "s", "a", "b", "c");
    shard.everyLookTakes(200_000);
    assertEquals(50_000, ((List<?>) shard.call("SRANDMEMBER", "s", -50_000)).size());
    assertEquals(50_000, ((List<?>) shard.call("SRANDMEMBER", "s", -50_000)).size());
  }

  @Test
  void anEndlessReplyEndsAtTheOutputLimit() {
    shard.configure("client-output-buffer-limit", "normal 1000000 0 0");
    shard.call("ZADD", "z", 1, "member");
    shard.betweenSlices(() -> shard.session.outputBytes.set(0)); // however fast the client reads
    shard.send("ZRANDMEMBER", "z", -Long.MAX_VALUE);
    assertTrue(shard.client.gone);
    assertNull(shard.answer(), "nothing of a reply that is too long");
    assertTrue(shard.session.outputBytes.get() < 3_000_000, shard.session.outputBytes + " bytes");
  }
}
