package org.understudy.keyspace.stream;

import org.understudy.bytes.Bytes;
import org.understudy.bytes.Numbers;

/**
 * The id of a stream's entry.
 *
 * @param ms unsigned, usually Unix time in milliseconds
 * @param seq unsigned, tells entries of the same millisecond apart
 */
public record StreamId(long ms, long seq) implements Comparable<StreamId> {
  public static final StreamId MIN = new StreamId(0, 0);
  public static final StreamId MAX = new StreamId(-1, -1);

  static int compare(long ms, long seq, long otherMs, long otherSeq) {
    int byTime = Long.compareUnsigned(ms, otherMs);
    return byTime != 0 ? byTime : Long.compareUnsigned(seq, otherSeq);
  }

  @Override
  public int compareTo(StreamId other) {
    return compare(ms, seq, other.ms, other.seq);
  }

  public boolean isAfter(StreamId other) {
    return compareTo(other) > 0;
  }

  /** Whether this is 0-0, which no entry has. */
  public boolean isZero() {
    return ms == 0 && seq == 0;
  }

  /** The id behind this one; behind the greatest comes 0-0. */
  public StreamId next() {
    return new StreamId(seq == -1 ? ms + 1 : ms, seq + 1);
  }

  /** The id before this one; before 0-0 comes the greatest. */
  public StreamId previous() {
    return new StreamId(seq == 0 ? ms - 1 : ms, seq - 1);
  }

  /** As clients see it: {@code ms-seq}. */
  public byte[] text() {
    return text('-');
  }

  byte[] text(char between) {
    if (ms < 0 || seq < 0) return Bytes.of(Long.toUnsignedString(ms) + between + Long.toUnsignedString(seq));
    int middle = Numbers.decimalLength(ms);
    byte[] text = new byte[middle + 1 + Numbers.decimalLength(seq)];
    Numbers.putDecimal(ms, text, 0);
    text[middle] = (byte) between;
    Numbers.putDecimal(seq, text, middle + 1);
    return text;
  }

  @Override
  public String toString() {
    return Bytes.string(text());
  }
}
