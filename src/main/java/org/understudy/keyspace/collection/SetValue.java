package org.understudy.keyspace.collection;

import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Numbers;
import org.understudy.keyspace.Digest;
import org.understudy.keyspace.HeapLayout;
import org.understudy.keyspace.PackedForm;
import org.understudy.keyspace.Type;
import org.understudy.keyspace.Value;
import org.understudy.keyspace.packed.Intset;
import org.understudy.keyspace.packed.Listpack;
import org.understudy.resp.ReplyBuffer;

/**
 * A set: an intset while all members are integers and few enough, then a hash table. Nobody outside sees that a small
 * hash table is in fact a listpack, which takes a third of the memory.
 */
public final class SetValue implements Value {
  /** What is small enough to be packed although it counts as a hash table. */
  private static final int PACKED_MEMBERS = 32;
  private static final int PACKED_MEMBER_BYTES = 64;
  /** No intset holds more, whatever the configuration says. */
  private static final long INTSET_MEMBERS = 1 << 30;

  /** An {@link Intset}, a {@link Listpack} or an {@link ElementTable} of whole members. */
  private Object members;

  /** An empty one, which is an intset. */
  public SetValue() {
    this(new Intset());
  }

  private SetValue(Object members) {
    this.members = members;
  }

  /** @param intset valid */
  public static SetValue over(Intset intset) {
    return new SetValue(intset);
  }

  /** A small one that counts as a hash table. @param members valid, none of them twice */
  public static SetValue over(Listpack members) {
    return new SetValue(members);
  }

  /** The members if they are an intset, else null. Not to be changed by others. */
  public Intset intset() {
    return members instanceof Intset intset ? intset : null;
  }

  public long size() {
    if (members instanceof ElementTable table) return table.size();
    return members instanceof Intset intset ? intset.count() : ((Listpack) members).count();
  }

  // ---- one member ---------------------------------------------------------------------------------------------------

  public boolean contains(byte[] member) {
    if (members instanceof ElementTable table) return table.contains(member);
    if (members instanceof Listpack packed) return packed.find(member) != Listpack.NONE;
    return Numbers.isLong(member) && ((Intset) members).contains(Numbers.parseLong(member));
  }

  /**
   * Adds a member; false if it is there already. The array may be kept, so it must not change afterwards.
   *
   * @param intsetMembers as many integers may be an intset, inclusive
   * @param hashSeed secret of the process, see {@link Bytes#hash}
   */
  public boolean add(byte[] member, long intsetMembers, long hashSeed) {
    if (members instanceof ElementTable table) return table.add(member);
    if (members instanceof Listpack packed) return add(packed, member, hashSeed);
    Intset intset = (Intset) members;
    if (!Numbers.isLong(member)) {
      toHashTable(intset, hashSeed);
      return add(member, intsetMembers, hashSeed);
    }
    boolean added = intset.add(Numbers.parseLong(member));
    if (added && intset.count() > Math.min(intsetMembers, INTSET_MEMBERS)) toHashTable(intset, hashSeed);
    return added;
  }

  private boolean add(Listpack packed, byte[] member, long hashSeed) {
    if (packed.find(member) != Listpack.NONE) return false;
    if (packed.count() < PACKED_MEMBERS && member.length <= PACKED_MEMBER_BYTES) {
      packed.append(member);
      return true;
    }
    ElementTable table = new ElementTable(ElementTable.Keyed.WHOLE, hashSeed);
    for (int at = packed.first(); at != Listpack.NONE; at = packed.next(at)) table.add(packed.element(at));
    members = table;
    return table.add(member);
  }

  private void toHashTable(Intset intset, long hashSeed) {
    if (intset.count() <= PACKED_MEMBERS) {
      Listpack packed = new Listpack();
      for (int i = 0; i < intset.count(); i++) packed.append(intset.get(i));
      members = packed;
      return;
    }
    ElementTable table = new ElementTable(ElementTable.Keyed.WHOLE, hashSeed);
    for (int i = 0; i < intset.count(); i++) table.add(Bytes.of(intset.get(i)));
    members = table;
  }

  /** Removes a member; false if it is not there. */
  public boolean remove(byte[] member) {
    if (members instanceof ElementTable table) return table.remove(member) != null;
    if (members instanceof Intset intset) return Numbers.isLong(member) && intset.remove(Numbers.parseLong(member));
    Listpack packed = (Listpack) members;
    int at = packed.find(member);
    if (at == Listpack.NONE) return false;
    packed.delete(at);
    return true;
  }

