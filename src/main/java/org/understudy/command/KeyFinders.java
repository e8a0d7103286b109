package org.understudy.command;

import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.DELETE;
import static org.understudy.command.KeyFlag.OW;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeyFlag.UPDATE;

import org.understudy.bytes.Bytes;

/**
 * Key finders of the commands whose key specifications do not tell all, and of those whose specifications give up on
 * arguments in which keys can still be found: these name positions without flags, as Redis does.
 */
public final class KeyFinders {
  private static final int READ = KeyFlag.mask(RO, ACCESS);
  private static final int OVERWRITE = KeyFlag.mask(OW, UPDATE);
  private static final int READ_AND_WRITE = KeyFlag.mask(RW, ACCESS, UPDATE);
  private static final int TAKE_AWAY = KeyFlag.mask(RW, ACCESS, DELETE);
  private static final int NO_FLAGS = 0;

  private KeyFinders() {}

  /** SET reads its key too if it has the option GET. */
  public static boolean set(byte[][] argv, KeyPositions into) {
    boolean reads = false;
    for (int i = 3; i < argv.length && !reads; i++) reads = Bytes.is(argv[i], "GET");
    into.add(1, reads ? READ_AND_WRITE : OVERWRITE);
    return true;
  }

  /** BITFIELD writes unless all that it is asked for is GET. */
  public static boolean bitfield(byte[][] argv, KeyPositions into) {
    into.add(1, onlyGets(argv) ? READ : READ_AND_WRITE);
    return true;
  }

  private static boolean onlyGets(byte[][] argv) {
    int i = 2;
    while (i < argv.length) {
      int operands = Bytes.is(argv[i], "GET") ? 2 : Bytes.is(argv[i], "OVERFLOW") ? 1 : -1;
      if (operands < 0 || i + operands >= argv.length) return false;
      i += operands + 1;
    }
    return true;
  }

  /** The number of keys is an argument, and the keys follow it (ZUNION, LMPOP, EVAL …). */
  public static KeyFinder counted(int countIndex) {
    return (argv, into) -> addCounted(countIndex, argv, into);
  }

  /** A key to store at, the number of keys, the keys (ZUNIONSTORE …). The stored key comes last. */
  public static boolean storedAndCounted(byte[][] argv, KeyPositions into) {
    if (!addCounted(2, argv, into)) return false;
    into.add(1, NO_FLAGS);
    return true;
  }

  private static boolean addCounted(int countIndex, byte[][] argv, KeyPositions into) {
    int first = countIndex + 1;
    int count = leadingInt(argv[countIndex]);
    if (count < 1 || count > argv.length - first) return false;
    for (int i = 0; i < count; i++) into.add(first + i, NO_FLAGS);
    return true;
  }

  /** The number that the text begins with, as atoi of C reads it: 0 if there is none, anything may follow. */
  private static int leadingInt(byte[] text) {
    int i = 0;
    while (i < text.length && (text[i] == ' ' || text[i] >= '\t' && text[i] <= '\r')) i++;
    boolean negative = i < text.length && text[i] == '-';
    if (negative || i < text.length && text[i] == '+') i++;
    long value = 0;
    for (; i < text.length && text[i] >= '0' && text[i] <= '9'; i++) {
      if (value > (Long.MAX_VALUE - 9) / 10) return negative ? 0 : -1; // the lower half of the nearest 64-bit number
      value = value * 10 + text[i] - '0';
    }
    return (int) (negative ? -value : value);
  }

  /** SORT stores at what follows the last STORE that is not itself the argument of another option. */
  public static boolean sort(byte[][] argv, KeyPositions into) {
    into.add(1, READ);
    int stored = -1;
    for (int i = 2; i < argv.length; i++) {
      if (Bytes.is(argv[i], "LIMIT")) i += 2;
      else if (Bytes.is(argv[i], "GET") || Bytes.is(argv[i], "BY")) i++;
      else if (Bytes.is(argv[i], "STORE") && i + 1 < argv.length) stored = i + 1;
    }
    if (stored > 0) into.add(stored, OVERWRITE);
    return true;
  }

  /** SORT_RO names one key; patterns may lead to others. */
  public static boolean sortReadOnly(byte[][] argv, KeyPositions into) {
    into.add(1, READ);
    return true;
  }

  /** GEORADIUS and GEORADIUSBYMEMBER store at what follows the last STORE or STOREDIST. */
  public static boolean georadius(byte[][] argv, KeyPositions into) {
    into.add(1, NO_FLAGS);
    int stored = -1;
    for (int i = 5; i + 1 < argv.length; i++) {
      if (Bytes.is(argv[i], "STORE") || Bytes.is(argv[i], "STOREDIST")) stored = ++i;
    }
    if (stored > 0) into.add(stored, NO_FLAGS);
    return true;
  }

  /** XREAD and XREADGROUP: the first half of what follows STREAMS, if only options come before it. */
  public static boolean xread(byte[][] argv, KeyPositions into) {
    int i = 1;
    while (i < argv.length && !Bytes.is(argv[i], "STREAMS")) {
      int operands = operandsOfXread(argv[i]);
      if (operands < 0) return false;
      i += operands + 1;
    }
    int rest = argv.length - i - 1;
    if (rest <= 0 || rest % 2 != 0) return false;
    for (int k = 1; k <= rest / 2; k++) into.add(i + k, NO_FLAGS);
    return true;
  }

  private static int operandsOfXread(byte[] option) {
    if (Bytes.is(option, "BLOCK") || Bytes.is(option, "COUNT")) return 1;
    if (Bytes.is(option, "GROUP")) return 2;
    return Bytes.is(option, "NOACK") ? 0 : -1;
  }

  /** MIGRATE: its third argument, or if that is empty all that follow KEYS. */
  public static boolean migrate(byte[][] argv, KeyPositions into) {
    for (int i = 6; i < argv.length; i++) {
      if (Bytes.is(argv[i], "KEYS")) {
        if (argv[3].length > 0) return false;
        for (int k = i + 1; k < argv.length; k++) into.add(k, TAKE_AWAY);
        return true;
      }
      if (Bytes.is(argv[i], "AUTH")) i++;
      else if (Bytes.is(argv[i], "AUTH2")) i += 2;
    }
    into.add(3, TAKE_AWAY);
    return true;
  }
}
