package org.understudy.keyspace.hyperloglog;

import java.util.Random;

/**
 * PFSELFTEST: registers keep their values apart, dense and sparse forms agree, and estimates are about right. Redis
 * adds ten million elements, which holds it up for seconds; a hundred thousand show as much here and take some
 * milliseconds.
 */
public final class SelfTest {
  private static final int CYCLES = 10;
  private static final int ELEMENTS = 100_000;
  /** How many standard errors an estimate may be off. */
  private static final double TOLERANCE = 6;

  private final Random random;
  private final long sparseMaxBytes;

  public SelfTest(Random random, long sparseMaxBytes) {
    this.random = random;
    this.sparseMaxBytes = sparseMaxBytes;
  }

  /** What went wrong, null if nothing did. */
  public String failure() {
    for (int i = 0; i < CYCLES; i++) {
      String failure = registers();
      if (failure != null) return failure;
    }
    return estimates();
  }

  private String registers() {
    byte[] dense = new byte[DenseRegisters.BYTES];
    byte[] expected = new byte[HyperLogLog.REGISTERS];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (byte) random.nextInt(64);
      DenseRegisters.set(dense, 0, i, expected[i]);
    }
    for (int i = 0; i < expected.length; i++) {
      int found = DenseRegisters.get(dense, 0, i);
      if (found != expected[i]) return "Register " + i + " should be " + expected[i] + " but is " + found;
    }
    return null;
  }

  private String estimates() {
    HyperLogLog dense = HyperLogLog.empty();
    dense.makeDense();
    HyperLogLog sparse = HyperLogLog.empty();
    byte[] element = new byte[8];
    long seed = random.nextLong();
    int checkpoint = 1;
    for (int count = 1; count <= ELEMENTS; count++) {
      for (int i = 0; i < element.length; i++) element[i] = (byte) ((count ^ seed) >>> 8 * i);
      dense.add(element, sparseMaxBytes);
      sparse.add(element, sparseMaxBytes);
      if (count < checkpoint) continue;
      if (count < sparseMaxBytes / 2 && sparse.isDense()) return "sparse encoding not used";
      long estimate = dense.estimate();
      if (estimate != sparse.estimate()) return "dense/sparse disagree";
      long error = Math.abs(count - estimate);
      double standardError = 1.04 / Math.sqrt(HyperLogLog.REGISTERS);
      if (error > Math.ceil(standardError * TOLERANCE * count)) {
        return "Too big error. card:" + count + " abserr:" + error;
      }
      checkpoint *= 10;
    }
    return null;
  }
}
