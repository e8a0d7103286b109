package org.understudy.command;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.DENYOOM;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.BITMAP;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.OW;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeySpec.at;

import java.util.List;
import org.understudy.bytes.Bits;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Numbers;
import org.understudy.keyspace.Encoding;
import org.understudy.keyspace.Entry;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;

/**
 * Commands on strings as strings of bits, except BITFIELD ({@link BitfieldCommands}). Errors, their order and
 * notifications are those of bitops.c of Redis 7.0.15.
 */
public final class BitCommands {
  private static final CommandError INVALID_OFFSET = CommandError.err("bit offset is not an integer or out of range");
  private static final CommandError INVALID_BIT = CommandError.err("bit is not an integer or out of range");
  /** A field of 64 bits that begins in the last of these bytes still fits into an array. */
  private static final int MAX_BYTES = Integer.MAX_VALUE - 32;

  private BitCommands() {}

  public static List<CommandSpec> rows() {
    return List.of(
        command("SETBIT").arity(4).since("2.2.0").group(BITMAP).complexity("O(1)")
            .summary("Sets or clears the bit at offset in the string value stored at key")
            .flags(WRITE, DENYOOM).keys(at(1).flags(RW, ACCESS, UPDATE))
            .args(key("key"), integer("offset"), integer("value"))
            .runs(Place.SHARD, BitCommands::setbit),
        command("GETBIT").arity(3).since("2.2.0").group(BITMAP).complexity("O(1)")
            .summary("Returns the bit value at offset in the string value stored at key")
            .flags(READONLY, FAST).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), integer("offset"))
            .runs(Place.SHARD, BitCommands::getbit),
        command("BITCOUNT").arity(-2).since("2.6.0").group(BITMAP).complexity("O(N)")
            .summary("Count set bits in a string")
            .history("7.0.0", "Added the `BYTE|BIT` option.")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"),
                block("index", integer("start"), integer("end"),
                    oneOf("index_unit", token("BYTE"), token("BIT")).since("7.0.0").optional()).optional())
            .runs(Place.SHARD, BitCommands::bitcount),
        command("BITPOS").arity(-3).since("2.8.7").group(BITMAP).complexity("O(N)")
            .summary("Find first bit set or clear in a string")
            .history("7.0.0", "Added the `BYTE|BIT` option.")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), integer("bit"),
                block("index", integer("start"),
                    block("end_index", integer("end"),
                        oneOf("index_unit", token("BYTE"),
                            token("BIT")).since("7.0.0").optional()).optional()).optional())
            .runs(Place.SHARD, BitCommands::bitpos),
        command("BITOP").arity(-4).since("2.6.0").group(BITMAP).complexity("O(N)")
            .summary("Perform bitwise operations between strings")
            .flags(WRITE, DENYOOM).keys(at(2).flags(OW, UPDATE), at(3).flags(RO, ACCESS).range(-1, 1, 0))
            .args(string("operation"), key("destkey"), key("key", 1).multiple())
            .runs(Place.SHARD, BitCommands::bitop));
  }

  // ---- one bit ------------------------------------------------------------------------------------------------------

  static void setbit(Call call) {
    byte[] key = call.argv[1];
    long position = position(call, call.argv[2], 0);
    long bit = Arguments.integer(call.argv[3], INVALID_BIT);
    if (bit != 0 && bit != 1) throw INVALID_BIT;
    boolean grown = makeRoom(call, key, position);
    Entry entry = call.entry;
    int index = entry.offset() + (int) (position >>> 3);
    int mask = 0x80 >>> (position & 7);
    int old = (entry.array()[index] & mask) == 0 ? 0 : 1;
    if (grown || old != bit) {
      if (bit == 1) entry.array()[index] |= mask;
      else entry.array()[index] &= ~mask;
      call.changed(key);
      call.notify(NotifyClass.STRING, "setbit", key);
    }
    call.reply.integer(old);
  }

  static void getbit(Call call) {
    long position = position(call, call.argv[2], 0);
    long bit = 0;
    if (call.find(call.argv[1])) {
      Entry entry = call.entry;
      Arguments.requireString(entry);
      bit = Bits.get(entry.array(), entry.offset(), entry.length(), position, 1);
    }
    call.reply.integer(bit);
  }

  /**
   * The position of a bit, below 8 * proto-max-bulk-len.
   *
   * @param width if not 0, {@code #n} stands for n times this
   */
  static long position(Call call, byte[] argument, int width) {
    int hash = width > 0 && argument.length > 0 && argument[0] == '#' ? 1 : 0;
    long position;
    try {
      position = Numbers.parseLong(argument, hash, argument.length - hash);
    } catch (NumberFormatException e) {
      throw INVALID_OFFSET;
    }
    if (hash == 1) {
      if (position < 0 || position > Long.MAX_VALUE / width) throw INVALID_OFFSET;
      position *= width;
    }
    if (position < 0 || position >>> 3 >= Math.min(call.mostStringBytes(), MAX_BYTES)) throw INVALID_OFFSET;
    return position;
  }

  /**
   * Makes the string at a key writable, in {@link Call#entry}, and long enough for a bit; creates it if it is absent.
   *
   * @return whether it was created or became longer
   */
  static boolean makeRoom(Call call, byte[] key, long position) {
    int needed = (int) (position >>> 3) + 1;
    boolean grown = true;
    if (call.findForWrite(key)) {
      Arguments.requireString(call.entry);
      grown = call.entry.length() < needed;
    }
    call.db.edit(key, needed, call.entry);
    return grown;
  }

  // ---- ranges of bits -----------------------------------------------------------------------------------------------

  /** BITCOUNT key [start end [BYTE | BIT]] */
  static void bitcount(Call call) {
    byte[][] argv = call.argv;
    if (!call.find(argv[1])) {
      call.reply.integer(0);
      return;
    }
    Entry entry = call.entry;
    Arguments.requireString(entry);
    if (argv.length != 2 && argv.length != 4 && argv.length != 5) throw Errors.SYNTAX;
    long first = 0;
    long last = entry.length() * 8L - 1;
    if (argv.length > 2) {
      long start = Arguments.integer(argv[2]);
      long end = Arguments.integer(argv[3]);
      if (start < 0 && end < 0 && start > end) { // before the unit is looked at
        call.reply.integer(0);
        return;
      }
      int unit = argv.length == 5 ? unit(argv[4]) : 8;
      long units = entry.length() * 8L / unit;
      first = fromStart(start, units) * unit;
      last = (Math.min(fromStart(end, units), units - 1) + 1) * unit - 1;
    }
    call.reply.integer(first > last ? 0 : Bits.count(entry.array(), entry.offset(), first, last));
  }

  /** BITPOS key bit [start [end [BYTE | BIT]]] */
  static void bitpos(Call call) {
    byte[][] argv = call.argv;
    long bit = Arguments.integer(argv[2]);
    if (bit != 0 && bit != 1) throw CommandError.err("The bit argument must be 1 or 0.");
    if (!call.find(argv[1])) {
      call.reply.integer(bit == 1 ? -1 : 0);
      return;
    }
    Entry entry = call.entry;
    Arguments.requireString(entry);
    if (argv.length > 6) throw Errors.SYNTAX;
    long bits = entry.length() * 8L;
    long first = 0;
    long last = bits - 1;
    if (argv.length > 3) {
      long start = Arguments.integer(argv[3]);
      int unit = argv.length == 6 ? unit(argv[5]) : 8;
      long end = argv.length > 4 ? Arguments.integer(argv[4]) : Long.MAX_VALUE;
      long units = bits / unit;
      first = fromStart(start, units) * unit;
      last = (Math.min(fromStart(end, units), units - 1) + 1) * unit - 1;
    }
    if (first > last) {
      call.reply.integer(-1);
      return;
    }
    long found = Bits.find(entry.array(), entry.offset(), first, last, bit == 1);
    // without an explicit end the string counts as followed by zeros
    if (found < 0 && bit == 0 && argv.length <= 4) found = bits;
    call.reply.integer(found);
  }

  /** Bits in a unit. */
  private static int unit(byte[] word) {
    if (Bytes.is(word, "BIT")) return 1;
    if (Bytes.is(word, "BYTE")) return 8;
    throw Errors.SYNTAX;
  }

  /**
   * An index from the start, 0 if it is before it; a negative one counts from the end. One far behind the end becomes
   * the length, so that it can be multiplied.
   */
  private static long fromStart(long index, long length) {
    if (index < 0) return Math.max(0, length + index);
    return Math.min(index, length);
  }

  // ---- several strings ----------------------------------------------------------------------------------------------

  private enum Operation { AND, OR, XOR, NOT }

  /** BITOP operation destkey key [key ...]: shorter strings count as followed by zeros. */
  static void bitop(Call call) {
    byte[][] argv = call.argv;
    Operation operation = operation(argv[1]);
    if (operation == Operation.NOT && argv.length != 4) {
      throw CommandError.err("BITOP NOT must be called with a single source key.");
    }
    int sources = argv.length - 3;
    byte[][] arrays = new byte[sources][];
    int[] offsets = new int[sources];
    int[] lengths = new int[sources];
    int longest = 0;
    for (int i = 0; i < sources; i++) {
      if (!call.find(argv[3 + i])) continue;
      Arguments.requireString(call.entry);
      arrays[i] = call.entry.array();
      offsets[i] = call.entry.offset();
      lengths[i] = call.entry.length();
      longest = Math.max(longest, lengths[i]);
    }
    byte[] target = argv[2];
    if (longest == 0) {
      KeyCommands.deleteTarget(call, target);
      call.reply.integer(0);
      return;
    }
    byte[] result = new byte[longest];
    if (arrays[0] != null) System.arraycopy(arrays[0], offsets[0], result, 0, lengths[0]);
    if (operation == Operation.NOT) Bits.not(result);
    for (int i = 1; i < sources; i++) {
      switch (operation) {
        case AND -> Bits.and(result, arrays[i], offsets[i], lengths[i]);
        case OR -> Bits.or(result, arrays[i], offsets[i], lengths[i]);
        default -> Bits.xor(result, arrays[i], offsets[i], lengths[i]);
      }
    }
    // never an integer, as OBJECT ENCODING shows, even if it looks like one; a long one is kept without a copy
    if (longest > Encoding.EMBSTR_MAX_BYTES) call.db.setString(target, result, Entry.NO_EXPIRE);
    else call.db.setString(target, result, 0, longest, Encoding.RAW, Entry.NO_EXPIRE);
    call.changed(target);
    call.notify(NotifyClass.STRING, "set", target);
    call.reply.integer(longest);
  }

  private static Operation operation(byte[] word) {
    for (Operation operation : Operation.values()) {
      if (Bytes.is(word, operation.name())) return operation;
    }
    throw Errors.SYNTAX;
  }
}
