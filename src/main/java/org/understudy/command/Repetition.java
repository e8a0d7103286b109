package org.understudy.command;

import java.util.function.BiConsumer;
import org.understudy.keyspace.Value;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/**
 * Random elements of a collection of which the same may be picked again and again, so that nothing but the client
 * bounds their number (HRANDFIELD, SRANDMEMBER, ZRANDMEMBER with a negative count). Many are picked from a copy and
 * leave in parts, as fast as the client reads; its output limit may cut it off before the end.
 *
 * @param <V> the collection
 */
final class Repetition<V extends Value> implements SlicedWork {
  private static final long AT_ONCE = 10_000;
  private static final int STEP = 500;
  /** In a transaction everything has to be in memory: some hundreds of megabytes are enough. */
  private static final long MOST_IN_TRANSACTION = 1 << 24;

  private final V source;
  private final BiConsumer<V, ReplyBuffer> pick;
  private long left;

  private Repetition(V source, long times, BiConsumer<V, ReplyBuffer> pick) {
    this.source = source;
    this.pick = pick;
    left = times;
  }

  /**
   * Answers with an array.
   *
   * @param elements of the array for each pick
   * @param pick writes one
   */
  static <V extends Value> void reply(Call call, V collection, long times, int elements,
      BiConsumer<V, ReplyBuffer> pick) {
    if (call.inTransaction && times > MOST_IN_TRANSACTION) throw Errors.OUT_OF_RANGE;
    call.reply.array(times * elements);
    if (times <= AT_ONCE) {
      for (long i = 0; i < times; i++) pick.accept(collection, call.reply);
    } else {
      @SuppressWarnings("unchecked")
      V copy = (V) collection.copy();
      call.inSlices(new Repetition<>(copy, times, pick));
    }
  }

  @Override
  public boolean step(ReplyBuffer reply) {
    if (reply.muted()) return false;
    long now = Math.min(STEP, left);
    for (long i = 0; i < now; i++) pick.accept(source, reply);
    left -= now;
    return left > 0;
  }

  @Override
  public void answer(ReplyBuffer reply) {
    // all of it is written
  }
}
