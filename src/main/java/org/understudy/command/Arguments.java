package org.understudy.command;

import org.understudy.bytes.Doubles;
import org.understudy.bytes.LongDouble;
import org.understudy.bytes.Numbers;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Entry;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;

/**
 * Reading of arguments that handlers of all families share, with Redis's errors. Everything that is not right throws a
 * {@link CommandError}.
 */
public final class Arguments {
  private static final CommandError TIMEOUT_NOT_A_FLOAT = CommandError.err("timeout is not a float or out of range");
  private static final CommandError TIMEOUT_NOT_AN_INTEGER =
      CommandError.err("timeout is not an integer or out of range");
  private static final CommandError TIMEOUT_NEGATIVE = CommandError.err("timeout is negative");
  private static final double LONG_LIMIT = 0x1p63;
  /** The longest array that every JVM can make. */
  private static final long MAX_ARRAY_LENGTH = Integer.MAX_VALUE - 16;

  private Arguments() {}

  // ---- numbers ------------------------------------------------------------------------------------------------------

  /** A 64-bit number in canonical form. */
  public static long integer(byte[] argument) {
    return integer(argument, Errors.NOT_AN_INTEGER);
  }

  public static long integer(byte[] argument, CommandError otherwise) {
    try {
      return Numbers.parseLong(argument);
    } catch (NumberFormatException e) {
      throw otherwise;
    }
  }

  /** A number from {@code least} to {@code most}, both inclusive. */
  public static long integer(byte[] argument, long least, long most) {
    long value = integer(argument);
    if (value < least || value > most) throw Errors.outOfRange(least, most);
    return value;
  }

  /** A number from 0. */
  public static long notNegative(byte[] argument, CommandError otherwise) {
    long value = integer(argument, otherwise);
    if (value < 0) throw otherwise;
    return value;
  }

  /** A number of 32 bits. */
  public static int int32(byte[] argument) {
    return (int) integer(argument, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** A finite or infinite double; NaN is none. */
  public static double real(byte[] argument) {
    return real(argument, Errors.NOT_A_FLOAT);
  }

  public static double real(byte[] argument, CommandError otherwise) {
    double value = Doubles.parse(argument);
    if (Double.isNaN(value)) throw otherwise;
    return value;
  }

  /**
   * The text of the sum of two numbers, computed and printed as Redis does with long doubles.
   *
   * @param notAFloat thrown if {@code value} is none; that {@code increment} is none has the usual error
   */
  public static byte[] sumOfFloats(byte[] value, byte[] increment, CommandError notAFloat) {
    byte[] simple = LongDouble.simpleSum(value, increment);
    if (simple != null) return simple;
    LongDouble b = LongDouble.parse(increment);
    if (b == null) throw Errors.NOT_A_FLOAT;
    LongDouble a = LongDouble.parse(value);
    if (a == null) throw notAFloat;
    LongDouble sum = a.plus(b);
    if (!sum.isFinite()) throw Errors.WOULD_BE_INFINITE;
    return sum.toText();
  }

  // ---- times --------------------------------------------------------------------------------------------------------

  /**
   * The expiry of SET, SETEX, GETEX and the like as Unix time in milliseconds: positive, checked for overflow.
   *
   * @param seconds unit of the argument, else milliseconds
   * @param relative to now, else Unix time
   */
  public static long expireAt(Call call, byte[] argument, boolean seconds, boolean relative) {
    long at = integer(argument);
    if (at <= 0 || seconds && at > Long.MAX_VALUE / 1000) throw Errors.invalidExpireTime(call.spec.fullName);
    if (seconds) at *= 1000;
    if (relative) at += call.nowMillis;
    if (at <= 0) throw Errors.invalidExpireTime(call.spec.fullName);
    return at;
  }

  /** How long a blocking command waits: seconds with a fraction. In milliseconds, rounded up; 0 is forever. */
  public static long timeoutOfSeconds(byte[] argument) {
    double seconds = Doubles.parse(argument);
    if (Double.isNaN(seconds) && LongDouble.parse(argument) == null) throw TIMEOUT_NOT_A_FLOAT;
    double millis = Math.ceil(seconds * 1000);
    if (!(millis >= 0 && millis < LONG_LIMIT)) throw TIMEOUT_NEGATIVE; // too large a one wraps around there
    return (long) millis;
  }

  /** The same for a whole number of milliseconds. */
  public static long timeoutOfMillis(byte[] argument) {
    long millis = integer(argument, TIMEOUT_NOT_AN_INTEGER);
    if (millis < 0) throw TIMEOUT_NEGATIVE;
    return millis;
  }

  // ---- keys and cursors ---------------------------------------------------------------------------------------------

  /** The database with that index. */
  public static Database database(Call call, byte[] argument) {
    int index = int32(argument);
    if (index < 0 || index >= call.keyspace.databases()) throw Errors.DB_INDEX_OUT_OF_RANGE;
    return call.keyspace.database(index);
  }

  /** For an entry that must be a string. */
  public static void requireString(Entry entry) {
    if (!entry.isString()) throw Errors.WRONG_TYPE;
  }

  /**
   * For a string that is to become {@code total} bytes long.
   *
   * @return the same as int; {@code proto-max-bulk-len}, and in any case what an array can hold, is not exceeded
   */
  public static int stringLength(Call call, long total) {
    if (total < 0 || total > call.mostStringBytes() || total > MAX_ARRAY_LENGTH) throw Errors.STRING_TOO_LONG;
    return (int) total;
  }

  /**
   * The cursor of a SCAN: unsigned, 64 bits, in whatever form strtoul takes (signs, leading zeros, and nothing at all
   * for 0), but without spaces before it.
   */
  public static long cursor(byte[] argument) {
    int i = 0;
    boolean signed = argument.length > 0 && (argument[0] == '-' || argument[0] == '+');
    if (signed) i++;
    if (i == argument.length) {
      if (signed) throw Errors.INVALID_CURSOR;
      return 0;
    }
    long value = 0;
    for (; i < argument.length; i++) {
      int digit = argument[i] - '0';
      if (digit < 0 || digit > 9) throw Errors.INVALID_CURSOR;
      if (Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, 10)) > 0) throw Errors.INVALID_CURSOR;
      value = value * 10 + digit;
    }
    return argument[0] == '-' ? -value : value;
  }
}
