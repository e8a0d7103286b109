package org.understudy.keyspace.collection;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.ArrayTally;
import org.understudy.keyspace.Batch;
import org.understudy.keyspace.HashSegment;
import org.understudy.keyspace.HeapLayout;
import org.understudy.keyspace.SegmentDirectory;
import org.understudy.resp.ReplyBuffer;

/**
 * The hash table of a large hash, set or sorted set. An element is one array, whose key is a part of it (see {@link
 * Keyed}); but for what {@link #putField} does it is never changed, only replaced.
 *
 * <p>{@link #copy} shares all segments (about 10 KB each at most). A segment belongs to the table whose owner token it
 * carries, and both tables get new tokens when one is copied: whichever of them changes a segment first copies it then.
 */
public final class ElementTable extends SegmentDirectory<ElementTable.Chunk> {
  /** Which part of an element is its key. */
  public enum Keyed {
    /** All of it. */
    WHOLE,
    /** As much as a length before it says, see {@link FieldElement}; the value follows. */
    AFTER_LENGTH,
    /** All but the score, see {@link ScoredMember}. */
    AFTER_SCORE;

    int start(byte[] element) {
      return switch (this) {
        case WHOLE -> 0;
        case AFTER_LENGTH -> FieldElement.fieldStart(element);
        case AFTER_SCORE -> ScoredMember.MEMBER;
      };
    }

    int end(byte[] element) {
      return this == AFTER_LENGTH ? FieldElement.valueStart(element) : element.length;
    }
  }

  private final Keyed keyed;
  private final long hashSeed;
  private final ArrayTally elements;
  private Object owner;
  /** Another table has, or had, the same elements. */
  private boolean copied;
  /** Somebody refers to an element, which must stay as it is. */
  private boolean lent;

  /** @param hashSeed secret of the process, see {@link Bytes#hash} */
  public ElementTable(Keyed keyed, long hashSeed) {
    this(keyed, hashSeed, new Object());
  }

  private ElementTable(Keyed keyed, long hashSeed, Object owner) {
    super(new Chunk(0, HashSegment.MIN_CAPACITY, keyed, owner));
    this.keyed = keyed;
    this.hashSeed = hashSeed;
    this.owner = owner;
    elements = new ArrayTally();
  }

  private ElementTable(ElementTable other) {
    super(other);
    keyed = other.keyed;
    hashSeed = other.hashSeed;
    elements = new ArrayTally(other.elements);
    owner = new Object();
    copied = true;
  }

  /** A table of its own with the same elements; copies no more than the directory. */
  public ElementTable copy() {
    owner = new Object();
    copied = true;
    return new ElementTable(this);
  }

  // ---- elements -----------------------------------------------------------------------------------------------------

  /** The element of a key, null if there is none. */
  public byte[] find(byte[] key) {
    long hash = hash(key);
    Chunk chunk = segment(hash);
    int slot = chunk.find(hash, key);
    return slot < 0 ? null : (byte[]) chunk.entry(slot);
  }

  public boolean contains(byte[] key) {
    return find(key) != null;
  }

  /**
   * Adds an element, or puts it in the place of the one of the same key.
   *
   * @param key the element's, which the caller has at hand
   * @return the element that was there, null if there was none
   */
  public byte[] put(byte[] key, byte[] element) {
    long hash = hash(key);
    Chunk chunk = owned(hash);
    int slot = chunk.find(hash, key);
    elements.add(element);
    if (slot < 0) {
      place(hash, element);
      return null;
    }
    byte[] before = (byte[]) chunk.entry(slot);
    chunk.entry(slot, element);
    elements.remove(before);
    return before;
  }

  /**
   * Sets a field of a hash; true if it is new. A value as long as the one before takes its place in the element, if
   * nobody else has that: what is set again and again then leaves nothing for the collector.
   */
  boolean putField(byte[] field, byte[] value) {
    long hash = hash(field);
    Chunk chunk = owned(hash);
    int slot = chunk.find(hash, field);
    if (slot < 0) {
      byte[] element = FieldElement.of(field, value);
      elements.add(element);
      place(hash, element);
      return true;
    }
    byte[] before = (byte[]) chunk.entry(slot);
    boolean mayChange = !copied && !(lent && before.length >= ReplyBuffer.LEND_FROM_BYTES);
    if (mayChange && FieldElement.overwrite(before, value)) return false;
    byte[] element = FieldElement.of(field, value);
    elements.add(element);
    elements.remove(before);
    chunk.entry(slot, element);
    return false;
  }

  /** Tells that a reply refers to an element of at least {@link ReplyBuffer#LEND_FROM_BYTES}. */
  void lent() {
    lent = true;
  }

  /** Adds an element; false, and nothing happens, if its key is here. For sets the key is the element itself. */
  public boolean add(byte[] element) {
    int start = keyed.start(element);
    int end = keyed.end(element);
    long hash = Bytes.hash(element, start, end - start, hashSeed);
    byte[] key = end - start == element.length ? element : Arrays.copyOfRange(element, start, end);
    if (segment(hash).find(hash, key) >= 0) return false;
    owned(hash);
    place(hash, element);
    elements.add(element);
    return true;
  }