  // ---- all members --------------------------------------------------------------------------------------------------

  public void forEach(Consumer<byte[]> visitor) {
    forEachWhile(member -> {
      visitor.accept(member);
      return true;
    });
  }

  /** Visits members as long as the visitor says so. It must not change the set, nor the arrays. */
  public void forEachWhile(Predicate<byte[]> visitor) {
    if (members instanceof ElementTable table) {
      table.forEachWhile(visitor);
    } else if (members instanceof Intset intset) {
      for (int i = 0; i < intset.count(); i++) if (!visitor.test(Bytes.of(intset.get(i)))) return;
    } else {
      Listpack packed = (Listpack) members;
      for (int at = packed.first(); at != Listpack.NONE; at = packed.next(at)) {
        if (!visitor.test(packed.element(at))) return;
      }
    }
  }

  /**
   * One step of an iteration as {@link ElementTable#scan}; a set that is no large hash table is visited in one.
   *
   * @return the next cursor; 0 at the end
   */
  public long scan(long cursor, long count, Consumer<byte[]> visitor) {
    if (members instanceof ElementTable table) return table.scan(cursor, count, visitor);
    forEach(visitor);
    return 0;
  }

  /** Replies with every member; the header is written already. */
  public void reply(ReplyBuffer reply) {
    if (members instanceof ElementTable table) {
      table.forEach(reply::bulk);
    } else if (members instanceof Intset intset) {
      for (int i = 0; i < intset.count(); i++) reply.bulk(intset.get(i));
    } else {
      Listpack packed = (Listpack) members;
      for (int at = packed.first(); at != Listpack.NONE; at = packed.next(at)) packed.reply(at, reply);
    }
  }

  // ---- random members -----------------------------------------------------------------------------------------------

  /** A member, each as likely as another. The set must not be empty, and the array not be changed. */
  public byte[] random(SplittableRandom random) {
    if (members instanceof ElementTable table) return table.randomElement(random);
    if (members instanceof Intset intset) return Bytes.of(intset.get(random.nextInt(intset.count())));
    Listpack packed = (Listpack) members;
    return packed.element(packed.seek(random.nextInt(packed.count())));
  }

  /** Visits different members, every selection as likely as another. @param count below the size */
  public void randomDistinct(int count, SplittableRandom random, Consumer<byte[]> visitor) {
    if (members instanceof ElementTable table) {
      Sampling.distinct(table, count, random, visitor);
      return;
    }
    IntPredicate chosen = Sampling.chosen((int) size(), count, random);
    int[] index = new int[1];
    forEach(member -> {
      if (chosen.test(index[0]++)) visitor.accept(member);
    });
  }

  // ---- as a value ---------------------------------------------------------------------------------------------------

  @Override
  public Type type() {
    return Type.SET;
  }

  @Override
  public String encodingName() {
    return members instanceof Intset ? "intset" : "hashtable";
  }

  @Override
  public ElementTable table() {
    return members instanceof ElementTable table ? table : null;
  }

  @Override
  public long memoryBytes(HeapLayout layout) {
    long own = layout.object(1, 0);
    if (members instanceof ElementTable table) return own + table.bytes(layout);
    return own + (members instanceof Intset intset ? intset.heapBytes(layout) : ((Listpack) members).heapBytes(layout));
  }

  @Override
  public int packedBytes() {
    if (members instanceof ElementTable) return 0;
    return members instanceof Intset intset ? intset.size() : ((Listpack) members).size();
  }

  @Override
  public PackedForm packedForm() {
    return members instanceof Intset ? CollectionForm.SET_INTSET : CollectionForm.SET_LISTPACK;
  }

  @Override
  public void pack(byte[] into, int offset) {
    if (members instanceof Intset intset) {
      System.arraycopy(intset.array(), 0, into, offset, intset.size());
      return;
    }
    Listpack packed = (Listpack) members;
    System.arraycopy(packed.array(), packed.offset(), into, offset, packed.size());
  }

  @Override
  public Value copy() {
    if (members instanceof ElementTable table) return new SetValue(table.copy());
    return new SetValue(members instanceof Intset intset ? intset.copy() : ((Listpack) members).copy());
  }

  @Override
  public long freeEffort() {
    return members instanceof Intset ? 1 : size();
  }

  @Override
  public void digest(Digest into) {
    forEach(into::xor);
  }
}
