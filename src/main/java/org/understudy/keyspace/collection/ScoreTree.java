package org.understudy.keyspace.collection;

import java.util.Arrays;
import org.understudy.keyspace.HeapLayout;

/**
 * Elements of a sorted set ({@link ScoredMember}) in the order of score and, among equal scores, of member. A B+ tree
 * whose inner nodes know how many elements are below each child, so that ranks are found, and elements by rank, in
 * O(log n).
 *
 * <p>A place in the order is given by a score and a member that need not be there; its rank is the number of elements
 * before it. Every range is two such ranks: "up to and including score s" ends at the place of the next larger score
 * and the empty member, "up to and including member m" at the place of m with a zero byte more.
 *
 * <p>{@link #copy} shares all nodes (at most about 1.5 KB each). A node belongs to the tree whose owner token it
 * carries, and both trees get new tokens when one is copied: whichever of them changes a node first copies it then,
 * with those above it.
 */
final class ScoreTree {
  /** Elements of a leaf and children of an inner node, at most. */
  static final int WIDTH = 64;
  /** A node with fewer is joined with a neighbour if both together leave room. */
  private static final int SPARSE = WIDTH / 4;
  private static final int JOINED_AT_MOST = WIDTH * 3 / 4;
  private static final byte[] NO_MEMBER = {};

  private Node root;
  private Object owner = new Object();
  private int size;
  private int leaves = 1;
  private int inners;

  ScoreTree() {
    root = new Leaf(owner);
  }

  private ScoreTree(ScoreTree other) {
    root = other.root;
    size = other.size;
    leaves = other.leaves;
    inners = other.inners;
  }

  int size() {
    return size;
  }

  /** Bytes of heap of the tree without its elements. */
  long bytes(HeapLayout layout) {
    long leaf = layout.object(3, 4) + layout.referenceArray(WIDTH) + layout.byteArray(WIDTH * 8);
    long inner = layout.object(5, 4) + 2 * layout.referenceArray(WIDTH) + layout.byteArray(WIDTH * 4)
        + layout.byteArray(WIDTH * 8);
    return layout.object(2, 12) + layout.object(0, 0) + leaves * leaf + inners * inner;
  }

  ScoreTree copy() {
    owner = new Object();
    return new ScoreTree(this);
  }

  // ---- ranks --------------------------------------------------------------------------------------------------------

  /** The number of elements before the place of that score and member. */
  int rank(double score, byte[] member, int from, int to) {
    Node node = root;
    int rank = 0;
    while (node instanceof Inner inner) {
      int i = inner.childOf(score, member, from, to);
      for (int k = 0; k < i; k++) rank += inner.counts[k];
      node = inner.children[i];
    }
    return rank + ((Leaf) node).indexOf(score, member, from, to);
  }

  /** The number of elements with a lower score. */
  int rankOf(double score) {
    return rank(score, NO_MEMBER, 0, 0);
  }

  /** The number of elements with that score or a lower one. */
  int rankAfter(double score) {
    return score == Double.POSITIVE_INFINITY ? size : rankOf(Math.nextUp(score));
  }

  /** The element with so many before it. */
  byte[] at(int rank) {
    Cursor cursor = cursor(rank, false);
    cursor.next();
    return cursor.element;
  }

  /** Goes through the elements from that rank on, or backwards from it. The tree must not change meanwhile. */
  Cursor cursor(int rank, boolean backwards) {
    return new Cursor(this, rank, backwards);
  }

  // ---- changes ------------------------------------------------------------------------------------------------------

  /** Adds an element that is not there yet. */
  void add(byte[] element) {
    Node left = writable(root);
    Node right = left.add(this, ScoredMember.score(element), element);
    root = right == null ? left : new Inner(this, left, right);
    size++;
  }

  /** Removes an element that is there. */
  void remove(byte[] element) {
    root = writable(root);
    root.remove(this, ScoredMember.score(element), element);
    removed();
  }

  /** Removes the element with so many before it and returns it. */
  byte[] removeAt(int rank) {
    root = writable(root);
    byte[] element = root.removeAt(this, rank);
    removed();
    return element;
  }

  private void removed() {
    size--;
    while (root instanceof Inner inner && inner.size == 1) {
      root = inner.children[0];
      inners--;
    }
  }

  private Node writable(Node node) {
    return node.owner == owner ? node : node.copy(owner);
  }

  /** A part of the tree. Methods that change it want it writable. */
  private abstract static class Node {
    final Object owner;
    int size;

    Node(Object owner) {
      this.owner = owner;
    }

    abstract Node copy(Object owner);

    /** Number of elements in it. */
    abstract int count();

    /** The first element, or a bound below all of them. */
    abstract byte[] least();

    /** Adds an element; returns a new node to stand behind this one if there was no room, else null. */
    abstract Node add(ScoreTree tree, double score, byte[] element);

    abstract void remove(ScoreTree tree, double score, byte[] element);

    abstract byte[] removeAt(ScoreTree tree, int rank);

