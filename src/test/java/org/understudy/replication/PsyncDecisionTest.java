package org.understudy.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PsyncDecisionTest {
  private static final String OURS = "a".repeat(40);
  private static final String OLD = "b".repeat(40);
  private static final String OTHER = "c".repeat(40);

  /**
   * Our history branched off from the old one behind byte 100, so its byte 101 is the first that is not shared. Of our
   * history {@code first} to {@code end} are offsets; bytes are asked for by number, and byte n follows offset n - 1.
   */
  @ParameterizedTest(name = "{0} {1} with {2}..{3}: {4}")
  @CsvSource(textBlock = """
      # id    number  first  end   decision
      ?,        -1,     0,   200,  full ASKED_FOR
      ?,        50,     0,   200,  full ASKED_FOR
      ours,      1,     0,   200,  continue 0
      ours,    151,   100,   200,  continue 150
      ours,    101,   100,   200,  continue 100
      ours,    100,   100,   200,  full NOT_KEPT
      ours,    201,   100,   200,  continue 200
      ours,    202,   100,   200,  full AHEAD
      ours,      0,     0,   200,  full NOT_KEPT
      ours,     -1,     0,   200,  full NOT_KEPT
      ours,      1,     0,     0,  continue 0
      ours,      2,     0,     0,  full AHEAD
      OURS,    151,   100,   200,  continue 150
      old,     101,    50,   200,  continue 100
      old,      60,    50,   200,  continue 59
      old,     102,    50,   200,  full PAST_BRANCH
      old,      50,    50,   200,  full NOT_KEPT
      OLD,     101,    50,   200,  continue 100
      other,   151,   100,   200,  full OTHER_HISTORY
      other,     1,     0,   200,  full OTHER_HISTORY
      """)
  void goesOnOnlyWhereNothingIsMissing(String id, long number, long first, long end, String expected) {
    History history = new History(OURS, OLD, 101);
    assertEquals(expected, text(PsyncDecision.of(id(id), number, history, true, first, end)));
  }

  @ParameterizedTest(name = "{0} {1} after {2} without a log: {3}")
  @CsvSource(textBlock = """
      ours,  201,  200,  full NOT_KEPT
      ours,  202,  200,  full AHEAD
      ours,    1,    0,  full NOT_KEPT
      ?,      -1,    0,  full ASKED_FOR
      other,   1,    0,  full OTHER_HISTORY
      """)
  void neverGoesOnWithoutALog(String id, long number, long end, String expected) {
    assertEquals(expected, text(PsyncDecision.of(id(id), number, History.of(OURS), false, end, end)));
  }

  @ParameterizedTest
  @CsvSource({"0000000000000000000000000000000000000000, 1", "0000000000000000000000000000000000000000, -1"})
  void neverGoesOnWithAHistoryThatThereIsNot(String id, long number) {
    assertEquals("full " + (number > History.NO_OFFSET ? "PAST_BRANCH" : "NOT_KEPT"),
        text(PsyncDecision.of(id, number, History.of(OURS), true, 0, 10)));
  }

  private static String id(String word) {
    return switch (word) {
      case "ours" -> OURS;
      case "OURS" -> OURS.toUpperCase();
      case "old" -> OLD;
      case "OLD" -> OLD.toUpperCase();
      case "other" -> OTHER;
      default -> word;
    };
  }

  private static String text(PsyncDecision decision) {
    if (decision instanceof PsyncDecision.Continue from) return "continue " + from.offset();
    return "full " + ((PsyncDecision.Full) decision).reason();
  }
}
