package org.understudy.keyspace.collection;

import org.understudy.bytes.Bytes;
import org.understudy.bytes.Doubles;
import org.understudy.keyspace.Digest;
import org.understudy.keyspace.HeapLayout;
import org.understudy.keyspace.PackedForm;
import org.understudy.keyspace.Type;
import org.understudy.keyspace.Value;
import org.understudy.keyspace.packed.Listpack;

/**
 * A sorted set: members, each once, with a score; in the order of score and, among equal scores, of bytes. A listpack
 * while it is small, as Redis writes it into a snapshot; a table and a tree of the same elements once it is large. It
 * never shrinks back.
 *
 * <p>A rank is the number of members before one. Scores are never NaN. -0 and 0 are equal; the packed form keeps no
 * sign of zero.
 */
public final class SortedSetValue implements Value {
  /** What {@link #put} did. */
  public enum Put { ADDED, UPDATED, UNCHANGED }

  /** Told of elements while scanning. */
  public interface Visitor {
    /** @param array not to be written to, nor to be kept */
    void visit(byte[] array, int offset, int length, double score);
  }

  /** A listpack no larger than this is safe to add to. */
  private static final int MOST_PACKED_BYTES = 1 << 30;

  /** A {@link Listpack} or a {@link LargeSortedSet}. */
  private Object form;

  private SortedSetValue(Object form) {
    this.form = form;
  }

  /** An empty one. To be filled before anybody else sees it. */
  public SortedSetValue() {
    this(new Listpack());
  }

  /** A packed one. @param packed valid, of members and scores in turn, in order, no member twice */
  public static SortedSetValue over(Listpack packed) {
    return new SortedSetValue(packed);
  }

  /** Whether each second entry of such a listpack is a score. */
  public static boolean hasScores(Listpack packed) {
    return PackedSortedSet.hasScores(packed);
  }

  /** An empty one in the form of large ones. @param hashSeed as in {@link Packing} */
  public static SortedSetValue large(long hashSeed) {
    return new SortedSetValue(new LargeSortedSet(hashSeed));
  }

  @Override
  public Type type() {
    return Type.ZSET;
  }

  @Override
  public String encodingName() {
    return isPacked() ? "listpack" : "skiplist";
  }

  public boolean isPacked() {
    return form instanceof Listpack;
  }

  /** The packed form, null if it is not packed. Not to be changed by others. */
  public Listpack packed() {
    return form instanceof Listpack pack ? pack : null;
  }

  @Override
  public ElementTable table() {
    return isPacked() ? null : large().table();
  }

  @Override
  public long memoryBytes(HeapLayout layout) {
    return layout.object(1, 0) + (form instanceof Listpack pack ? pack.heapBytes(layout) : large().bytes(layout));
  }

  @Override
  public SortedSetValue copy() {
    return new SortedSetValue(form instanceof Listpack pack ? pack.copy() : large().copy());
  }

  @Override
  public int packedBytes() {
    return form instanceof Listpack pack ? pack.size() : 0;
  }

  @Override
  public PackedForm packedForm() {
    return CollectionForm.SORTED_SET_LISTPACK;
  }

  @Override
  public void pack(byte[] into, int offset) {
    Listpack pack = pack();
    System.arraycopy(pack.array(), pack.offset(), into, offset, pack.size());
  }

  @Override
  public long freeEffort() {
    return isPacked() ? 1 : size();
  }

  @Override
  public void digest(Digest into) {
    Digest element = new Digest();
    ScoredCursor cursor = cursor(0, false);
    while (cursor.next()) {
      element.reset();
      element.mix(cursor.array, cursor.offset, cursor.length);
      element.mix(Bytes.of(Doubles.toText(cursor.score)));
      into.xor(element);
    }
  }

  // ---- reading ------------------------------------------------------------------------------------------------------

  public int size() {
    return isPacked() ? PackedSortedSet.size(pack()) : large().order.size();
  }

  /** The score of a member, NaN if it is not there. */
  public double score(byte[] member) {
    if (!isPacked()) return large().score(member);
    Listpack pack = pack();
    int at = PackedSortedSet.find(pack, member);
    return at == Listpack.NONE ? Double.NaN : PackedSortedSet.scoreOf(pack, at);
  }

  /** The rank of a member, -1 if it is not there. */
  public int rank(byte[] member) {
    if (!isPacked()) return large().rank(member);
    Listpack pack = pack();
    int at = PackedSortedSet.find(pack, member);
    return at == Listpack.NONE ? -1 : PackedSortedSet.rank(pack, at);
  }

  /** How many members have a lower score. */
  public int rankOf(double score) {
    return isPacked() ? PackedSortedSet.rankOf(pack(), score, false) : large().order.rankOf(score);
  }