    /** Takes what the node behind it holds. @param bound below the elements of {@code next}, not below these */
    abstract void join(ScoreTree tree, Node next, byte[] bound);
  }

  private static final class Leaf extends Node {
    /** The scores of {@link #elements}, next to each other for the search. */
    final double[] scores;
    final byte[][] elements;

    Leaf(Object owner) {
      super(owner);
      scores = new double[WIDTH];
      elements = new byte[WIDTH][];
    }

    private Leaf(Leaf other, Object owner) {
      super(owner);
      size = other.size;
      scores = other.scores.clone();
      elements = other.elements.clone();
    }

    @Override
    Node copy(Object newOwner) {
      return new Leaf(this, newOwner);
    }

    @Override
    int count() {
      return size;
    }

    @Override
    byte[] least() {
      return elements[0];
    }

    /** How many elements are before the place. */
    int indexOf(double score, byte[] member, int from, int to) {
      int low = 0;
      int high = size;
      while (low < high) {
        int middle = low + high >>> 1;
        double there = scores[middle];
        boolean before = there < score
            || there == score && ScoredMember.compareMember(elements[middle], member, from, to) < 0;
        if (before) low = middle + 1;
        else high = middle;
      }
      return low;
    }

    @Override
    Node add(ScoreTree tree, double score, byte[] element) {
      int index = indexOf(score, element, ScoredMember.MEMBER, element.length);
      if (size < WIDTH) {
        insert(index, score, element);
        return null;
      }
      tree.leaves++;
      Leaf next = new Leaf(tree.owner);
      // elements that come in order leave full leaves behind
      int stay = index == WIDTH ? WIDTH : index == 0 ? 0 : WIDTH / 2;
      moveTail(stay, next);
      if (index <= stay && stay < WIDTH) insert(index, score, element);
      else next.insert(index - stay, score, element);
      return next;
    }

    private void insert(int index, double score, byte[] element) {
      System.arraycopy(scores, index, scores, index + 1, size - index);
      System.arraycopy(elements, index, elements, index + 1, size - index);
      scores[index] = score;
      elements[index] = element;
      size++;
    }

    /** Moves the elements from an index on to the end of another leaf. */
    private void moveTail(int from, Leaf to) {
      int count = size - from;
      System.arraycopy(scores, from, to.scores, to.size, count);
      System.arraycopy(elements, from, to.elements, to.size, count);
      Arrays.fill(elements, from, size, null);
      to.size += count;
      size = from;
    }

    @Override
    void remove(ScoreTree tree, double score, byte[] element) {
      delete(indexOf(score, element, ScoredMember.MEMBER, element.length));
    }

    @Override
    byte[] removeAt(ScoreTree tree, int rank) {
      return delete(rank);
    }

    private byte[] delete(int index) {
      byte[] element = elements[index];
      size--;
      System.arraycopy(scores, index + 1, scores, index, size - index);
      System.arraycopy(elements, index + 1, elements, index, size - index);
      elements[size] = null;
      return element;
    }

    @Override
    void join(ScoreTree tree, Node next, byte[] bound) {
      Leaf other = (Leaf) next;
      System.arraycopy(other.scores, 0, scores, size, other.size);
      System.arraycopy(other.elements, 0, elements, size, other.size);
      size += other.size;
      tree.leaves--;
    }
  }

  private static final class Inner extends Node {
    final Node[] children;
    /** Number of elements below each child. */
    final int[] counts;
    /** From the second child on: an element, there or once there, that nothing below that child precedes. */
    final byte[][] bounds;
    /** The scores of {@link #bounds}. */
    final double[] scores;

    private Inner(Object owner) {
      super(owner);
      children = new Node[WIDTH];
      counts = new int[WIDTH];
      bounds = new byte[WIDTH][];
      scores = new double[WIDTH];
    }

    /** A new root. */
    Inner(ScoreTree tree, Node left, Node right) {
      this(tree.owner);
      tree.inners++;
      insert(0, left, left.least());
      insert(1, right, right.least());
    }

    private Inner(Inner other, Object owner) {
      super(owner);
      size = other.size;
      children = other.children.clone();
      counts = other.counts.clone();
      bounds = other.bounds.clone();
      scores = other.scores.clone();
    }

    @Override
    Node copy(Object newOwner) {
      return new Inner(this, newOwner);
    }

    @Override
    int count() {
      int count = 0;
      for (int i = 0; i < size; i++) count += counts[i];
      return count;
    }

    @Override
    byte[] least() {
      return bounds[0];
    }

    /** The index of the child within which the place is. */
    int childOf(double score, byte[] member, int from, int to) {
      int low = 1;
      int high = size;
      while (low < high) {
        int middle = low + high >>> 1;
        double there = scores[middle];
        boolean notAfter = there < score
            || there == score && ScoredMember.compareMember(bounds[middle], member, from, to) <= 0;
        if (notAfter) low = middle + 1;
        else high = middle;
      }
      return low - 1;
    }

