package org.understudy.keyspace.collection;

import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import org.understudy.keyspace.Digest;
import org.understudy.keyspace.HeapLayout;
import org.understudy.keyspace.PackedForm;
import org.understudy.keyspace.Type;
import org.understudy.keyspace.Value;
import org.understudy.keyspace.packed.Listpack;
import org.understudy.resp.ReplyBuffer;

/**
 * A hash: a listpack of fields and values in turn, in the order in which they came; too large for that, a hash table of
 * {@link FieldElement}s, which it remains.
 */
public final class HashValue implements Value {
  /** Sees a field and its value; both arrays are its own. */
  @FunctionalInterface
  public interface Visitor {
    void visit(byte[] field, byte[] value);
  }

  /** A listpack is not added to beyond this, whatever the configuration says. */
  private static final int MOST_PACKED_BYTES = 1 << 30;

  /** A {@link Listpack} or an {@link ElementTable}. */
  private Object fields;

  public HashValue() {
    this(new Listpack());
  }

  private HashValue(Object fields) {
    this.fields = fields;
  }

  /** A packed one. @param packed valid, of pairs, no field twice */
  public static HashValue over(Listpack packed) {
    return new HashValue(packed);
  }

  /** The packed form, null if it is not packed. Not to be changed by others. */
  public Listpack packed() {
    return fields instanceof Listpack packed ? packed : null;
  }

  public long size() {
    return fields instanceof Listpack packed ? packed.count() / 2 : ((ElementTable) fields).size();
  }

  // ---- one field ----------------------------------------------------------------------------------------------------

  public boolean contains(byte[] field) {
    return fields instanceof Listpack packed ? fieldAt(packed, field) != Listpack.NONE
        : ((ElementTable) fields).contains(field);
  }

  /** The value of a field in an array of its own; null if there is no such field. */
  public byte[] get(byte[] field) {
    if (fields instanceof Listpack packed) {
      int at = fieldAt(packed, field);
      return at == Listpack.NONE ? null : packed.element(packed.next(at));
    }
    byte[] element = ((ElementTable) fields).find(field);
    return element == null ? null : FieldElement.value(element);
  }

  /** Length of a field's value in bytes; 0 if there is no such field. */
  public int valueLength(byte[] field) {
    if (fields instanceof Listpack packed) {
      int at = fieldAt(packed, field);
      return at == Listpack.NONE ? 0 : packed.length(packed.next(at));
    }
    byte[] element = ((ElementTable) fields).find(field);
    return element == null ? 0 : FieldElement.valueLength(element);
  }

  /** Replies with the value of a field, or a null. */
  public void replyValue(byte[] field, ReplyBuffer reply) {
    if (fields instanceof Listpack packed) {
      int at = fieldAt(packed, field);
      if (at == Listpack.NONE) reply.nullValue();
      else packed.reply(packed.next(at), reply);
      return;
    }
    ElementTable table = (ElementTable) fields;
    byte[] element = table.find(field);
    if (element == null) reply.nullValue();
    else replyValue(table, element, reply);
  }

  /** Sets a field; true if it is new. */
  public boolean set(byte[] field, byte[] value, Packing packing) {
    if (fields instanceof Listpack packed) {
      long longest = Math.max(field.length, value.length);
      if (longest > packing.maxElementBytes() || packed.size() + 2 * longest > MOST_PACKED_BYTES) {
        fields = unpacked(packed, packing.hashSeed());
      } else {
        boolean added = set(packed, field, value);
        if (packed.count() / 2 > packing.maxEntries()) fields = unpacked(packed, packing.hashSeed());
        return added;
      }
    }
    return ((ElementTable) fields).putField(field, value);
  }

  private static boolean set(Listpack packed, byte[] field, byte[] value) {
    int at = fieldAt(packed, field);
    if (at != Listpack.NONE) {
      packed.replace(packed.next(at), value);
      return false;
    }
    packed.append(field);
    packed.append(value);
    return true;
  }

  /** Removes a field; false if there is no such one. */
  public boolean remove(byte[] field) {
    if (!(fields instanceof Listpack packed)) return ((ElementTable) fields).remove(field) != null;
    int at = fieldAt(packed, field);
    if (at == Listpack.NONE) return false;
    packed.delete(at, 2);
    return true;
  }

  private static int fieldAt(Listpack packed, byte[] field) {
    return packed.find(field, packed.first(), 1);
  }

  private static ElementTable unpacked(Listpack packed, long hashSeed) {
    ElementTable table = new ElementTable(ElementTable.Keyed.AFTER_LENGTH, hashSeed);
    for (int at = packed.first(); at != Listpack.NONE; at = packed.next(at)) {
      byte[] field = packed.element(at);
      at = packed.next(at);
      table.putField(field, packed.element(at));
    }
    return table;
  }

