package org.understudy.replication;

/**
 * What a primary answers to {@code PSYNC id number}: the replica goes on where it was, or begins anew with a snapshot.
 * Source: masterTryPartialResynchronization, replication.c 7.0.15.
 */
public sealed interface PsyncDecision {
  /** In place of an id: the replica wants a snapshot. */
  String NO_HISTORY = "?";

  /** The replica gets what follows this offset of the log, which may be nothing yet. */
  record Continue(long offset) implements PsyncDecision {}

  /** The replica gets a snapshot. */
  record Full(Reason reason) implements PsyncDecision {}

  /** Why a replica cannot go on. */
  enum Reason {
    /** It did not want to. */
    ASKED_FOR,
    /** What it has is of another history than ours, also than the one that ours branched off from. */
    OTHER_HISTORY,
    /** It has more of the history that ours branched off from than we share. */
    PAST_BRANCH,
    /** What it lacks is not in the log any more, or there is no log. */
    NOT_KEPT,
    /** It has more of our history than there is. */
    AHEAD
  }

  /**
   * Decides.
   *
   * @param id the history that the replica follows, in any case, or {@link #NO_HISTORY}
   * @param number of the first byte that the replica lacks; the first of a history has 1
   * @param kept whether there is a log
   * @param first offset of the oldest byte in it, {@code end} offset after the newest; without a log the end alone
   *     counts
   */
  static PsyncDecision of(String id, long number, History history, boolean kept, long first, long end) {
    if (id.startsWith(NO_HISTORY)) return new Full(Reason.ASKED_FOR);
    if (!id.equalsIgnoreCase(history.id())) {
      if (!id.equalsIgnoreCase(history.secondId())) return new Full(Reason.OTHER_HISTORY);
      if (number > history.secondOffset()) return new Full(Reason.PAST_BRANCH);
    }
    if (number > end + 1) return new Full(Reason.AHEAD);
    if (!kept || number <= first) return new Full(Reason.NOT_KEPT);
    return new Continue(number - 1);
  }
}
