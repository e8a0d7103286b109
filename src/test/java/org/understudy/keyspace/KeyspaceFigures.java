package org.understudy.keyspace;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.SplittableRandom;
import org.understudy.keyspace.collection.CollectionForm;

/**
 * Prints what a key costs in bytes and processor nanoseconds: {@code java -cp … org.understudy.keyspace.KeyspaceFigures
 * [keys] [keyBytes] [valueBytes]}. No test: figures depend on the machine.
 */
final class KeyspaceFigures {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private KeyspaceFigures() {}

  public static void main(String[] args) {
    int keys = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
    int keyBytes = args.length > 1 ? Integer.parseInt(args[1]) : 16;
    int valueBytes = args.length > 2 ? Integer.parseInt(args[2]) : 32;
    HeapLayout layout = HeapLayout.ofThisMachine();
    System.out.printf("%d keys of %d bytes, values of %d bytes, %s%n", keys, keyBytes, valueBytes, layout);
    for (int round = 1; round <= 4; round++) {
      byte[] value = new byte[valueBytes];
      java.util.Arrays.fill(value, (byte) 'v');
      byte[] longer = new byte[valueBytes + 8];
      byte[] key = new byte[keyBytes];
      long heapBefore = usedHeap();
      long now = System.currentTimeMillis();
      Keyspace keyspace = new Keyspace(16, 4711, () -> now, KeyspaceFigures::nanos, CollectionForm.values(), layout);
      Database database = keyspace.database(0);
      long start = nanos();
      long slowest = 0;
      for (int i = 0; i < keys; i++) {
        spell(key, i);
        database.setString(key, value);
      }
      long insert = nanos() - start;
      System.out.printf("round %d: insert %d ns", round, insert / keys);
      double accounted = (double) keyspace.usedBytes() / keys;
      System.out.printf(", %.1f bytes a key accounted, %.1f by the heap", accounted,
          (double) (usedHeap() - heapBefore) / keys);
      System.out.printf(", %.2f moves a key", (double) database.table().moved() / keys);

      SplittableRandom random = new SplittableRandom(1);
      Entry entry = new Entry();
      int operations = 4_000_000;
      start = nanos();
      for (int i = 0; i < operations; i++) {
        spell(key, random.nextInt(keys));
        if (!database.find(key, entry)) throw new AssertionError();
      }
      System.out.printf("; find %d ns", (nanos() - start) / operations);
      start = nanos();
      for (int i = 0; i < operations; i++) {
        spell(key, keys + random.nextInt(keys));
        if (database.find(key, entry)) throw new AssertionError();
      }
      System.out.printf(", miss %d ns", (nanos() - start) / operations);
      start = nanos();
      for (int i = 0; i < operations; i++) {
        spell(key, random.nextInt(keys));
        database.setString(key, value);
      }
      System.out.printf(", overwrite %d ns", (nanos() - start) / operations);
      start = nanos();
      for (int i = 0; i < operations; i++) {
        spell(key, random.nextInt(keys));
        database.setString(key, longer);
      }
      System.out.printf(", with another length %d ns", (nanos() - start) / operations);
      start = nanos();
      for (int i = 0; i < operations; i++) {
        spell(key, i & 1023);
        if (!database.find(key, entry)) throw new AssertionError();
      }
      System.out.printf("; find among 1024 %d ns%n", (nanos() - start) / operations);

      for (int i = 0; i < keys; i++) {
        spell(key, i);
        database.expireAt(key, now - 1);
      }
      int slices = 0;
      start = nanos();
      boolean more = true;
      while (more) {
        long before = nanos();
        more = keyspace.activeExpiry().slice(500_000);
        slowest = Math.max(slowest, nanos() - before);
        slices++;
      }
      System.out.printf("  expiring all: %d ms in %d slices of 500 us, the longest %d us; %d keys left%n",
          (nanos() - start) / 1_000_000, slices, slowest / 1000, database.size());
    }
  }

  /** Four bytes that tell the number; cheap, since it is measured along. */
  private static void spell(byte[] key, int number) {
    for (int i = 0; i < 4; i++) key[i] = (byte) (number >>> 8 * i);
  }

  /** Time of this thread, not of others that share the processor. */
  private static long nanos() {
    return THREADS.getCurrentThreadCpuTime();
  }

  private static long usedHeap() {
    for (int i = 0; i < 3; i++) System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
