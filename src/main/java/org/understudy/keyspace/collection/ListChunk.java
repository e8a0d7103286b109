package org.understudy.keyspace.collection;

import org.understudy.bytes.Lzf;
import org.understudy.keyspace.packed.Listpack;

/**
 * A piece of a large list: elements packed together, or a single one that fills a chunk by itself; either may be
 * compressed. Lists share chunks after a copy: only the owner changes one.
 */
final class ListChunk {
  /** The list that may change this chunk, told apart by a token of its own. */
  final Object owner;
  /** Holds one element, whose bytes never change: another one takes its place. */
  final boolean alone;
  /** Packed elements; null if alone or compressed. */
  private Listpack pack;
  /** The single element, or what is compressed. */
  private byte[] bytes;
  /** Bytes of what is compressed; 0 if it is not. */
  private int expandedBytes;

  private ListChunk(Object owner, Listpack pack, byte[] element) {
    this.owner = owner;
    alone = pack == null;
    this.pack = pack;
    bytes = element;
  }

  static ListChunk of(Listpack pack, Object owner) {
    return new ListChunk(owner, pack, null);
  }

  /** @param element is kept and must not change */
  static ListChunk of(byte[] element, Object owner) {
    return new ListChunk(owner, null, element);
  }

  /** One with the same elements that another list may change. */
  ListChunk copy(Object owner) {
    return alone ? of(element(), owner) : of(pack == null ? expanded() : pack.copy(), owner);
  }

  // ---- reading ------------------------------------------------------------------------------------------------------

  /** The packed elements, not to be changed; null if there is one alone. */
  Listpack pack() {
    return pack != null || alone ? pack : expanded();
  }

  /** The element that is alone. */
  byte[] element() {
    return expandedBytes == 0 ? bytes : expand();
  }

  private Listpack expanded() {
    return Listpack.over(expand());
  }

  private byte[] expand() {
    byte[] expanded = new byte[expandedBytes];
    if (!Lzf.expand(bytes, 0, bytes.length, expanded, 0, expandedBytes)) {
      throw new IllegalStateException("a compressed chunk of a list is damaged");
    }
    return expanded;
  }

  /** The array that the chunk holds. */
  byte[] array() {
    return pack == null ? bytes : pack.array();
  }

  // ---- changing: by the owner only ----------------------------------------------------------------------------------

  /** The packed elements, to be changed. */
  Listpack open() {
    if (pack == null) {
      pack = expanded();
      bytes = null;
      expandedBytes = 0;
    }
    return pack;
  }

  void compress(ListForm form) {
    if (expandedBytes > 0) return;
    int length = alone ? bytes.length : pack.size();
    byte[] compressed = alone ? form.compress(bytes, 0, length) : form.compress(pack.array(), pack.offset(), length);
    if (compressed == null) return;
    bytes = compressed;
    pack = null;
    expandedBytes = length;
  }
}