  /** Removes the element of a key and returns it; null if there was none. */
  public byte[] remove(byte[] key) {
    long hash = hash(key);
    int slot = segment(hash).find(hash, key);
    if (slot < 0) return null;
    Chunk chunk = owned(hash);
    byte[] element = (byte[]) chunk.entry(slot);
    vacate(hash, chunk, slot);
    elements.remove(element);
    return element;
  }

  /** An element, each as likely as another; null if there is none. */
  public byte[] randomElement(SplittableRandom random) {
    return (byte[]) random(random);
  }

  /** The segment of a hash, copied if it is another table's too. */
  private Chunk owned(long hash) {
    Chunk chunk = segment(hash);
    if (chunk.owner == owner) return chunk;
    Chunk own = new Chunk(chunk, owner);
    exchange(hash, own);
    return own;
  }

  // ---- all elements -------------------------------------------------------------------------------------------------

  /**
   * One step of an iteration. An element that is there throughout the iteration is visited exactly once, whatever else
   * is added and removed meanwhile.
   *
   * @param cursor 0 to begin, then what the last step returned; below 2^52
   * @param count about how many elements to visit
   * @return the next cursor; 0 at the end
   */
  public long scan(long cursor, long count, Consumer<byte[]> visitor) {
    Batch batch = new Batch();
    long wanted = Math.max(1, count);
    // as SCAN: so many in vain are enough for one step
    long slotsLeft = wanted > Long.MAX_VALUE / 10 ? Long.MAX_VALUE : 10 * wanted;
    long position = cursor & END - 1;
    do {
      long slots = Math.min(slotsLeft, slotsOf(wanted, position));
      position = collect(position, slots, batch);
      slotsLeft -= slots;
      for (int i = 0; i < batch.size(); i++) visitor.accept((byte[]) batch.entry(i));
      wanted -= batch.size();
      batch.clear();
    } while (position < END && wanted > 0 && slotsLeft > 0);
    return position == END ? 0 : position;
  }

  /** Visits every element in one go. The visitor must not change the table. */
  public void forEach(Consumer<byte[]> visitor) {
    forEachWhile(element -> {
      visitor.accept(element);
      return true;
    });
  }

  /** Visits elements as long as the visitor says so. It must not change the table. */
  public void forEachWhile(Predicate<byte[]> visitor) {
    forEachEntryWhile(entry -> visitor.test((byte[]) entry));
  }

  // ---- memory -------------------------------------------------------------------------------------------------------

  /** Bytes of heap of the table and its elements. */
  public long bytes(HeapLayout layout) {
    return bytesWithoutElements(layout) + elements.bytes(layout);
  }

  /** The same without the elements, for those who count them elsewhere. */
  public long bytesWithoutElements(HeapLayout layout) {
    long own = layout.object(4, 46) + layout.object(0, 0) + ArrayTally.ownBytes(layout);
    return own + directoryBytes(layout);
  }

  // ---- segments -----------------------------------------------------------------------------------------------------

  @Override
  protected Chunk newSegment(int depth, int capacity) {
    return new Chunk(depth, capacity, keyed, owner);
  }

  @Override
  protected long hash(byte[] key) {
    return Bytes.hash(key, 0, key.length, hashSeed);
  }

  @Override
  protected long hashOf(Object entry) {
    byte[] element = (byte[]) entry;
    int start = keyed.start(element);
    return Bytes.hash(element, start, keyed.end(element) - start, hashSeed);
  }

  /** The segment that holds an element, for tests. */
  Object segmentOf(byte[] element) {
    return segment(hashOf(element));
  }

  /** Checks everything, for tests; null if all is well, else what is not. */
  String audit(HeapLayout layout) {
    return audit(entry -> {
      byte[] element = (byte[]) entry;
      return Arrays.copyOfRange(element, keyed.start(element), keyed.end(element));
    }, chunk -> null, layout);
  }

  /** A segment and whose it is. */
  static final class Chunk extends HashSegment {
    private final Keyed keyed;
    private final Object owner;

    Chunk(int depth, int capacity, Keyed keyed, Object owner) {
      super(depth, capacity);
      this.keyed = keyed;
      this.owner = owner;
    }

    Chunk(Chunk other, Object owner) {
      super(other);
      this.keyed = other.keyed;
      this.owner = owner;
    }

    @Override
    protected boolean holds(Object entry, byte[] key) {
      byte[] element = (byte[]) entry;
      if (keyed == Keyed.WHOLE) return Arrays.equals(element, key);
      return Arrays.equals(element, keyed.start(element), keyed.end(element), key, 0, key.length);
    }

    @Override
    protected long ownBytes(HeapLayout layout) {
      return layout.object(4, 12);
    }
  }
}
