package org.understudy.command;

import org.understudy.resp.ReplyBuffer;

/** The work of a command that takes long, in pieces, so that other clients are served in between. */
public interface SlicedWork {
  /** Does a piece that takes about a tenth of a millisecond. @return whether more is left */
  boolean step();

  /** Answers, once nothing is left. */
  void answer(ReplyBuffer reply);
}
