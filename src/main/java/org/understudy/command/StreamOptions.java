package org.understudy.command;

import org.understudy.bytes.Bytes;
import org.understudy.keyspace.stream.StreamId;
import org.understudy.keyspace.stream.StreamValue;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;

/**
 * The options that XADD and XTRIM share, {@code [MAXLEN|MINID [=|~] threshold [LIMIT count]]}, and for XADD its own
 * ones: {@code [NOMKSTREAM] <*|ms-*|id>}. Errors and their order are those of Redis 7.0.15.
 */
final class StreamOptions {
  private static final CommandError TWO_STRATEGIES =
      CommandError.err("syntax error, MAXLEN and MINID options at the same time are not compatible");
  private static final CommandError NEGATIVE_LENGTH = CommandError.err("The MAXLEN argument must be >= 0.");
  private static final CommandError NEGATIVE_LIMIT = CommandError.err("The LIMIT argument must be >= 0.");
  private static final CommandError LIMIT_WITHOUT_STRATEGY =
      CommandError.err("syntax error, LIMIT cannot be used without specifying a trimming strategy");
  private static final CommandError NO_STRATEGY =
      CommandError.err("syntax error, XTRIM must be called with a trimming strategy");
  private static final CommandError LIMIT_WITHOUT_TILDE =
      CommandError.err("syntax error, LIMIT cannot be used without the special ~ option");
  private static final byte[] EQUALS = Bytes.of("=");

  /** Without LIMIT so many nodes are trimmed at most, in entries between these bounds. */
  private static final long LIMIT_NODES = 100;
  private static final long LIMIT_IF_UNLIMITED = 10_000;
  private static final long MOST_LIMIT = 1_000_000;

  /** For XADD: index of the id; the number of arguments if there is none. */
  final int idIndex;
  /** For XADD: null for {@code *}; with second part 0 for {@code ms-*}. */
  final StreamId id;
  final boolean timeOnly;
  final boolean noMakeStream;
  /** Index of the threshold; 0 if nothing is to be trimmed. */
  private int thresholdIndex;
  private boolean approximate;
  private long length;
  /** Null if it goes by the length. */
  private StreamId least;
  private long limit;

  static StreamOptions ofXadd(Call call) {
    return new StreamOptions(call, true);
  }

  static StreamOptions ofXtrim(Call call) {
    return new StreamOptions(call, false);
  }

  private StreamOptions(Call call, boolean adds) {
    byte[][] argv = call.argv;
    boolean makes = true;
    boolean limited = false;
    StreamId added = null;
    boolean partial = false;
    int i = 2;
    for (; i < argv.length; i++) {
      byte[] option = argv[i];
      boolean more = i + 1 < argv.length;
      if (adds && StreamArguments.is(option, '*')) break;
      if (more && Bytes.is(option, "MAXLEN")) {
        i = threshold(argv, i + 1);
        length = Arguments.integer(argv[i]);
        if (length < 0) throw NEGATIVE_LENGTH;
      } else if (more && Bytes.is(option, "MINID")) {
        i = threshold(argv, i + 1);
        least = StreamArguments.id(argv[i]);
      } else if (more && Bytes.is(option, "LIMIT")) {
        limit = Arguments.integer(argv[++i]);
        if (limit < 0) throw NEGATIVE_LIMIT;
        limited = true;
      } else if (adds && Bytes.is(option, "NOMKSTREAM")) {
        makes = false;
      } else if (adds) {
        partial = StreamArguments.isTimeOnly(option);
        added = partial ? new StreamId(StreamArguments.time(option), 0) : StreamArguments.id(option);
        break;
      } else {
        throw Errors.SYNTAX;
      }
    }
    idIndex = i;
    id = added;
    timeOnly = partial;
    noMakeStream = !makes;
    check(call, adds, limited);
  }

  /** Reads what may stand before a threshold; returns the threshold's index. */
  private int threshold(byte[][] argv, int at) {
    if (thresholdIndex != 0) throw TWO_STRATEGIES;
    approximate = false;
    if (at + 1 < argv.length) {
      approximate = StreamArguments.is(argv[at], '~');
      if (approximate || StreamArguments.is(argv[at], '=')) at++;
    }
    thresholdIndex = at;
    return at;
  }

  private void check(Call call, boolean adds, boolean limited) {
    if (limit != 0 && thresholdIndex == 0) throw LIMIT_WITHOUT_STRATEGY;
    if (!adds && thresholdIndex == 0) throw NO_STRATEGY;
    if (call.obeys()) {
      limit = 0; // the threshold already is what the limit left, see rewrite
      return;
    }
    if (limited && !approximate) throw LIMIT_WITHOUT_TILDE;
    if (limited || !approximate) return;
    long entries = call.config.streamNodeMaxEntries();
    limit = entries == 0 || entries > Long.MAX_VALUE / LIMIT_NODES ? LIMIT_IF_UNLIMITED
        : Math.min(MOST_LIMIT, LIMIT_NODES * entries);
  }

  /** Trims; returns how many entries were removed. */
  long trim(StreamValue stream) {
    if (thresholdIndex == 0) return 0;
    return least == null ? stream.trimToLength(length, approximate, limit)
        : stream.trimBefore(least, approximate, limit);
  }

  /** Whether {@link #rewrite} is needed. */
  boolean isApproximate() {
    return approximate;
  }

  /**
   * Makes the arguments say what was trimmed exactly, for those who are to do the same.
   *
   * @param argv changed in place
   */
  void rewrite(byte[][] argv, StreamValue stream) {
    argv[thresholdIndex - 1] = EQUALS;
    argv[thresholdIndex] = least == null ? Bytes.of(stream.length()) : stream.firstPackedId().text();
  }
}
