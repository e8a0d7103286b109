package org.understudy.keyspace.hyperloglog;

import org.understudy.bytes.MurmurHash;

/**
 * An estimate of how many different elements were added, with a standard error of 0.81 %: 16384 registers, each of
 * which holds the longest run of zero bits seen in the hashes that chose it. The string it is kept in:
 *
 * <pre>
 * "HYLL"  1 byte  form: 0 dense, 1 sparse
 *         3 bytes unused
 *         8 bytes the last estimate, little-endian; invalid while its highest bit is set
 *         the registers, see {@link DenseRegisters} and {@link SparseRegisters}
 * </pre>
 *
 * An object is a view of such bytes for the length of one command. It works where they lie as long as their number
 * stays the same; afterwards it {@link #moved} and the bytes are to be stored anew.
 */
public final class HyperLogLog {
  static final int INDEX_BITS = 14;
  public static final int REGISTERS = 1 << INDEX_BITS;
  /** Largest value that an element can give a register. */
  static final int LARGEST_COUNT = 64 - INDEX_BITS + 1;
  static final int HEADER_BYTES = 16;
  static final int DENSE_BYTES = HEADER_BYTES + DenseRegisters.BYTES;

  private static final byte[] MAGIC = {'H', 'Y', 'L', 'L'};
  private static final int FORM = 4;
  private static final byte DENSE = 0;
  private static final byte SPARSE = 1;
  private static final int CACHED = 8;
  private static final long SEED = 0xadc83b19L;
  /** Values that six bits can have; those above {@link #LARGEST_COUNT} are forged. */
  private static final int REGISTER_VALUES = 64;

  private byte[] array;
  private int offset;
  private int length;
  private boolean moved;

