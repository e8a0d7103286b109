package org.understudy.keyspace.collection;

import org.understudy.keyspace.packed.Listpack;
import org.understudy.resp.ReplyBuffer;

/**
 * Stands at an element of a list, or beyond its ends, and goes from one to the next in either direction. Any change of
 * the list makes it invalid.
 */
public final class ListCursor {
  private final ListValue list;
  /** The index of the element in the list, of its chunk, and of the element within the chunk. */
  long index;
  int chunk;
  int offset;
  /** The chunk's elements and the position of the one among them; null if the element is alone in its chunk. */
  Listpack pack;
  int position;

  ListCursor(ListValue list, long index) {
    this.list = list;
    this.index = index;
    if (!isValid()) return;
    long place = list.locate(index);
    chunk = (int) (place >> 32);
    offset = (int) place;
    pack = list.pack(chunk);
    if (pack != null) position = pack.seek(offset);
  }

  /** Whether it stands at an element. */
  public boolean isValid() {
    return index >= 0 && index < list.size();
  }

  /** Goes on towards the end of the list, or towards its start. */
  public void move(boolean backwards) {
    if (backwards) previous();
    else next();
  }

  private void next() {
    index++;
    offset++;
    if (offset < list.count(chunk)) {
      position = pack.next(position);
    } else if (isValid()) {
      pack = list.pack(++chunk);
      offset = 0;
      if (pack != null) position = pack.first();
    }
  }

  private void previous() {
    index--;
    offset--;
    if (offset >= 0) {
      position = pack.previous(position);
    } else if (isValid()) {
      pack = list.pack(--chunk);
      offset = list.count(chunk) - 1;
      if (pack != null) position = pack.last();
    }
  }

  // ---- the element --------------------------------------------------------------------------------------------------

  /** An array of its own, or one that never changes. */
  public byte[] element() {
    return pack == null ? list.element(chunk) : pack.element(position);
  }

  boolean is(Sought sought) {
    return pack == null ? sought.is(list.element(chunk)) : sought.is(pack, position);
  }

  /** Replies with the element as a bulk string. */
  public void reply(ReplyBuffer into) {
    if (pack != null) {
      pack.reply(position, into);
      return;
    }
    byte[] element = list.element(chunk);
    if (element.length >= ReplyBuffer.LEND_FROM_BYTES) into.lend(element, 0, element.length);
    else into.bulk(element);
  }

  /**
   * Replies with so many elements, from where it stands on. It goes from chunk to chunk, not from element to element.
   */
  void reply(long number, boolean backwards, ReplyBuffer into) {
    while (number > 0) {
      if (pack == null) {
        reply(into);
        number--;
        move(backwards);
        continue;
      }
      int here = (int) Math.min(number, backwards ? offset + 1 : list.count(chunk) - offset);
      position = backwards ? replyBackwards(here, into) : pack.reply(position, here, into);
      index += backwards ? 1 - here : here - 1;
      offset += backwards ? 1 - here : here - 1;
      number -= here;
      move(backwards);
    }
  }

  private int replyBackwards(int entries, ReplyBuffer into) {
    int at = position;
    pack.reply(at, into);
    for (int i = 1; i < entries; i++) {
      at = pack.previous(at);
      pack.reply(at, into);
    }
    return at;
  }
}
