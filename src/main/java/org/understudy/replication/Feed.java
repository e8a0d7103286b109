package org.understudy.replication;

import java.io.IOException;
import org.apache.pekko.util.ByteString;

/** Bytes one after the other for somebody who takes them at his own pace. Used on one loop, the shard's. */
public interface Feed extends AutoCloseable {
  /**
   * The next bytes, at least one and at most so many. Empty if there are none just now, see {@link #whenMore}, or if
   * it is closed.
   *
   * @throws IOException there will be no more, since those that follow cannot be had
   */
  ByteString read(int mostBytes) throws IOException;

  /** After {@link #read} gave nothing: has it run, once, when that may have changed. */
  void whenMore(Runnable told);

  /** The rest is not needed. */
  @Override
  void close();
}
