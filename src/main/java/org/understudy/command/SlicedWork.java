package org.understudy.command;

import org.understudy.resp.ReplyBuffer;

/** The work of a command that takes long, in pieces, so that other clients are served in between. */
public interface SlicedWork {
  /**
   * Does a piece that takes about a tenth of a millisecond.
   *
   * @param reply for an answer that is written piece by piece; what is in it may leave before the next
   * @return whether more is left
   */
  boolean step(ReplyBuffer reply);

  /** Answers, or ends the answer, once nothing is left. */
  void answer(ReplyBuffer reply);
}
