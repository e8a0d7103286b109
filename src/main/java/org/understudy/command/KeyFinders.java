package org.understudy.command;

import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.OW;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeyFlag.UPDATE;

import org.understudy.bytes.Bytes;

/** Key finders of the commands whose key specifications do not tell all. */
public final class KeyFinders {
  private static final int READ = KeyFlag.mask(RO, ACCESS);
  private static final int OVERWRITE = KeyFlag.mask(OW, UPDATE);
  private static final int READ_AND_WRITE = KeyFlag.mask(RW, ACCESS, UPDATE);

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
}
