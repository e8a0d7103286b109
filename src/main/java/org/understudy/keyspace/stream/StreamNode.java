package org.understudy.keyspace.stream;

import org.understudy.keyspace.packed.Listpack;

/**
 * Successive entries of a stream in one listpack, in the format of Redis 7.0 (t_stream.c), byte for byte:
 *
 * <pre>
 *   entries, deleted, number of fields, field 1 … field n, 0                     the master entry
 *   flags, ms, seq, [number of fields, field 1, value 1 …], elements             each entry
 *   flags, ms, seq, value 1 … value n, elements                                  each with the master's fields
 * </pre>
 *
 * The first two count entries that live and that are marked as deleted. The id of an entry is told by how much it is
 * greater than that of the node, {@link #firstId}, which is the id that the first entry had when it was added. An entry
 * ends with the number of its elements (that one not counted), for those who walk backwards; they stop at the 0.
 */
public final class StreamNode implements Directory.Piece {
  static final int DELETED = 1;
  static final int SAME_FIELDS = 2;

  /** What an entry has besides its fields and values: flags and id. */
  private static final int HEAD_ELEMENTS = 3;

  final StreamId firstId;
  final Listpack listpack;
  final Object token;

  /** A node around entries that were packed before. They must be valid. */
  StreamNode(StreamId firstId, Listpack listpack, Object token) {
    this.firstId = firstId;
    this.listpack = listpack;
    this.token = token;
  }

  /** A node for entries the first of which has that id and those fields; the entry itself is still to be added. */
  static StreamNode begin(StreamId id, byte[][] words, int from, int capacityBytes, Object token) {
    Listpack listpack = new Listpack(capacityBytes);
    listpack.append(0);
    listpack.append(0);
    listpack.append((words.length - from) / 2);
    for (int i = from; i < words.length; i += 2) listpack.append(words[i]);
    listpack.append(0);
    return new StreamNode(id, listpack, token);
  }

  StreamNode copy(Object token) {
    return new StreamNode(firstId, listpack.copy(), token);
  }

  public StreamId firstId() {
    return firstId;
  }

  /** The entries as they are packed. Not to be changed. */
  public Listpack listpack() {
    return listpack;
  }

  @Override
  public long firstMs() {
    return firstId.ms();
  }

  @Override
  public long firstSeq() {
    return firstId.seq();
  }

  /** Entries that are not deleted. */
  long entries() {
    return listpack.integer(listpack.first());
  }

  /** Entries that are marked as deleted. */
  long deleted() {
    return listpack.integer(deletedAt());
  }

  private int deletedAt() {
    return listpack.next(listpack.first());
  }

  private int masterFieldsAt() {
    return listpack.next(deletedAt());
  }

  long masterFields() {
    return listpack.integer(masterFieldsAt());
  }

  /** The first field of the master entry, or the 0 behind them if it has none. */
  int firstMasterField() {
    return listpack.next(masterFieldsAt());
  }

  /** The flags of the first entry; {@link Listpack#NONE} if there are no entries. */
  int firstEntry() {
    return listpack.next(skip(firstMasterField(), masterFields()));
  }

  /** The flags of the last entry; {@link Listpack#NONE} if there are no entries. */
  int lastEntry() {
    return entryThatEndsAt(listpack.last());
  }

  int entryBefore(int flags) {
    return entryThatEndsAt(listpack.previous(flags));
  }

  private int entryThatEndsAt(int at) {
    long elements = listpack.integer(at);
    if (elements == 0) return Listpack.NONE;
    for (long i = 0; i < elements; i++) at = listpack.previous(at);
    return at;
  }

  private int skip(int at, long elements) {
    for (long i = 0; i < elements; i++) at = listpack.next(at);
    return at;
  }

  StreamId idOf(int flags) {
    int ms = listpack.next(flags);
    return new StreamId(firstId.ms() + listpack.integer(ms), firstId.seq() + listpack.integer(listpack.next(ms)));
  }

  boolean isDeleted(int flags) {
    return (listpack.integer(flags) & DELETED) != 0;
  }

