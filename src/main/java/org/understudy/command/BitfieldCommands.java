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
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeyFlag.VARIABLE_FLAGS;
import static org.understudy.command.KeySpec.at;

import java.util.ArrayList;
import java.util.List;
import org.understudy.bytes.Bits;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Numbers;
import org.understudy.keyspace.Entry;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;

/** BITFIELD: integers of any width at any bit of a string. Behaves as bitops.c of Redis 7.0.15. */
public final class BitfieldCommands {
  private static final CommandError INVALID_TYPE = CommandError.err(
      "Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.");

  private enum Action { GET, SET, INCRBY }

  /** What becomes of a value that is too large or too small for its field. */
  private enum Overflow { WRAP, SAT, FAIL }

  /**
   * One operation of a request.
   *
   * @param operand increment of INCRBY, new value of SET
   */
  private record Step(Action action, boolean signed, int bits, long position, long operand, Overflow overflow) {
    long lastBit() {
      return position + bits - 1;
    }
  }

  private BitfieldCommands() {}

  public static List<CommandSpec> rows() {
    return List.of(
        command("BITFIELD").arity(-2).since("3.2.0").group(BITMAP).complexity("O(1) for each subcommand specified")
            .summary("Perform arbitrary bitfield integer operations on strings")
            .flags(WRITE, DENYOOM)
            .keys(at(1).flags(RW, ACCESS, UPDATE, VARIABLE_FLAGS)
                .notes("This command allows both access and modification of the key"))
            .keysFoundBy(KeyFinders::bitfield)
            .args(key("key"),
                oneOf("operation", block("encoding_offset", string("encoding"), integer("offset")).after("GET"),
                    block("write",
                        oneOf("wrap_sat_fail", token("WRAP"), token("SAT"), token("FAIL")).after("OVERFLOW").optional(),
                        oneOf("write_operation",
                            block("encoding_offset_value", string("encoding"), integer("offset"),
                                integer("value")).after("SET"),
                            block("encoding_offset_increment", string("encoding"), integer("offset"),
                                integer("increment")).after("INCRBY")))).optional().multiple())
            .runs(Place.SHARD, BitfieldCommands::bitfield),
        command("BITFIELD_RO").arity(-2).since("6.0.0").group(BITMAP).complexity("O(1) for each subcommand specified")
            .summary("Perform arbitrary bitfield integer operations on strings. Read-only variant of BITFIELD")
            .flags(READONLY, FAST).keys(at(1).flags(RO, ACCESS))
            .args(key("key"),
                block("encoding_offset", string("encoding"),
                    integer("offset")).after("GET").optional().multiple().multipleToken())
            .runs(Place.SHARD, BitfieldCommands::bitfieldRo));
  }

  static void bitfield(Call call) {
    run(call, steps(call));
  }

  static void bitfieldRo(Call call) {
    List<Step> steps = steps(call);
    if (lastBitWritten(steps) >= 0) throw CommandError.err("BITFIELD_RO only supports the GET subcommand");
    run(call, steps);
  }

  // ---- the request --------------------------------------------------------------------------------------------------

  /**
   * GET type position | SET type position value | INCRBY type position increment | OVERFLOW mode, any number of times.
   */
  private static List<Step> steps(Call call) {
    byte[][] argv = call.argv;
    List<Step> steps = new ArrayList<>();
    Overflow overflow = Overflow.WRAP;
    for (int i = 2; i < argv.length;) {
      int left = argv.length - i - 1;
      if (Bytes.is(argv[i], "OVERFLOW") && left >= 1) {
        overflow = overflow(argv[i + 1]);
        i += 2;
        continue;
      }
      Action action;
      if (Bytes.is(argv[i], "GET") && left >= 2) action = Action.GET;
      else if (Bytes.is(argv[i], "SET") && left >= 3) action = Action.SET;
      else if (Bytes.is(argv[i], "INCRBY") && left >= 3) action = Action.INCRBY;
      else throw Errors.SYNTAX;
      byte[] type = argv[i + 1];
      boolean signed = type.length > 0 && type[0] == 'i';
      int bits = bits(type, signed);
      long position = BitCommands.position(call, argv[i + 2], bits);
      long operand = action == Action.GET ? 0 : Arguments.integer(argv[i + 3]);
      steps.add(new Step(action, signed, bits, position, operand, overflow));
      i += action == Action.GET ? 3 : 4;
    }
    return steps;
  }

