package org.understudy.keyspace.stream;

/** The radix tree in which Redis keeps the nodes of a stream by their ids. XINFO tells how many nodes it has. */
final class RadixTree {
  private static final int KEY_BYTES = 16;

  private RadixTree() {}

  /**
   * How many nodes a radix tree with these keys has. A path without branches is one node; a place where the tree
   * branches is one; and behind each key is an empty one. The root is there even without keys.
   */
  static long nodes(Directory<StreamNode> keys) {
    int count = keys.size();
    if (count == 0) return 1;
    int[] branches = new int[KEY_BYTES + 1]; // depths at which the path to the current key branches, ascending
    int depth = 0;
    long nodes = 0;
    int common = -1;
    for (int i = 0; i < count; i++) {
      int commonWithNext = i + 1 < count ? commonBytes(keys.get(i), keys.get(i + 1)) : -1;
      nodes += path(Math.max(common, commonWithNext), KEY_BYTES);
      while (depth > 0 && branches[depth - 1] > commonWithNext) {
        depth--;
        int parent = Math.max(commonWithNext, depth == 0 ? -1 : branches[depth - 1]);
        nodes += path(parent, branches[depth]);
      }
      if (commonWithNext >= 0 && (depth == 0 || branches[depth - 1] < commonWithNext)) {
        branches[depth++] = commonWithNext;
      }
      common = commonWithNext;
    }
    return nodes;
  }

  /** Nodes of a way from a branch, not counted, to the next one or the end of a key. */
  private static int path(int fromDepth, int toDepth) {
    return toDepth > fromDepth + 1 ? 2 : 1;
  }

  private static int commonBytes(StreamNode a, StreamNode b) {
    long difference = a.firstMs() ^ b.firstMs();
    if (difference != 0) return Long.numberOfLeadingZeros(difference) / 8;
    return 8 + Long.numberOfLeadingZeros(a.firstSeq() ^ b.firstSeq()) / 8;
  }
}
