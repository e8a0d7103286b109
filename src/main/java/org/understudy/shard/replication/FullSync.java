package org.understudy.shard.replication;

/**
 * A dataset on its way from our primary. It gets the dataset in pieces, one at a time, and tells {@link Owner} when it
 * wants the next, and how it ended.
 */
interface FullSync {
  /** Whose dataset is being replaced. */
  interface Owner {
    /** Whether a dataset with so many keys may not replace ours. */
    boolean refuses(long keys);

    /** The same for the bytes of a dataset: all of them if it is small, else null. */
    boolean refuses(byte[] small);

    /** The next piece may come. */
    void readOn();

    /** What follows is lost if it fails: what others know of our dataset will not be true any more. */
    void replacing();

    /** The dataset is in place. @param streamDatabase that is selected in the stream that follows */
    void ready(int streamDatabase);

    /** It is not, for a reason that is logged. */
    void failed();
  }

  /** @param last whether the dataset ends with it */
  void piece(byte[] bytes, boolean last);

  /** No further piece will come, though the last one was not there yet: gives up. */
  void abandon();
}
