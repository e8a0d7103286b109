package org.understudy.shard.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.understudy.shard.clients.Pause.Mode;
import org.understudy.shard.clients.Pause.Purpose;

class PauseTest {
  private final Pause pause = new Pause();

  @Test
  void theStrictestPurposeCountsAndTheNextEndIsTheEarliest() {
    pause.start(Purpose.COMMAND, Mode.ALL, 500, 0);
    pause.start(Purpose.MIGRATION, Mode.WRITE, Long.MAX_VALUE, 0);
    assertEquals(Mode.ALL, pause.mode());
    assertEquals(500, pause.nextEndMillis());
  }

  @Test
  void aPurposeEndsWithoutTheOthers() {
    pause.start(Purpose.COMMAND, Mode.ALL, 500, 0);
    pause.start(Purpose.MIGRATION, Mode.WRITE, Long.MAX_VALUE, 0);
    pause.expire(500);
    assertEquals(Mode.WRITE, pause.mode());
    assertEquals(Long.MAX_VALUE, pause.nextEndMillis());
    pause.end(Purpose.MIGRATION);
    assertEquals(Mode.NONE, pause.mode());
  }

  @Test
  void aLongerOrStricterPauseForTheSamePurposeWins() {
    pause.start(Purpose.COMMAND, Mode.ALL, 300, 0);
    pause.start(Purpose.COMMAND, Mode.WRITE, 500, 0);
    assertEquals(Mode.ALL, pause.mode());
    assertEquals(500, pause.nextEndMillis());
    pause.start(Purpose.COMMAND, Mode.WRITE, 400, 0);
    assertEquals(500, pause.nextEndMillis());
  }

  @Test
  void aPauseThatHasReachedItsEndSaysNothingAboutTheNextOne() {
    pause.start(Purpose.COMMAND, Mode.ALL, 500, 0);
    pause.start(Purpose.COMMAND, Mode.WRITE, 600, 500);
    assertEquals(Mode.WRITE, pause.mode());
  }
}
