package org.understudy.keyspace.collection;

import java.util.Arrays;
import org.understudy.keyspace.HeapLayout;

/** A large sorted set: a table by member and a tree by score, both of the same elements ({@link ScoredMember}). */
final class LargeSortedSet {
  final ScoreTree order;
  private final ElementTable members;

  LargeSortedSet(long hashSeed) {
    this(new ElementTable(ElementTable.Keyed.AFTER_SCORE, hashSeed), new ScoreTree());
  }

  private LargeSortedSet(ElementTable members, ScoreTree order) {
    this.members = members;
    this.order = order;
  }

  LargeSortedSet copy() {
    return new LargeSortedSet(members.copy(), order.copy());
  }

  long bytes(HeapLayout layout) {
    return layout.object(2, 0) + members.bytes(layout) + order.bytes(layout);
  }

  ElementTable table() {
    return members;
  }

  double score(byte[] member) {
    byte[] element = members.find(member);
    return element == null ? Double.NaN : ScoredMember.score(element);
  }

  int rank(byte[] member) {
    byte[] element = members.find(member);
    if (element == null) return -1;
    return order.rank(ScoredMember.score(element), element, ScoredMember.MEMBER, element.length);
  }

  /** See {@link SortedSetValue#rankOf(byte[], int, boolean)}. */
  int rankOf(byte[] bound, int from, boolean inclusive) {
    double score = ScoredMember.score(order.at(0)); // and of all others
    if (!inclusive) return order.rank(score, bound, from, bound.length);
    byte[] next = Arrays.copyOf(bound, bound.length + 1); // the least that is greater
    return order.rank(score, next, from, next.length);
  }

  /** Visits some elements; see {@link ElementTable#scan}. */
  long scan(long cursor, long count, SortedSetValue.Visitor visitor) {
    return members.scan(cursor, count, element -> visitor.visit(element, ScoredMember.MEMBER,
        element.length - ScoredMember.MEMBER, ScoredMember.score(element)));
  }

  SortedSetValue.Put put(double score, byte[] member) {
    byte[] old = members.find(member);
    if (old != null && ScoredMember.score(old) == score) return SortedSetValue.Put.UNCHANGED;
    byte[] element = ScoredMember.of(score, member, 0, member.length);
    members.put(member, element);
    if (old != null) order.remove(old);
    order.add(element);
    return old == null ? SortedSetValue.Put.ADDED : SortedSetValue.Put.UPDATED;
  }

  /** Adds an element whose member is not there. */
  void add(byte[] element) {
    members.add(element);
    order.add(element);
  }

  boolean remove(byte[] member) {
    byte[] element = members.remove(member);
    if (element == null) return false;
    order.remove(element);
    return true;
  }

  void removeRange(int from, int to) {
    for (int left = to - from; left > 0; left--) members.remove(ScoredMember.member(order.removeAt(from)));
  }
}
