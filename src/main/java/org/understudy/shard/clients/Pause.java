package org.understudy.shard.clients;

import java.util.EnumMap;
import java.util.Map;
import org.understudy.command.CommandFlag;
import org.understudy.command.CommandSpec;

/**
 * Holds clients back, for one or more purposes at a time. Set by the shard, read by connections too: a paused
 * connection sends even its own commands to wait there.
 */
public final class Pause {
  /** WRITE holds back what changes data or is propagated, ALL every command. */
  public enum Mode { NONE, WRITE, ALL }

  /** Why clients are held back; each purpose begins and ends on its own, the strictest one counts. */
  public enum Purpose {
    /** CLIENT PAUSE. */
    COMMAND,
    /** FAILOVER waits for the replica to have everything. */
    FAILOVER,
    /** A shutdown waits for replicas. */
    SHUTDOWN,
    /** MIGRATE has sent keys, which are to stay as they are until their deletion here. */
    MIGRATION
  }

  private record Hold(Mode mode, long endMillis) {}

  private static final int WRITES = CommandFlag.mask(CommandFlag.WRITE, CommandFlag.MAY_REPLICATE);

  private final Map<Purpose, Hold> holds = new EnumMap<>(Purpose.class);
  private volatile Mode mode = Mode.NONE;
  private long nextEndMillis = Long.MAX_VALUE;

  public Mode mode() {
    return mode;
  }

  /** Unix time in milliseconds at which the next purpose ends by itself; {@link Long#MAX_VALUE} for never. */
  public long nextEndMillis() {
    return nextEndMillis;
  }

  /**
   * A longer or stricter pause for a purpose wins over the one in force.
   *
   * @param untilMillis Unix time; {@link Long#MAX_VALUE} until {@link #end}
   */
  void start(Purpose purpose, Mode wanted, long untilMillis, long nowMillis) {
    Hold before = holds.get(purpose);
    if (before == null || before.endMillis <= nowMillis) before = new Hold(Mode.NONE, 0);
    Mode stricter = wanted.compareTo(before.mode) > 0 ? wanted : before.mode;
    holds.put(purpose, new Hold(stricter, Math.max(untilMillis, before.endMillis)));
    sum();
  }

  void end(Purpose purpose) {
    holds.remove(purpose);
    sum();
  }

  /** Ends what has reached its end. */
  void expire(long nowMillis) {
    holds.values().removeIf(hold -> hold.endMillis <= nowMillis);
    sum();
  }

  private void sum() {
    Mode strictest = Mode.NONE;
    nextEndMillis = Long.MAX_VALUE;
    for (Hold hold : holds.values()) {
      if (hold.mode.compareTo(strictest) > 0) strictest = hold.mode;
      nextEndMillis = Math.min(nextEndMillis, hold.endMillis);
    }
    mode = strictest;
  }

  /** Whether a command has to wait. */
  public boolean holds(CommandSpec spec, QueuedFlags queued) {
    return switch (mode) {
      case NONE -> false;
      case ALL -> true;
      case WRITE -> ((spec.flags | queued.any()) & WRITES) != 0;
    };
  }
}