  /** How many members have that score or a lower one. */
  public int rankAfter(double score) {
    return isPacked() ? PackedSortedSet.rankOf(pack(), score, true) : large().order.rankAfter(score);
  }

  /**
   * How many members precede the bytes from an offset on, where all scores are equal; anything where they are not.
   *
   * @param inclusive whether a member that is these bytes counts
   */
  public int rankOf(byte[] bound, int from, boolean inclusive) {
    if (isPacked()) return PackedSortedSet.rankOf(pack(), bound, from, inclusive);
    return large().rankOf(bound, from, inclusive);
  }

  /**
   * Goes through the members from that rank on, or backwards from it. The set must not change meanwhile.
   *
   * @param rank anything; outside the set there is nothing to go through
   */
  public ScoredCursor cursor(int rank, boolean backwards) {
    return isPacked() ? PackedSortedSet.cursor(pack(), rank, backwards) : large().order.cursor(rank, backwards);
  }

  /**
   * Visits some members: all that were there during a whole series of calls are visited in it, perhaps more than once.
   * A packed set is visited as a whole.
   *
   * @param cursor 0 at first, then what the call before returned
   * @return 0 when the series is complete
   */
  public long scan(long cursor, long count, Visitor visitor) {
    if (!isPacked()) return large().scan(cursor, count, visitor);
    ScoredCursor all = cursor(0, false);
    while (all.next()) visitor.visit(all.array, all.offset, all.length, all.score);
    return 0;
  }

  /**
   * The text of a score as the form at hand has it: a packed set spells out whole numbers that {@code %.17g} does not.
   */
  public String scoreText(double score) {
    return isPacked() && PackedSortedSet.isWhole(score) ? Long.toString((long) score) : Doubles.toText(score);
  }

  // ---- changing -----------------------------------------------------------------------------------------------------

  /**
   * Sets the score of a member, which is added if it is not there. What is to be added to a packed set beyond the
   * limits makes it a large one.
   */
  public Put put(double score, byte[] member, Packing packing) {
    if (!isPacked()) return large().put(score, member);
    Listpack pack = pack();
    int at = PackedSortedSet.find(pack, member);
    if (at != Listpack.NONE) {
      if (PackedSortedSet.scoreOf(pack, at) == score) return Put.UNCHANGED;
      pack.delete(at, 2);
      PackedSortedSet.add(pack, score, member);
      return Put.UPDATED;
    }
    if (PackedSortedSet.size(pack) >= packing.maxEntries() || member.length > packing.maxElementBytes()
        || (long) pack.size() + member.length > MOST_PACKED_BYTES) {
      unpack(packing.hashSeed());
      return large().put(score, member);
    }
    PackedSortedSet.add(pack, score, member);
    return Put.ADDED;
  }

  /** Removes a member; false if it is not there. */
  public boolean remove(byte[] member) {
    if (!isPacked()) return large().remove(member);
    Listpack pack = pack();
    int at = PackedSortedSet.find(pack, member);
    if (at == Listpack.NONE) return false;
    pack.delete(at, 2);
    return true;
  }

  /** Removes the members of ranks from {@code from}, inclusive, to {@code to}, exclusive. */
  public void removeRange(int from, int to) {
    if (form instanceof Listpack pack) pack.deleteRange(2L * from, 2 * (to - from));
    else large().removeRange(from, to);
  }

  /** The same set, not yet anybody's, packed if it may be. */
  public SortedSetValue compact(Packing packing) {
    if (isPacked() || size() > packing.maxEntries()) return this;
    ScoredCursor cursor = cursor(0, false);
    Listpack pack = new Listpack();
    while (cursor.next()) {
      if (cursor.length > packing.maxElementBytes()) return this;
      if ((long) pack.size() + cursor.length > MOST_PACKED_BYTES) return this;
      PackedSortedSet.append(pack, cursor.score, cursor.member());
    }
    return over(pack);
  }

  /**
   * The same set in the form of large ones, which is quick to find members by rank. @param hashSeed as in {@link
   * Packing}
   */
  public SortedSetValue unpacked(long hashSeed) {
    if (!isPacked()) return this;
    ScoredCursor cursor = cursor(0, false);
    LargeSortedSet large = new LargeSortedSet(hashSeed);
    while (cursor.next()) large.add(ScoredMember.of(cursor.score, cursor.array, cursor.offset, cursor.length));
    return new SortedSetValue(large);
  }

  /** Gives it the form of large ones, whatever its size. @param hashSeed as in {@link Packing} */
  public void unpack(long hashSeed) {
    form = unpacked(hashSeed).form;
  }

  private Listpack pack() {
    return (Listpack) form;
  }

  private LargeSortedSet large() {
    return (LargeSortedSet) form;
  }
}
