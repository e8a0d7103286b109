package org.understudy.shard.clients;

import java.util.Arrays;
import org.understudy.command.CommandSpec;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.SegmentDirectory;

/**
 * Looks at the keys of the requests that come next in a run, and at the elements that they name of large collections,
 * so that their look-ups wait for memory together. On a large keyspace those waits are half of what a pipelined GET
 * costs.
 */
public final class Lookahead {
  /** About as many loads as a processor keeps under way. */
  private static final int KEYS = 16;

  private final byte[][] keys = new byte[KEYS][];
  private final long[] hashes = new long[KEYS];
  private int found;
  /** Whether requests that were looked at last name elements, too. */
  private boolean elements;

  /**
   * Prepares the next requests of a run.
   *
   * @return index of the first request that was not prepared, at least one beyond the next
   */
  public int prepare(Run run, Database database) {
    int end = collect(run);
    if (found > 1) database.warm(keys, found, hashes);
    if (elements) prepareElements(run, end, database);
    Arrays.fill(keys, null);
    return end;
  }

  /**
   * Finds the keys of the next requests. A method of its own, like all that loops here: a loop that waits for its
   * compilation has the JVM compile the method around it, with all that this calls, in several variants.
   */
  private int collect(Run run) {
    found = 0;
    elements = false;
    int request = run.next;
    while (request < run.count && found < KEYS) {
      CommandSpec spec = run.specs[request];
      byte[][] argv = run.argvs[request++];
      if (spec.firstKey <= 0) continue;
      elements |= spec.firstElement != 0;
      int last = spec.lastKey < 0 ? argv.length + spec.lastKey : Math.min(spec.lastKey, argv.length - 1);
      for (int i = spec.firstKey; i <= last && found < KEYS; i += spec.keyStep) keys[found++] = argv[i];
    }
    return request;
  }

  /** The same for elements of large collections that requests name, as many in a row as are of one key. */
  private void prepareElements(Run run, int to, Database database) {
    byte[] key = null;
    SegmentDirectory<?> table = null;
    found = 0;
    for (int request = run.next; request < to; request++) {
      CommandSpec spec = run.specs[request];
      if (spec.firstElement == 0) continue;
      byte[][] argv = run.argvs[request];
      if (!Arrays.equals(argv[spec.firstKey], key)) {
        if (found > 1) database.warm(table, keys, found, hashes);
        found = 0;
        key = argv[spec.firstKey];
        table = database.elements(key);
      }
      if (table == null) continue;
      for (int i = spec.firstElement; i < argv.length && found < KEYS; i += spec.elementStep) keys[found++] = argv[i];
    }
    if (found > 1) database.warm(table, keys, found, hashes);
  }
}