  // ---- all fields ---------------------------------------------------------------------------------------------------

  public void forEach(Visitor visitor) {
    if (fields instanceof Listpack packed) forEach(packed, visitor);
    else ((ElementTable) fields).forEach(element -> visit(element, visitor));
  }

  private static void forEach(Listpack packed, Visitor visitor) {
    for (int at = packed.first(); at != Listpack.NONE; at = packed.next(at)) {
      byte[] field = packed.element(at);
      at = packed.next(at);
      visitor.visit(field, packed.element(at));
    }
  }

  private static void visit(byte[] element, Visitor visitor) {
    visitor.visit(FieldElement.field(element), FieldElement.value(element));
  }

  /**
   * One step of an iteration as {@link ElementTable#scan}; a packed hash is visited in one.
   *
   * @return the next cursor; 0 at the end
   */
  public long scan(long cursor, long count, Visitor visitor) {
    if (!(fields instanceof Listpack packed)) {
      return ((ElementTable) fields).scan(cursor, count, element -> visit(element, visitor));
    }
    forEach(packed, visitor);
    return 0;
  }

  /** Replies with every field, or every value, or both in turn; the header is written already. */
  public void reply(boolean withFields, boolean withValues, ReplyBuffer reply) {
    if (fields instanceof ElementTable table) {
      table.forEach(element -> {
        if (withFields) reply.bulk(element, FieldElement.fieldStart(element), FieldElement.fieldLength(element));
        if (withValues) replyValue(table, element, reply);
      });
      return;
    }
    Listpack packed = (Listpack) fields;
    for (int at = packed.first(); at != Listpack.NONE; at = packed.next(at)) {
      if (withFields) packed.reply(at, reply);
      at = packed.next(at);
      if (withValues) packed.reply(at, reply);
    }
  }

  private static void replyValue(ElementTable table, byte[] element, ReplyBuffer reply) {
    int start = FieldElement.valueStart(element);
    int length = element.length - start;
    if (length < ReplyBuffer.LEND_FROM_BYTES) {
      reply.bulk(element, start, length);
    } else {
      table.lent();
      reply.lend(element, start, length);
    }
  }

  // ---- random fields ------------------------------------------------------------------------------------------------

  /** Visits one field, each as likely as another. The hash must not be empty. */
  public void random(SplittableRandom random, Visitor visitor) {
    if (fields instanceof Listpack packed) {
      int at = packed.seek(2L * random.nextInt(packed.count() / 2));
      visitor.visit(packed.element(at), packed.element(packed.next(at)));
    } else {
      visit(((ElementTable) fields).randomElement(random), visitor);
    }
  }

  /** Visits different fields, every selection as likely as another. @param count below the size */
  public void randomDistinct(int count, SplittableRandom random, Visitor visitor) {
    if (!(fields instanceof Listpack packed)) {
      Sampling.distinct((ElementTable) fields, count, random, element -> visit(element, visitor));
      return;
    }
    IntPredicate chosen = Sampling.chosen(packed.count() / 2, count, random);
    int index = 0;
    for (int at = packed.first(); at != Listpack.NONE; at = packed.next(at)) {
      int value = packed.next(at);
      if (chosen.test(index++)) visitor.visit(packed.element(at), packed.element(value));
      at = value;
    }
  }

  // ---- as a value ---------------------------------------------------------------------------------------------------

  @Override
  public Type type() {
    return Type.HASH;
  }

  @Override
  public String encodingName() {
    return fields instanceof Listpack ? "listpack" : "hashtable";
  }

  @Override
  public ElementTable table() {
    return fields instanceof ElementTable table ? table : null;
  }

  @Override
  public long memoryBytes(HeapLayout layout) {
    return layout.object(1, 0) + (fields instanceof Listpack packed ? packed.heapBytes(layout)
        : ((ElementTable) fields).bytes(layout));
  }

  @Override
  public int packedBytes() {
    return fields instanceof Listpack packed ? packed.size() : 0;
  }

  @Override
  public PackedForm packedForm() {
    return CollectionForm.HASH_LISTPACK;
  }

  @Override
  public void pack(byte[] into, int offset) {
    Listpack packed = (Listpack) fields;
    System.arraycopy(packed.array(), packed.offset(), into, offset, packed.size());
  }

  @Override
  public Value copy() {
    return new HashValue(fields instanceof Listpack packed ? packed.copy() : ((ElementTable) fields).copy());
  }

  @Override
  public long freeEffort() {
    return fields instanceof Listpack ? 1 : size();
  }

  @Override
  public void digest(Digest into) {
    Digest pair = new Digest();
    forEach((field, value) -> {
      pair.reset();
      pair.mix(field);
      pair.mix(value);
      into.xor(pair);
    });
  }
}