    @Override
    Node add(ScoreTree tree, double score, byte[] element) {
      int i = childOf(score, element, ScoredMember.MEMBER, element.length);
      Node child = writableChild(tree, i);
      Node behind = child.add(tree, score, element);
      if (behind == null) {
        counts[i]++;
        return null;
      }
      counts[i] = child.count();
      if (size < WIDTH) {
        insert(i + 1, behind, behind.least());
        return null;
      }
      tree.inners++;
      Inner next = new Inner(tree.owner);
      int stay = i == WIDTH - 1 ? WIDTH : WIDTH / 2;
      moveTail(stay, next);
      if (i + 1 <= stay && stay < WIDTH) insert(i + 1, behind, behind.least());
      else next.insert(i + 1 - stay, behind, behind.least());
      return next;
    }

    private Node writableChild(ScoreTree tree, int i) {
      return children[i] = tree.writable(children[i]);
    }

    private void insert(int i, Node child, byte[] bound) {
      move(i, this, i + 1, size - i);
      children[i] = child;
      counts[i] = child.count();
      bounds[i] = bound;
      scores[i] = ScoredMember.score(bound);
      size++;
    }

    private void moveTail(int from, Inner to) {
      int count = size - from;
      move(from, to, to.size, count);
      clear(from, size);
      to.size += count;
      size = from;
    }

    private void move(int from, Inner to, int at, int count) {
      System.arraycopy(children, from, to.children, at, count);
      System.arraycopy(counts, from, to.counts, at, count);
      System.arraycopy(bounds, from, to.bounds, at, count);
      System.arraycopy(scores, from, to.scores, at, count);
    }

    private void clear(int from, int to) {
      Arrays.fill(children, from, to, null);
      Arrays.fill(bounds, from, to, null);
    }

    @Override
    void remove(ScoreTree tree, double score, byte[] element) {
      int i = childOf(score, element, ScoredMember.MEMBER, element.length);
      writableChild(tree, i).remove(tree, score, element);
      shrunk(tree, i);
    }

    @Override
    byte[] removeAt(ScoreTree tree, int rank) {
      int i = 0;
      while (rank >= counts[i]) rank -= counts[i++];
      byte[] element = writableChild(tree, i).removeAt(tree, rank);
      shrunk(tree, i);
      return element;
    }

    /**
     * A child has one element less: if it is sparse, it is joined with a neighbour that has room; if empty, it goes.
     */
    private void shrunk(ScoreTree tree, int i) {
      counts[i]--;
      if (children[i].size >= SPARSE) return;
      if (counts[i] == 0) drop(tree, i);
      else if (i + 1 < size && children[i].size + children[i + 1].size <= JOINED_AT_MOST) joinWithNext(tree, i);
      else if (i > 0 && children[i - 1].size + children[i].size <= JOINED_AT_MOST) joinWithNext(tree, i - 1);
    }

    private void drop(ScoreTree tree, int i) {
      if (children[i] instanceof Leaf) tree.leaves--;
      else tree.inners--;
      close(i);
    }

    private void joinWithNext(ScoreTree tree, int i) {
      writableChild(tree, i).join(tree, children[i + 1], bounds[i + 1]);
      counts[i] += counts[i + 1];
      close(i + 1);
    }

    /** Takes a child out of the row. */
    private void close(int i) {
      size--;
      move(i + 1, this, i, size - i);
      clear(size, size + 1);
    }

    @Override
    void join(ScoreTree tree, Node next, byte[] bound) {
      Inner other = (Inner) next;
      other.move(0, this, size, other.size);
      bounds[size] = bound;
      scores[size] = ScoredMember.score(bound);
      size += other.size;
      tree.inners--;
    }
  }

  /** Finds each leaf by the rank of its first element, so it needs nothing of the nodes above it. */
  static final class Cursor extends ScoredCursor {
    byte[] element;
    private final ScoreTree tree;
    private final boolean backwards;
    /** Of the next element. */
    private int rank;
    private Leaf leaf;
    /** Of the next element within the leaf. */
    private int index;

    private Cursor(ScoreTree tree, int rank, boolean backwards) {
      this.tree = tree;
      this.rank = rank;
      this.backwards = backwards;
      offset = ScoredMember.MEMBER;
    }

    @Override
    public boolean next() {
      if (leaf == null || index < 0 || index == leaf.size) {
        if (rank < 0 || rank >= tree.size) return false;
        seek();
      }
      element = leaf.elements[index];
      array = element;
      length = element.length - ScoredMember.MEMBER;
      score = leaf.scores[index];
      if (backwards) {
        index--;
        rank--;
      } else {
        index++;
        rank++;
      }
      return true;
    }

    private void seek() {
      Node node = tree.root;
      int rest = rank;
      while (node instanceof Inner inner) {
        int i = 0;
        while (rest >= inner.counts[i]) rest -= inner.counts[i++];
        node = inner.children[i];
      }
      leaf = (Leaf) node;
      index = rest;
    }
  }
}
