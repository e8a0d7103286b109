package org.understudy.command;

import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Glob;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/**
 * Options of SCAN, HSCAN, SSCAN and ZSCAN.
 *
 * @param count about how many elements to visit, from 1
 * @param pattern null if everything matches
 * @param type name of the type of values wanted, null for every type
 */
record ScanOptions(long count, byte[] pattern, byte[] type) {
  private static final long DEFAULT_COUNT = 10;
  private static final byte[] EVERYTHING = Bytes.of("*");

  /** Those behind the key and the cursor of HSCAN, SSCAN and ZSCAN: MATCH and COUNT. */
  static ScanOptions ofElements(byte[][] argv) {
    return read(argv, 3, false);
  }

  /** Those behind the cursor of SCAN: MATCH, COUNT and TYPE. */
  static ScanOptions ofKeys(byte[][] argv) {
    return read(argv, 2, true);
  }

  private static ScanOptions read(byte[][] argv, int first, boolean typed) {
    long count = DEFAULT_COUNT;
    byte[] pattern = null;
    byte[] type = null;
    for (int i = first; i < argv.length; i += 2) {
      if (i + 1 == argv.length) throw Errors.SYNTAX;
      if (Bytes.is(argv[i], "COUNT")) {
        count = Arguments.integer(argv[i + 1]);
        if (count < 1) throw Errors.SYNTAX;
      } else if (Bytes.is(argv[i], "MATCH")) {
        pattern = argv[i + 1];
      } else if (typed && Bytes.is(argv[i], "TYPE")) {
        type = argv[i + 1];
      } else {
        throw Errors.SYNTAX;
      }
    }
    // the star alone matches even what Glob's does not: the empty string
    return new ScanOptions(count, pattern == null || Bytes.compare(pattern, EVERYTHING) == 0 ? null : pattern, type);
  }

  boolean matches(byte[] element) {
    return matches(element, 0, element.length);
  }

  boolean matches(byte[] array, int offset, int length) {
    return pattern == null || Glob.matches(pattern, array, offset, length, false);
  }

  /** The next cursor and what was found. */
  static void reply(ReplyBuffer reply, long cursor, List<byte[]> found) {
    reply.array(2);
    reply.bulk(cursor);
    reply.array(found.size());
    for (byte[] element : found) reply.bulk(element);
  }
}