  /** Width of a type such as {@code i64} or {@code u8}: at most 64 bits, or 63 if unsigned. */
  private static int bits(byte[] type, boolean signed) {
    if (type.length < 2 || !signed && type[0] != 'u') throw INVALID_TYPE;
    long bits;
    try {
      bits = Numbers.parseLong(type, 1, type.length - 1);
    } catch (NumberFormatException e) {
      throw INVALID_TYPE;
    }
    if (bits < 1 || bits > (signed ? 64 : 63)) throw INVALID_TYPE;
    return (int) bits;
  }

  private static Overflow overflow(byte[] word) {
    for (Overflow mode : Overflow.values()) {
      if (Bytes.is(word, mode.name())) return mode;
    }
    throw CommandError.err("Invalid OVERFLOW type specified");
  }

  /** The highest bit that any step writes, -1 if none writes. */
  private static long lastBitWritten(List<Step> steps) {
    long last = -1;
    for (Step step : steps) {
      if (step.action != Action.GET) last = Math.max(last, step.lastBit());
    }
    return last;
  }

  // ---- execution ----------------------------------------------------------------------------------------------------

  private static void run(Call call, List<Step> steps) {
    byte[] key = call.argv[1];
    Entry entry = call.entry;
    long lastWritten = lastBitWritten(steps);
    boolean writes = lastWritten >= 0;
    boolean there = true;
    boolean grown = false;
    if (writes) {
      grown = BitCommands.makeRoom(call, key, lastWritten);
    } else {
      there = call.find(key);
      if (there) Arguments.requireString(entry);
    }
    call.reply.array(steps.size());
    int changes = 0;
    for (Step step : steps) {
      long old = there ? read(entry, step) : 0;
      if (step.action == Action.GET) {
        call.reply.integer(old);
        continue;
      }
      boolean increment = step.action == Action.INCRBY;
      long base = increment ? old : step.operand;
      long by = increment ? step.operand : 0;
      int excess = step.signed ? signedExcess(base, by, step.bits) : unsignedExcess(base, by, step.bits);
      if (excess != 0 && step.overflow == Overflow.FAIL) {
        call.reply.nullValue();
        continue;
      }
      long value = excess == 0 ? base + by : limited(base + by, excess, step);
      Bits.set(entry.array(), entry.offset(), step.position, step.bits, value);
      call.reply.integer(increment ? value : old);
      if (grown || old != value) changes++;
    }
    if (changes > 0) {
      call.changed(key);
      call.dirty += changes - 1;
      call.notify(NotifyClass.STRING, "setbit", key);
    } else if (grown) {
      // Every write failed, but the string is there or longer now. Redis does not tell its replicas; they would differ.
      call.changed(key);
    }
  }

  private static long read(Entry entry, Step step) {
    long value = Bits.get(entry.array(), entry.offset(), entry.length(), step.position, step.bits);
    return step.signed ? signExtended(value, step.bits) : value;
  }

  private static long signExtended(long value, int bits) {
    return value << 64 - bits >> 64 - bits;
  }

  /** The value of a field that the sum does not fit into. @param excess as {@link #signedExcess} gives it */
  private static long limited(long sum, int excess, Step step) {
    if (step.overflow == Overflow.WRAP) {
      return step.signed ? signExtended(sum, step.bits) : sum & (1L << step.bits) - 1;
    }
    if (step.signed) return excess > 0 ? maxSigned(step.bits) : -maxSigned(step.bits) - 1;
    return excess > 0 ? (1L << step.bits) - 1 : 0;
  }

  private static long maxSigned(int bits) {
    return Long.MAX_VALUE >>> 64 - bits;
  }

  /**
   * Whether value + increment leaves the range: 1 above, -1 below, 0 not. The room above is computed with wrap-around
   * as in the reference implementation, so that a value to be SET which lies more than 2^63 below the maximum counts as
   * above.
   */
  private static int signedExcess(long value, long increment, int bits) {
    long max = maxSigned(bits);
    long min = -max - 1;
    long above = max - value;
    long below = min - value;
    if (value > max || bits != 64 && increment > above || value >= 0 && increment > 0 && increment > above) return 1;
    if (value < min || bits != 64 && increment < below || value < 0 && increment < 0 && increment < below) return -1;
    return 0;
  }

  /** The same for an unsigned field of up to 63 bits; a negative value to be SET counts as a large one. */
  private static int unsignedExcess(long value, long increment, int bits) {
    long max = (1L << bits) - 1;
    if (Long.compareUnsigned(value, max) > 0 || increment > 0 && increment > max - value) return 1;
    return increment < 0 && increment < -value ? -1 : 0;
  }
}
