package org.understudy.command;

import java.util.Arrays;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.CommonSubsequence;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/** LCS: what two strings have in common. That of long ones is worked out in slices. */
final class LcsCommand {
  /** Pairs of positions beyond which there are slices. */
  private static final long SLICED_FROM_CELLS = 500_000;

  private LcsCommand() {}

  /** One of the strings, empty if there is no such key. */
  private record Operand(boolean isString, byte[] array, int offset, int length) {
    static Operand of(Call call, byte[] key) {
      if (!call.find(key)) return new Operand(true, Bytes.EMPTY, 0, 0);
      return new Operand(call.entry.isString(), call.entry.array(), call.entry.offset(), call.entry.length());
    }

    /** The same, whatever becomes of the key. */
    Operand copy() {
      return new Operand(isString, Arrays.copyOfRange(array, offset, offset + length), 0, length);
    }
  }

  /** @param shortest matches with fewer bytes are left out of the indexes */
  private record Options(boolean lengthOnly, boolean indexes, boolean withLengths, long shortest) {
    static Options of(byte[][] argv) {
      boolean lengthOnly = false;
      boolean indexes = false;
      boolean withLengths = false;
      long shortest = 0;
      for (int i = 3; i < argv.length; i++) {
        byte[] option = argv[i];
        if (Bytes.is(option, "IDX")) indexes = true;
        else if (Bytes.is(option, "LEN")) lengthOnly = true;
        else if (Bytes.is(option, "WITHMATCHLEN")) withLengths = true;
        else if (!Bytes.is(option, "MINMATCHLEN") || i + 1 == argv.length) throw Errors.SYNTAX;
        else shortest = Arguments.integer(argv[++i]);
      }
      if (lengthOnly && indexes) {
        throw CommandError.err("If you want both the length and indexes, please just use IDX.");
      }
      return new Options(lengthOnly, indexes, withLengths, shortest);
    }
  }

  /** LCS key1 key2 [LEN | IDX] [MINMATCHLEN n] [WITHMATCHLEN] */
  static void lcs(Call call) {
    Operand a = Operand.of(call, call.argv[1]);
    Operand b = Operand.of(call, call.argv[2]);
    if (!a.isString || !b.isString) throw CommandError.err("The specified keys must contain string values");
    Options options = Options.of(call.argv);
    // Redis's limit on its table, kept although ours is smaller: it also bounds the time
    long cells = (a.length + 1L) * (b.length + 1L);
    if (cells > call.config.protoMaxBulkLen() / Integer.BYTES) {
      throw CommandError.err("Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
    }
    if (cells > SLICED_FROM_CELLS) call.inSlices(comparing(a.copy(), b.copy(), options));
    else comparing(a, b, options).answer(call.reply);
  }

  private static Comparing comparing(Operand a, Operand b, Options options) {
    try {
      return new Comparing(options, new CommonSubsequence(a.array, a.offset, a.length, b.array, b.offset, b.length,
          !options.lengthOnly));
    } catch (OutOfMemoryError e) {
      throw CommandError.err("Insufficient memory, failed allocating transient memory for LCS");
    }
  }

  private record Comparing(Options options, CommonSubsequence common) implements SlicedWork {
    private static final int STEP_CELLS = 100_000;

    @Override
    public boolean step(ReplyBuffer reply) {
      return common.compare(STEP_CELLS);
    }

    @Override
    public void answer(ReplyBuffer reply) {
      if (options.lengthOnly) reply.integer(common.length());
      else if (options.indexes) replyMatches(reply);
      else reply.bulk(common.text());
    }

    /** A map of {@code matches}, each [[fromA, toA], [fromB, toB]] and perhaps its length, and {@code len}. */
    private void replyMatches(ReplyBuffer reply) {
      List<CommonSubsequence.Range> ranges = common.ranges();
      ranges.removeIf(range -> range.length() < options.shortest);
      reply.map(2);
      reply.bulk("matches");
      reply.array(ranges.size());
      for (CommonSubsequence.Range range : ranges) {
        reply.array(options.withLengths ? 3 : 2);
        reply.array(2);
        reply.integer(range.fromA());
        reply.integer(range.toA());
        reply.array(2);
        reply.integer(range.fromB());
        reply.integer(range.toB());
        if (options.withLengths) reply.integer(range.length());
      }
      reply.bulk("len");
      reply.integer(common.length());
    }
  }
}
