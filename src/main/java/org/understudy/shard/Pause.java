package org.understudy.shard;

import org.understudy.command.CommandFlag;
import org.understudy.command.CommandSpec;

/**
 * CLIENT PAUSE. Set by the shard, read by connections too: a paused connection sends even its own commands to wait
 * there.
 */
public final class Pause {
  /** WRITE holds back what changes data or is propagated, ALL every command. */
  public enum Mode { NONE, WRITE, ALL }

  private static final int WRITES = CommandFlag.mask(CommandFlag.WRITE, CommandFlag.MAY_REPLICATE);

  private volatile Mode mode = Mode.NONE;
  private volatile long endMillis;

  public Mode mode() {
    return mode;
  }

  /** Unix time in milliseconds at which it ends by itself. */
  long endMillis() {
    return endMillis;
  }

  /** A longer or stricter pause wins over the one in force. */
  void start(Mode wanted, long untilMillis, long nowMillis) {
    if (endMillis <= nowMillis) end();
    if (untilMillis > endMillis) endMillis = untilMillis;
    if (wanted.ordinal() > mode.ordinal()) mode = wanted;
  }

  void end() {
    mode = Mode.NONE;
    endMillis = 0;
  }

  /** Whether a command has to wait. @param flagsOfQueued for EXEC the flags of the queued commands, else 0 */
  public boolean holds(CommandSpec spec, int flagsOfQueued) {
    return switch (mode) {
      case NONE -> false;
      case ALL -> true;
      case WRITE -> ((spec.flags | flagsOfQueued) & WRITES) != 0;
    };
  }
}
