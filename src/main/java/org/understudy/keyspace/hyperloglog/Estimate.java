package org.understudy.keyspace.hyperloglog;

/**
 * How many different elements were added, from how many registers hold which value: the improved raw estimator of Otmar
 * Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", arXiv:1702.01284, in the order of operations
 * that Redis uses, so that the figures are the same to the last digit.
 */
final class Estimate {
  /** 1 / (2 ln 2): the limit of the bias correction for many registers. */
  private static final double ALPHA = 0.721347520444481703680;

  private Estimate() {}

  /** @param histogram number of registers by their value */
  static long of(int[] histogram) {
    double registers = HyperLogLog.REGISTERS;
    int largest = HyperLogLog.LARGEST_COUNT;
    double z = registers * tau((registers - histogram[largest]) / registers);
    for (int value = largest - 1; value >= 1; value--) z = (z + histogram[value]) * 0.5;
    z += registers * sigma(histogram[0] / registers);
    double estimate = ALPHA * registers * registers / z;
    // registers beyond the largest count come from nowhere but a forged value; C rounds the infinity they lead to thus
    return Double.isInfinite(estimate) ? Long.MIN_VALUE : Math.round(estimate);
  }

  /** Corrects for registers that nothing has reached yet. */
  private static double sigma(double x) {
    if (x == 1) return Double.POSITIVE_INFINITY;
    double power = x;
    double weight = 1;
    double sum = x;
    double before;
    do {
      power *= power;
      before = sum;
      sum += power * weight;
      weight += weight;
    } while (before != sum);
    return sum;
  }

  /** Corrects for registers that can rise no further. */
  private static double tau(double x) {
    if (x == 0 || x == 1) return 0;
    double root = x;
    double weight = 1;
    double sum = 1 - x;
    double before;
    do {
      root = Math.sqrt(root);
      before = sum;
      weight *= 0.5;
      sum -= (1 - root) * (1 - root) * weight;
    } while (before != sum);
    return sum / 3;
  }
}