  boolean hasMasterFields(int flags) {
    return (listpack.integer(flags) & SAME_FIELDS) != 0;
  }

  /** What follows the id: the first value if the entry has the master's fields, else the number of fields. */
  int behindId(int flags) {
    return skip(flags, HEAD_ELEMENTS);
  }

  int entryBehind(int flags) {
    int at = behindId(flags);
    long elements = masterFields();
    if (!hasMasterFields(flags)) {
      elements = 2 * listpack.integer(at);
      at = listpack.next(at);
    }
    return listpack.next(skip(at, elements));
  }

  /**
   * Adds an entry behind all others.
   *
   * @param words fields and values by turns, from {@code from} on
   */
  void append(StreamId id, byte[][] words, int from) {
    int fields = (words.length - from) / 2;
    boolean same = hasMasterFields(words, from, fields);
    listpack.replace(listpack.first(), entries() + 1);
    listpack.append(same ? SAME_FIELDS : 0);
    listpack.append(id.ms() - firstId.ms());
    listpack.append(id.seq() - firstId.seq());
    if (!same) listpack.append(fields);
    for (int i = from; i < words.length; i += 2) {
      if (!same) listpack.append(words[i]);
      listpack.append(words[i + 1]);
    }
    listpack.append(HEAD_ELEMENTS + (same ? fields : 2 * fields + 1));
  }

  private boolean hasMasterFields(byte[][] words, int from, int fields) {
    if (masterFields() != fields) return false;
    int at = firstMasterField();
    for (int i = from; i < words.length; i += 2) {
      if (!listpack.is(at, words[i])) return false;
      at = listpack.next(at);
    }
    return true;
  }

  /** Marks an entry as deleted; {@link #countDeleted} is still to be called. */
  void delete(int flags) {
    listpack.replace(flags, listpack.integer(flags) | DELETED);
  }

  /** So many entries were marked as deleted. Positions are no longer valid afterwards. */
  void countDeleted(long marked) {
    long entries = entries() - marked;
    long deleted = deleted() + marked;
    listpack.replace(listpack.first(), entries);
    listpack.replace(deletedAt(), deleted);
  }

  // ---- what comes from outside --------------------------------------------------------------------------------------

  /** Whether bytes from outside are a node, as streamValidateListpackIntegrity decides when it looks at everything. */
  public static boolean isValid(byte[] packed) {
    return Listpack.isValid(packed, true) && new Validation(Listpack.over(packed)).passes();
  }

  /** One walk over all elements, which need not be what they should. */
  private static final class Validation {
    private final Listpack listpack;
    private int at;
    private boolean failed;

    Validation(Listpack listpack) {
      this.listpack = listpack;
      this.at = listpack.first();
    }

    boolean passes() {
      long entries = count() + count();
      long masterFields = count();
      skip(masterFields);
      if (number() != 0) return false;
      for (long i = 0; i < entries && !failed; i++) checkEntry(masterFields);
      return !failed && at == Listpack.NONE;
    }

    private void checkEntry(long masterFields) {
      boolean same = (number() & SAME_FIELDS) != 0;
      number(); // the id
      number();
      long elements = HEAD_ELEMENTS;
      if (same) {
        skip(masterFields);
        elements += masterFields;
      } else {
        long fields = count();
        skip(fields);
        skip(fields);
        elements += 2 * fields + 1;
      }
      if (number() != elements) failed = true;
    }

    /** A number that says how many: not negative, and not so large that sums overflow. */
    private long count() {
      long count = number();
      if (count == (int) count && count >= 0) return count;
      failed = true;
      return 0;
    }

    private long number() {
      if (at == Listpack.NONE || !listpack.isInteger(at)) {
        failed = true;
        return 0;
      }
      long number = listpack.integer(at);
      at = listpack.next(at);
      return number;
    }

    private void skip(long elements) {
      for (long i = 0; i < elements && !failed; i++) {
        if (at == Listpack.NONE) failed = true;
        else at = listpack.next(at);
      }
    }
  }
}
