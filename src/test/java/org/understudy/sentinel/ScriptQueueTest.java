package org.understudy.sentinel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.config.LogLevel;
import org.understudy.sentinel.state.Effect;
import org.understudy.sentinel.state.Timing;
import org.understudy.sentinel.state.Timing.Period;

class ScriptQueueTest {
  private static final int SIGKILL = 9;

  private final Timing timing = new Timing();
  private final ScriptQueue queue = new ScriptQueue(timing);

  @Test
  void scriptsStartInOrderAndAtMostSixteenAtATime() {
    for (int i = 0; i < 20; i++) queue.add("script" + i, List.of("argument"));
    List<ScriptQueue.Job> due = queue.due(0);
    assertEquals(16, due.size());
    assertEquals(List.of("script0", "argument"), due.get(0).command);
    assertEquals(List.of(), queue.due(0));
    queue.ended(due.get(3), 0, 0, 1);
    assertEquals("script16", queue.due(1).get(0).command.get(0));
    assertEquals(16, queue.running());
    assertEquals(19, queue.jobs().size());
  }

  @Test
  void theOldestThatDoesNotRunIsDroppedWhenThereAreTooMany() {
    queue.add("runs", List.of());
    ScriptQueue.Job runs = queue.due(0).get(0);
    for (int i = 0; i < ScriptQueue.MOST_QUEUED; i++) queue.add("waits" + i, List.of());
    assertEquals(ScriptQueue.MOST_QUEUED, queue.jobs().size());
    assertSame(runs, queue.jobs().get(0));
    assertEquals("waits1", queue.jobs().get(1).command.get(0));
  }

  @Test
  void oneThatAsksForItIsTriedTenTimesWithDoubledDelays() {
    queue.add("script", List.of());
    long now = 0;
    long delay = timing.millis(Period.SCRIPT_RETRY_DELAY);
    for (int attempt = 1; attempt < ScriptQueue.MOST_ATTEMPTS; attempt++) {
      ScriptQueue.Job job = queue.due(now).get(0);
      assertEquals(attempt, job.attempts);
      assertEquals(List.of(), queue.ended(job, 1, 0, now));
      assertEquals(delay, job.delayMillis(now));
      assertEquals(List.of(), queue.due(now + delay - 1));
      now += delay;
      delay *= 2;
    }
    ScriptQueue.Job last = queue.due(now).get(0);
    assertEquals(List.of(error("script 0 1")), queue.ended(last, 1, 0, now));
    assertEquals(List.of(), queue.jobs());
  }

  @Test
  void oneThatFailsOtherwiseIsReportedAndNotTriedAgain() {
    queue.add("script", List.of());
    assertEquals(List.of(error("script 0 2")), queue.ended(queue.due(0).get(0), 2, 0, 0));
    assertEquals(List.of(), queue.jobs());
  }

  @Test
  void oneThatRunsForTooLongIsKilledOnceAndTriedAgain() {
    queue.add("script", List.of());
    ScriptQueue.Job job = queue.due(0).get(0);
    queue.started(job, 77);
    long limit = timing.millis(Period.SCRIPT_MAX_RUNTIME);
    assertEquals(List.of(), queue.overdue(limit));
    assertEquals(List.of(job), queue.overdue(limit + 1));
    assertEquals("script 77", ScriptQueue.killed(job).payload());
    assertEquals(List.of(), queue.overdue(limit + 2));
    assertEquals("77 0 9", queue.ended(job, 0, SIGKILL, limit + 3).get(0).payload());
    assertTrue(job.delayMillis(limit + 3) > 0);
    assertEquals(1, queue.jobs().size());
  }

  private static Effect.Publish error(String payload) {
    return new Effect.Publish(LogLevel.WARNING, "-script-error", payload);
  }
}
