package org.understudy.keyspace.collection;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;

/** Whether random choices are as likely as each other. */
final class Fairness {
  private Fairness() {}

  /**
   * Fails if the counts are not what a uniform choice gives.
   *
   * @param picked how often each was chosen; those never chosen are missing
   * @param expected how often each should be chosen on average
   */
  static void assertFair(Map<?, Integer> picked, int choices, double expected) {
    // chi-square of a uniform choice: mean n-1, deviation sqrt(2(n-1)); six deviations never happen by chance
    double chiSquare = (choices - picked.size()) * expected;
    for (int n : picked.values()) chiSquare += (n - expected) * (n - expected) / expected;
    assertTrue(chiSquare <= choices - 1 + 6 * Math.sqrt(2.0 * choices), "chi-square " + chiSquare + " of " + picked);
  }
}
