package org.understudy.command;

import org.understudy.config.Config;
import org.understudy.keyspace.collection.ListForm;

/**
 * The form that lists get which are made now: what the configuration says. As in Redis, a list keeps the one it has.
 */
public final class ListForms {
  private final Config config;
  private long plainFromBytes = ListForm.PLAIN_FROM_BYTES;
  private ListForm form;

  public ListForms(Config config) {
    this.config = config;
  }

  public ListForm current() {
    int size = config.listMaxListpackSize();
    int depth = config.listCompressDepth();
    if (form == null || !form.is(size, depth, plainFromBytes)) form = new ListForm(size, depth, plainFromBytes);
    return form;
  }

  /** DEBUG QUICKLIST-PACKED-THRESHOLD: elements of at least so many bytes become plain nodes. */
  public void plainFrom(long bytes) {
    plainFromBytes = bytes;
  }
}
