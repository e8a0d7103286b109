package org.understudy.keyspace.collection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.HeapLayout;

/** The tree against a plain sorted list. */
class ScoreTreeTest {
  private static final Comparator<byte[]> ORDER = Comparator.<byte[]>comparingDouble(e -> ScoredMember.score(e) + 0.0)
      .thenComparing(ScoreTreeTest::member, Arrays::compareUnsigned);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void randomChangesLeaveWhatASortedListWouldHold(long seed) {
    Random random = new Random(seed);
    int scores = 1 << random.nextInt(12);
    ScoreTree tree = new ScoreTree();
    List<byte[]> model = new ArrayList<>();
    ScoreTree copy = null;
    List<byte[]> copied = null;
    for (int phase = 0; phase < 8; phase++) {
      int adds = phase % 2 == 0 ? 85 : 15; // grows and shrinks in turn
      for (int i = 0; i < 4000; i++) {
        byte[] element = element(random.nextInt(scores) - scores / 2, random.nextInt(5000));
        if (random.nextInt(100) < adds) add(tree, model, element);
        else if (!model.isEmpty()) removeOne(random, tree, model);
        if (random.nextInt(1500) == 0) {
          if (copy != null) assertHolds(copied, copy);
          copy = tree.copy();
          copied = new ArrayList<>(model);
          if (random.nextBoolean()) { // go on with the copy: neither may know of the other's changes
            ScoreTree other = tree;
            tree = copy;
            copy = other;
          }
        }
      }
      assertHolds(model, tree);
      for (int i = 0; i < 200; i++) assertRanks(random, model, tree, scores);
    }
    assertHolds(copied, copy);
    while (!model.isEmpty()) removeOne(random, tree, model);
    assertHolds(model, tree);
    assertEquals(new ScoreTree().bytes(HeapLayout.COMMON), tree.bytes(HeapLayout.COMMON), "bytes of an empty tree");
    assertHolds(copied, copy);
  }

  @Test
  void elementsThatComeInOrderFillTheirLeaves() {
    long least = 10_000 * (8 + HeapLayout.COMMON.reference());
    for (int step : new int[] {1, -1}) {
      ScoreTree tree = new ScoreTree();
      for (int i = 0; i < 10_000; i++) tree.add(element(step * i, i));
      assertTrue(tree.bytes(HeapLayout.COMMON) < least * 1.15, step + ": " + tree.bytes(HeapLayout.COMMON));
    }
  }

  @Test
  void removingEverythingFromOneEndInTurnKeepsTheTreeSmall() {
    ScoreTree tree = new ScoreTree();
    for (int i = 0; i < 20_000; i++) tree.add(element(i, i));
    long full = tree.bytes(HeapLayout.COMMON);
    for (int i = 0; i < 9_000; i++) {
      assertEquals(i, ScoredMember.score(tree.removeAt(0)));
      assertEquals(19_999 - i, ScoredMember.score(tree.removeAt(tree.size() - 1)));
    }
    assertTrue(tree.bytes(HeapLayout.COMMON) < full / 8);
  }

  @Test
  void placesOfInfiniteScoresAndOfBothZerosAreFound() {
    ScoreTree tree = new ScoreTree();
    double[] scores = {Double.NEGATIVE_INFINITY, -Double.MIN_VALUE, -0.0, 0.0, Double.MIN_VALUE,
        Double.POSITIVE_INFINITY};
    for (int i = 0; i < scores.length; i++) tree.add(ScoredMember.of(scores[i], Bytes.of("m" + i), 0, 2));
    assertEquals(0, tree.rankOf(Double.NEGATIVE_INFINITY));
    assertEquals(1, tree.rankAfter(Double.NEGATIVE_INFINITY));
    assertEquals(2, tree.rankOf(0.0));
    assertEquals(2, tree.rankOf(-0.0));
    assertEquals(4, tree.rankAfter(0.0));
    assertEquals(4, tree.rankAfter(-0.0));
    assertEquals(5, tree.rankOf(Double.POSITIVE_INFINITY));
    assertEquals(6, tree.rankAfter(Double.POSITIVE_INFINITY));
  }

  private static void add(ScoreTree tree, List<byte[]> model, byte[] element) {
    int at = model.isEmpty() ? -1 : Collections.binarySearch(model, element, ORDER);
    if (at >= 0) return;
    model.add(-at - 1, element);
    tree.add(element);
  }

  private static void removeOne(Random random, ScoreTree tree, List<byte[]> model) {
    int rank = random.nextInt(4) == 0 ? 0 : random.nextInt(model.size());
    byte[] element = model.remove(rank);
    if (random.nextBoolean()) tree.remove(element);
    else assertSame(element, tree.removeAt(rank));
  }

  private static void assertRanks(Random random, List<byte[]> model, ScoreTree tree, int scores) {
    byte[] place = element(random.nextInt(scores) - scores / 2, random.nextInt(5000));
    double score = ScoredMember.score(place);
    int before = Collections.binarySearch(model, place, ORDER);
    if (before < 0) before = -before - 1;
    assertEquals(before, tree.rank(score, place, ScoredMember.MEMBER, place.length));
    assertEquals(model.stream().filter(e -> ScoredMember.score(e) < score).count(), tree.rankOf(score));
    assertEquals(model.stream().filter(e -> ScoredMember.score(e) <= score).count(), tree.rankAfter(score));
    if (before < model.size()) assertSame(model.get(before), tree.at(before));
  }

  private static void assertHolds(List<byte[]> model, ScoreTree tree) {
    assertEquals(model.size(), tree.size());
    ScoreTree.Cursor forward = tree.cursor(0, false);
    for (byte[] element : model) {
      assertTrue(forward.next());
      assertSame(element, forward.element);
      assertArrayEquals(member(element), forward.member());
      assertEquals(ScoredMember.score(element), forward.score);
    }
    assertFalse(forward.next());
    ScoreTree.Cursor backward = tree.cursor(model.size() - 1, true);
    for (int i = model.size() - 1; i >= 0; i--) {
      assertTrue(backward.next());
      assertSame(model.get(i), backward.element);
    }
    assertFalse(backward.next());
  }

  private static byte[] element(double score, int member) {
    byte[] name = Bytes.of(member);
    return ScoredMember.of(score, name, 0, name.length);
  }

  private static byte[] member(byte[] element) {
    return Arrays.copyOfRange(element, ScoredMember.MEMBER, element.length);
  }
}