  /** @param array whose range {@link #isValid}; written to if anything is added */
  public HyperLogLog(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  /** A new one that nothing was added to: sparse, one run of zeros. */
  public static HyperLogLog empty() {
    byte[] bytes = new byte[HEADER_BYTES + 2];
    System.arraycopy(MAGIC, 0, bytes, 0, MAGIC.length);
    bytes[FORM] = SPARSE;
    bytes[HEADER_BYTES] = 0x40 | REGISTERS - 1 >> 8;
    bytes[HEADER_BYTES + 1] = (byte) (REGISTERS - 1);
    HyperLogLog empty = new HyperLogLog(bytes, 0, bytes.length);
    empty.moved = true;
    return empty;
  }

  /** Whether the bytes begin like a HyperLogLog and are as long as their form demands. Runs are not looked at. */
  public static boolean isValid(byte[] array, int offset, int length) {
    if (length < HEADER_BYTES) return false;
    for (int i = 0; i < MAGIC.length; i++) {
      if (array[offset + i] != MAGIC[i]) return false;
    }
    return array[offset + FORM] == SPARSE || array[offset + FORM] == DENSE && length == DENSE_BYTES;
  }

  // ---- the bytes ----------------------------------------------------------------------------------------------------

  public byte[] array() {
    return array;
  }

  public int offset() {
    return offset;
  }

  public int length() {
    return length;
  }

  /** Whether the bytes are no longer, or never were, where the constructor was told. */
  public boolean moved() {
    return moved;
  }

  public boolean isDense() {
    return array[offset + FORM] == DENSE;
  }

  private int registers() {
    return offset + HEADER_BYTES;
  }

  // ---- adding -------------------------------------------------------------------------------------------------------

  /**
   * Adds an element. The estimate in the header stays as it is.
   *
   * @param sparseMaxBytes a sparse one that would become longer turns dense ({@code hll-sparse-max-bytes})
   * @return whether that changed a register
   * @throws CorruptHyperLogLog if the runs do not cover its register
   */
  public boolean add(byte[] element, long sparseMaxBytes) {
    long hash = MurmurHash.hash64(element, SEED);
    int zeros = Long.numberOfTrailingZeros(hash >>> INDEX_BITS | 1L << 64 - INDEX_BITS);
    return raise((int) hash & REGISTERS - 1, zeros + 1, sparseMaxBytes);
  }

  private boolean raise(int register, int value, long sparseMaxBytes) {
    if (!isDense()) {
      SparseRegisters sparse = new SparseRegisters(array, offset, length, moved);
      int outcome = sparse.raise(register, value, sparseMaxBytes);
      if (outcome != SparseRegisters.NO_ROOM) {
        if (sparse.array != array || sparse.length != length) moveTo(sparse.array, sparse.offset, sparse.length);
        return outcome == SparseRegisters.CHANGED;
      }
      makeDense();
    }
    return DenseRegisters.raise(array, registers(), register, value);
  }

  private void moveTo(byte[] to, int newOffset, int newLength) {
    array = to;
    offset = newOffset;
    length = newLength;
    moved = true;
  }

  /**
   * Turns a sparse one dense; the estimate in the header stays.
   *
   * @throws CorruptHyperLogLog if the runs do not add up
   */
  public void makeDense() {
    if (isDense()) return;
    byte[] dense = new byte[DENSE_BYTES];
    System.arraycopy(array, offset, dense, 0, HEADER_BYTES);
    dense[FORM] = DENSE;
    forEachRun((first, run, value) -> {
      for (int i = first; i < first + run; i++) DenseRegisters.set(dense, HEADER_BYTES, i, value);
    });
    moveTo(dense, 0, DENSE_BYTES);
  }

  /** Sees runs of registers with the same value, but not of 0. */
  private interface Runs {
    void run(int first, int length, int value);
  }

  private void forEachRun(Runs runs) {
    int described = SparseRegisters.forEach(array, offset, length, (first, run, value, wide) -> {
      if (first + run > REGISTERS) throw new CorruptHyperLogLog();
      if (value > 0) runs.run(first, run, value);
    });
    if (described != REGISTERS) throw new CorruptHyperLogLog();
  }

  // ---- several ------------------------------------------------------------------------------------------------------

  /**
   * Raises registers, one a byte, to those of this one.
   *
   * @throws CorruptHyperLogLog if the runs do not add up; registers may have been raised
   */
  public void mergeInto(byte[] all) {
    if (isDense()) {
      for (int i = 0; i < REGISTERS; i++) all[i] = (byte) Math.max(all[i], register(i));
    } else {
      forEachRun((first, run, value) -> {
        for (int i = first; i < first + run; i++) all[i] = (byte) Math.max(all[i], value);
      });
    }
  }

  /** Raises the registers of this one to those given, one a byte. */
  public void raiseTo(byte[] all, long sparseMaxBytes) {
    for (int i = 0; i < REGISTERS; i++) {
      if (all[i] != 0) raise(i, all[i], sparseMaxBytes);
    }
  }

  /** The estimate for registers that are given one a byte. */
  public static long estimate(byte[] all) {
    int[] histogram = new int[REGISTER_VALUES];
    for (byte value : all) histogram[value]++;
    return Estimate.of(histogram);
  }

  // ---- counting -----------------------------------------------------------------------------------------------------

  /** The estimate, anew from the registers. */
  public long estimate() {
    int[] histogram = new int[REGISTER_VALUES];
    if (isDense()) {
      DenseRegisters.count(array, registers(), histogram);
    } else {
      int described = SparseRegisters.forEach(array, offset, length, (first, run, value, wide) -> {
        histogram[value] += run;
      });
      if (described != REGISTERS) throw new CorruptHyperLogLog();
    }
    return Estimate.of(histogram);
  }

  public boolean hasCachedEstimate() {
    return array[offset + CACHED + 7] >= 0;
  }

  public long cachedEstimate() {
    long value = 0;
    for (int i = 7; i >= 0; i--) value = value << 8 | array[offset + CACHED + i] & 0xff;
    return value;
  }

  public void cacheEstimate(long value) {
    for (int i = 0; i < 8; i++) array[offset + CACHED + i] = (byte) (value >>> 8 * i);
  }

  /** The estimate in the header is no longer true. */
  public void forgetEstimate() {
    array[offset + CACHED + 7] |= (byte) 0x80;
  }

  // ---- for tests and debugging --------------------------------------------------------------------------------------

  /** The value of a register; dense only. */
  public int register(int index) {
    return DenseRegisters.get(array, registers(), index);
  }

  /** The runs of a sparse one: {@code z:length}, {@code Z:length} if written in two bytes, {@code v:value,length}. */
  public String runs() {
    StringBuilder text = new StringBuilder();
    SparseRegisters.forEach(array, offset, length, (first, run, value, wide) -> {
      if (first > 0) text.append(' ');
      if (value > 0) text.append("v:").append(value).append(',').append(run);
      else text.append(wide ? "Z:" : "z:").append(run);
    });
    return text.toString();
  }
}
