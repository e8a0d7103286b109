package org.understudy.rdb;

import org.understudy.bytes.Doubles;
import org.understudy.keyspace.Value;
import org.understudy.keyspace.collection.Packing;
import org.understudy.keyspace.collection.SortedSetValue;

/** A sorted set as the number of its members, then each member and its score. */
final class SortedSetBuilder implements ValueReader.Builder {
  private final boolean binaryScores;
  private final Packing packing;
  private SortedSetValue set;
  private long left = -1;
  /** The member whose score is still to be read. */
  private byte[] member;
  /** Length of a text that is a score and is still to be read. */
  private int textLength = -1;
  private double score;

  SortedSetBuilder(ReadOptions options, boolean binaryScores) {
    this.binaryScores = binaryScores;
    this.packing = options.sortedSets();
  }

  @Override
  public boolean read(RdbInput in) {
    if (left < 0) {
      if (!in.readCount()) return false;
      left = in.number();
      set = left > packing.maxEntries() ? SortedSetValue.large(packing.hashSeed()) : new SortedSetValue();
    }
    while (left > 0) {
      if (member == null) {
        if (!in.readString()) return false;
        member = in.string();
      }
      if (!readScore(in)) return false;
      if (Double.isNaN(score)) throw new RdbException("Zset with NAN score detected");
      if (set.put(score, member, packing) != SortedSetValue.Put.ADDED) {
        throw new RdbException("Duplicate zset fields detected");
      }
      member = null;
      left--;
    }
    return true;
  }

  private boolean readScore(RdbInput in) {
    if (binaryScores) {
      if (!in.readLong()) return false;
      score = in.real();
      return true;
    }
    if (textLength < 0) {
      if (!in.readByte()) return false;
      textLength = (int) in.number();
    }
    switch (textLength) {
      case RdbFormat.SCORE_NAN -> score = Double.NaN;
      case RdbFormat.SCORE_POSITIVE_INFINITY -> score = Double.POSITIVE_INFINITY;
      case RdbFormat.SCORE_NEGATIVE_INFINITY -> score = Double.NEGATIVE_INFINITY;
      default -> {
        if (!in.readRaw(textLength)) return false;
        score = Doubles.parse(in.array(), in.offset(), in.length());
      }
    }
    textLength = -1;
    return true;
  }

  @Override
  public Value value() {
    return set.size() == 0 ? null : set;
  }
}
