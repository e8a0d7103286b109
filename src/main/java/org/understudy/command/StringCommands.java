package org.understudy.command;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.floating;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.Arg.unixTime;
import static org.understudy.command.CommandFlag.DENYOOM;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.STRING;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.DELETE;
import static org.understudy.command.KeyFlag.INSERT;
import static org.understudy.command.KeyFlag.OW;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeyFlag.VARIABLE_FLAGS;
import static org.understudy.command.KeySpec.at;

import java.util.ArrayList;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Loans;
import org.understudy.bytes.Numbers;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Encoding;
import org.understudy.keyspace.Entry;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/**
 * Commands on strings. Errors, their order, notifications and what is propagated instead of the command are those of
 * t_string.c of Redis 7.0.15.
 */
public final class StringCommands {
  static final byte[] EFFECT_SET = Bytes.of("SET");
  private static final byte[] EFFECT_PXAT = Bytes.of("PXAT");
  private static final byte[] EFFECT_KEEPTTL = Bytes.of("KEEPTTL");
  private static final byte[] ZERO = Bytes.of("0");

  private StringCommands() {}

  public static List<CommandSpec> rows() {
    return List.of(
        command("GET").arity(2).since("1.0.0").group(STRING).complexity("O(1)")
            .summary("Get the value of a key")
            .flags(READONLY, FAST).keys(at(1).flags(RO, ACCESS))
            .args(key("key"))
            .runs(Place.SHARD, StringCommands::get),
        command("SET").arity(-3).since("1.0.0").group(STRING).complexity("O(1)")
            .summary("Set the string value of a key")
            .history("2.6.12", "Added the `EX`, `PX`, `NX` and `XX` options.")
            .history("6.0.0", "Added the `KEEPTTL` option.")
            .history("6.2.0", "Added the `GET`, `EXAT` and `PXAT` option.")
            .history("7.0.0", "Allowed the `NX` and `GET` options to be used together.")
            .flags(WRITE, DENYOOM)
            .keys(at(1).flags(RW, ACCESS, UPDATE, VARIABLE_FLAGS)
                .notes("RW and ACCESS due to the optional `GET` argument"))
            .keysFoundBy(KeyFinders::set)
            .args(key("key"), string("value"), oneOf("condition", token("NX"), token("XX")).since("2.6.12").optional(),
                token("GET").since("6.2.0").optional(),
                oneOf("expiration", integer("seconds").after("EX").since("2.6.12"),
                    integer("milliseconds").after("PX").since("2.6.12"),
                    unixTime("unix-time-seconds").after("EXAT").since("6.2.0"),
                    unixTime("unix-time-milliseconds").after("PXAT").since("6.2.0"),
                    token("KEEPTTL").since("6.0.0")).optional())
            .runs(Place.SHARD, StringCommands::set),
        command("SETNX").arity(3).since("1.0.0").group(STRING).complexity("O(1)")
            .summary("Set the value of a key, only if the key does not exist")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(OW, INSERT))
            .args(key("key"), string("value"))
            .runs(Place.SHARD, StringCommands::setnx),
        command("SETEX").arity(4).since("2.0.0").group(STRING).complexity("O(1)")
            .summary("Set the value and expiration of a key")
            .flags(WRITE, DENYOOM).keys(at(1).flags(OW, UPDATE))
            .args(key("key"), integer("seconds"), string("value"))
            .runs(Place.SHARD, StringCommands::setex),
        command("PSETEX").arity(4).since("2.6.0").group(STRING).complexity("O(1)")
            .summary("Set the value and expiration in milliseconds of a key")
            .flags(WRITE, DENYOOM).keys(at(1).flags(OW, UPDATE))
            .args(key("key"), integer("milliseconds"), string("value"))
            .runs(Place.SHARD, StringCommands::psetex),
        command("GETSET").arity(3).since("1.0.0").group(STRING).complexity("O(1)")
            .summary("Set the string value of a key and return its old value")
            .deprecated("6.2.0", "`SET` with the `!GET` argument")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, ACCESS, UPDATE))
            .args(key("key"), string("value"))
            .runs(Place.SHARD, StringCommands::getset),
        command("GETDEL").arity(2).since("6.2.0").group(STRING).complexity("O(1)")
            .summary("Get the value of a key and delete the key")
            .flags(WRITE, FAST).keys(at(1).flags(RW, ACCESS, DELETE))
            .args(key("key"))
            .runs(Place.SHARD, StringCommands::getdel),
        command("GETEX").arity(-2).since("6.2.0").group(STRING).complexity("O(1)")
            .summary("Get the value of a key and optionally set its expiration")
            .flags(WRITE, FAST).keys(at(1).flags(RW, ACCESS, UPDATE).notes("RW and UPDATE because it changes the TTL"))
            .args(key("key"),
                oneOf("expiration", integer("seconds").after("EX"), integer("milliseconds").after("PX"),
                    unixTime("unix-time-seconds").after("EXAT"), unixTime("unix-time-milliseconds").after("PXAT"),
                    token("PERSIST")).optional())
            .runs(Place.SHARD, StringCommands::getex),
        command("MGET").arity(-2).since("1.0.0").group(STRING)
            .complexity("O(N) where N is the number of keys to retrieve.")
            .summary("Get the values of all the given keys")
            .flags(READONLY, FAST).tips("request_policy:multi_shard").keys(at(1).flags(RO, ACCESS).range(-1, 1, 0))
            .args(key("key").multiple())
            .runs(Place.SHARD, StringCommands::mget),
        command("MSET").arity(-3).since("1.0.1").group(STRING).complexity("O(N) where N is the number of keys to set.")
            .summary("Set multiple keys to multiple values")
            .flags(WRITE, DENYOOM).tips("request_policy:multi_shard", "response_policy:all_succeeded")
            .keys(at(1).flags(OW, UPDATE).range(-1, 2, 0))
            .args(block("key_value", key("key"), string("value")).multiple())
            .runs(Place.SHARD, StringCommands::mset),
        command("MSETNX").arity(-3).since("1.0.1").group(STRING)
            .complexity("O(N) where N is the number of keys to set.")
            .summary("Set multiple keys to multiple values, only if none of the keys exist")
            .flags(WRITE, DENYOOM).tips("request_policy:multi_shard", "response_policy:agg_min")
            .keys(at(1).flags(OW, INSERT).range(-1, 2, 0))
            .args(block("key_value", key("key"), string("value")).multiple())
            .runs(Place.SHARD, StringCommands::msetnx),
        command("STRLEN").arity(2).since("2.2.0").group(STRING).complexity("O(1)")
            .summary("Get the length of the value stored in a key")
            .flags(READONLY, FAST).keys(at(1).flags(RO))
            .args(key("key"))
            .runs(Place.SHARD, StringCommands::strlen),
        command("APPEND").arity(3).since("2.0.0").group(STRING)
            .complexity("O(1). The amortized time complexity is O(1) assuming the appended value is small and the "
                + "already present value is of any size, since the dynamic string library used by Redis will "
                + "double the free space available on every reallocation.")
            .summary("Append a value to a key")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, INSERT))
            .args(key("key"), string("value"))
            .runs(Place.SHARD, StringCommands::append),
        command("SETRANGE").arity(4).since("2.2.0").group(STRING)
            .complexity("O(1), not counting the time taken to copy the new string in place. Usually, this string is "
                + "very small so the amortized complexity is O(1). Otherwise, complexity is O(M) with M being "
                + "the length of the value argument.")
            .summary("Overwrite part of a string at key starting at the specified offset")
            .flags(WRITE, DENYOOM).keys(at(1).flags(RW, UPDATE))
            .args(key("key"), integer("offset"), string("value"))
            .runs(Place.SHARD, StringCommands::setrange),
        command("GETRANGE").arity(4).since("2.4.0").group(STRING)
            .complexity("O(N) where N is the length of the returned string. The complexity is ultimately determined "
                + "by the returned length, but because creating a substring from an existing string is very "
                + "cheap, it can be considered O(1) for small strings.")
            .summary("Get a substring of the string stored at a key")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), integer("start"), integer("end"))
            .runs(Place.SHARD, StringCommands::getrange),
        command("SUBSTR").arity(4).since("1.0.0").group(STRING)
            .complexity("O(N) where N is the length of the returned string. The complexity is ultimately determined "
                + "by the returned length, but because creating a substring from an existing string is very "
                + "cheap, it can be considered O(1) for small strings.")
            .summary("Get a substring of the string stored at a key")
            .deprecated("2.0.0", "`GETRANGE`")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), integer("start"), integer("end"))
            .runs(Place.SHARD, StringCommands::getrange),
        command("INCR").arity(2).since("1.0.0").group(STRING).complexity("O(1)")
            .summary("Increment the integer value of a key by one")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, ACCESS, UPDATE))
            .args(key("key"))
            .runs(Place.SHARD, StringCommands::incr),
        command("DECR").arity(2).since("1.0.0").group(STRING).complexity("O(1)")
            .summary("Decrement the integer value of a key by one")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, ACCESS, UPDATE))
            .args(key("key"))
            .runs(Place.SHARD, StringCommands::decr),
        command("INCRBY").arity(3).since("1.0.0").group(STRING).complexity("O(1)")
            .summary("Increment the integer value of a key by the given amount")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, ACCESS, UPDATE))
            .args(key("key"), integer("increment"))
            .runs(Place.SHARD, StringCommands::incrby),
        command("DECRBY").arity(3).since("1.0.0").group(STRING).complexity("O(1)")
            .summary("Decrement the integer value of a key by the given number")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, ACCESS, UPDATE))
            .args(key("key"), integer("decrement"))
            .runs(Place.SHARD, StringCommands::decrby),
        command("INCRBYFLOAT").arity(3).since("2.6.0").group(STRING).complexity("O(1)")
            .summary("Increment the float value of a key by the given amount")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, ACCESS, UPDATE))
            .args(key("key"), floating("increment"))
            .runs(Place.SHARD, StringCommands::incrbyfloat),
        command("LCS").arity(-3).since("7.0.0").group(STRING)
            .complexity("O(N*M) where N and M are the lengths of s1 and s2, respectively")
            .summary("Find longest common substring")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS).range(1, 1, 0))
            .args(key("key1"), key("key2"), token("LEN").optional(), token("IDX").optional(),
                integer("len").after("MINMATCHLEN").optional(), token("WITHMATCHLEN").optional())
            .runs(Place.SHARD, LcsCommand::lcs));
  }

  // ---- reading ------------------------------------------------------------------------------------------------------

  static void get(Call call) {
    replyValue(call);
  }

  /** Replies with the string at the first key, or a null. False if there is none. */
  private static boolean replyValue(Call call) {
    if (!call.find(call.argv[1])) {
      call.reply.nullValue();
      return false;
    }
    Arguments.requireString(call.entry);
    reply(call, call.entry.offset(), call.entry.length());
    return true;
  }

  /** Replies with a part of the entry's array: by reference if it is large. */
  private static void reply(Call call, int offset, int length) {
    Loans loans = length >= ReplyBuffer.LEND_FROM_BYTES ? call.entry.loans() : null;
    if (loans != null) call.reply.lend(call.entry.array(), offset, length, loans);
    else call.reply.bulk(call.entry.array(), offset, length);
  }

  static void mget(Call call) {
    call.reply.array(call.argv.length - 1);
    for (int i = 1; i < call.argv.length; i++) {
      if (call.find(call.argv[i]) && call.entry.isString()) reply(call, call.entry.offset(), call.entry.length());
      else call.reply.nullValue();
    }
  }

  static void strlen(Call call) {
    if (!call.find(call.argv[1])) {
      call.reply.integer(0);
      return;
    }
    Arguments.requireString(call.entry);
    call.reply.integer(call.entry.length());
  }

  /** GETRANGE and SUBSTR: both ends inclusive, negative ones count from the end. */
  static void getrange(Call call) {
    long start = Arguments.integer(call.argv[2]);
    long end = Arguments.integer(call.argv[3]);
    if (!call.find(call.argv[1])) {
      call.reply.bulk(Bytes.EMPTY);
      return;
    }
    Arguments.requireString(call.entry);
    int length = call.entry.length();
    boolean backwards = start < 0 && end < 0 && start > end;
    if (start < 0) start = Math.max(0, length + start);
    if (end < 0) end = Math.max(0, length + end);
    end = Math.min(end, length - 1);
    if (backwards || start > end) call.reply.bulk(Bytes.EMPTY);
    else reply(call, call.entry.offset() + (int) start, (int) (end - start) + 1);
  }

  // ---- setting ------------------------------------------------------------------------------------------------------

  // Options of SET and GETEX.
  private static final int NX = 1;
  private static final int XX = 1 << 1;
  private static final int GET = 1 << 2;
  private static final int KEEPTTL = 1 << 3;
  private static final int PERSIST = 1 << 4;
  private static final int EX = 1 << 5;
  private static final int PX = 1 << 6;
  private static final int EXAT = 1 << 7;
  private static final int PXAT = 1 << 8;
  private static final int TIMES = EX | PX | EXAT | PXAT;
  private static final int SECONDS = EX | EXAT;
  private static final int RELATIVE = EX | PX;

  static void set(Call call) {
    byte[][] argv = call.argv;
    if (argv.length == 3) {
      put(call, argv[1], argv[2], Entry.NO_EXPIRE);
      call.reply.ok();
      return;
    }
    int options = 0;
    byte[] time = null;
    for (int i = 3; i < argv.length; i++) {
      int option = option(argv, i, options, NX | XX | GET | KEEPTTL | TIMES);
      options |= option;
      if ((option & TIMES) != 0) time = argv[++i];
    }
    boolean done = setIf(call, options, argv[2], time);
    if ((options & GET) != 0) return; // the old value is the reply
    if (done) call.reply.ok();
    else call.reply.nullValue();
  }

  static void setnx(Call call) {
    call.reply.integer(setIf(call, NX, call.argv[2], null));
  }

  static void setex(Call call) {
    setIf(call, EX, call.argv[3], call.argv[2]);
    call.reply.ok();
  }

  static void psetex(Call call) {
    setIf(call, PX, call.argv[3], call.argv[2]);
    call.reply.ok();
  }

  /**
   * The common part of the SET family. Replies only if GET is among the options: with the old value.
   *
   * @param time argument of the option in {@link #TIMES}, null if there is none
   * @return false if NX or XX was not fulfilled
   */
  private static boolean setIf(Call call, int options, byte[] value, byte[] time) {
    byte[] key = call.argv[1];
    long expireAt = (options & KEEPTTL) != 0 ? Database.KEEP_EXPIRE : Entry.NO_EXPIRE;
    if (time != null) expireAt = Arguments.expireAt(call, time, (options & SECONDS) != 0, (options & RELATIVE) != 0);
    if ((options & GET) != 0) replyValue(call);
    if ((options & (NX | XX)) != 0 && call.findForWrite(key) != ((options & XX) != 0)) return false;
    put(call, key, value, expireAt);
    if (time != null) {
      call.effect(EFFECT_SET, key, value, EFFECT_PXAT, Bytes.of(expireAt));
      call.notify(NotifyClass.GENERIC, "expire", key);
    } else if ((options & GET) != 0) {
      call.effect(withoutGet(call.argv));
    }
    return true;
  }

  /** What replicas need of a SET with GET: the word may stand there several times. */
  private static byte[][] withoutGet(byte[][] argv) {
    List<byte[]> kept = new ArrayList<>(argv.length);
    for (int i = 0; i < argv.length; i++) {
      if (i < 3 || !Bytes.is(argv[i], "GET")) kept.add(argv[i]);
    }
    return kept.toArray(new byte[0][]);
  }

  private static void put(Call call, byte[] key, byte[] value, long expireAt) {
    call.db.setString(key, value, expireAt);
    call.changed(key);
    call.notify(NotifyClass.STRING, "set", key);
  }

  /**
   * The option that an argument names. A syntax error unless it is among those allowed, gets along with those given
   * before, and is followed by a time if it needs one. The same option may be repeated; the last one counts.
   */
  private static int option(byte[][] argv, int index, int given, int allowed) {
    int option = named(argv[index]) & allowed;
    int contrary = switch (option) {
      case NX -> XX;
      case XX -> NX;
      case GET -> 0;
      case KEEPTTL, PERSIST, EX, PX, EXAT, PXAT -> (KEEPTTL | PERSIST | TIMES) & ~option;
      default -> throw Errors.SYNTAX;
    };
    if ((given & contrary) != 0 || (option & TIMES) != 0 && index == argv.length - 1) throw Errors.SYNTAX;
    return option;
  }

  private static int named(byte[] word) {
    switch (word.length) {
      case 2:
        if (Bytes.is(word, "EX")) return EX;
        if (Bytes.is(word, "PX")) return PX;
        if (Bytes.is(word, "NX")) return NX;
        return Bytes.is(word, "XX") ? XX : 0;
      case 3:
        return Bytes.is(word, "GET") ? GET : 0;
      case 4:
        if (Bytes.is(word, "EXAT")) return EXAT;
        return Bytes.is(word, "PXAT") ? PXAT : 0;
      case 7:
        if (Bytes.is(word, "KEEPTTL")) return KEEPTTL;
        return Bytes.is(word, "PERSIST") ? PERSIST : 0;
      default:
        return 0;
    }
  }

  static void getset(Call call) {
    replyValue(call);
    put(call, call.argv[1], call.argv[2], Entry.NO_EXPIRE);
    call.effect(EFFECT_SET, call.argv[1], call.argv[2]);
  }

  static void getdel(Call call) {
    replyValue(call);
    boolean lazily = call.config.lazyfreeLazyUserDel();
    // a writable replica's expired key reads as absent, but goes all the same
    boolean deleted = KeyCommands.delete(call, call.argv[1], lazily);
    if (deleted) call.effect(KeyCommands.deletion(lazily), call.argv[1]);
  }

  /** GETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST] */
  static void getex(Call call) {
    byte[][] argv = call.argv;
    byte[] key = argv[1];
    int options = 0;
    byte[] time = null;
    for (int i = 2; i < argv.length; i++) {
      int option = option(argv, i, options, PERSIST | TIMES);
      options |= option;
      if ((option & TIMES) != 0) time = argv[++i];
    }
    if (!call.find(key)) {
      call.reply.nullValue();
      return;
    }
    Arguments.requireString(call.entry);
    long at = time == null ? 0 : Arguments.expireAt(call, time, (options & SECONDS) != 0, (options & RELATIVE) != 0);
    reply(call, call.entry.offset(), call.entry.length());
    if ((options & (EXAT | PXAT)) != 0 && ExpiryCommands.isPast(call, at)) {
      ExpiryCommands.deleteExpired(call, key);
    } else if (time != null) {
      call.db.expireAt(key, at);
      call.changed(key);
      call.effect(ExpiryCommands.EFFECT_PEXPIREAT, key, Bytes.of(at));
      call.notify(NotifyClass.GENERIC, "expire", key);
    } else if ((options & PERSIST) != 0 && call.db.persist(key)) {
      call.changed(key);
      call.effect(ExpiryCommands.EFFECT_PERSIST, key);
      call.notify(NotifyClass.GENERIC, "persist", key);
    }
  }

  static void mset(Call call) {
    setAll(call);
    call.reply.ok();
  }

  static void msetnx(Call call) {
    requirePairs(call);
    for (int i = 1; i < call.argv.length; i += 2) {
      if (call.findForWrite(call.argv[i])) {
        call.reply.integer(0);
        return;
      }
    }
    setAll(call);
    call.reply.integer(1);
  }

  private static void setAll(Call call) {
    requirePairs(call);
    for (int i = 1; i < call.argv.length; i += 2) put(call, call.argv[i], call.argv[i + 1], Entry.NO_EXPIRE);
  }

  private static void requirePairs(Call call) {
    if (call.argv.length % 2 == 0) throw Errors.wrongArity(call.spec.fullName);
  }

  // ---- changing -----------------------------------------------------------------------------------------------------

  static void append(Call call) {
    byte[] key = call.argv[1];
    byte[] tail = call.argv[2];
    if (call.findForWrite(key)) {
      Arguments.requireString(call.entry);
      Arguments.stringLength(call, (long) call.entry.length() + tail.length);
    }
    int length = call.db.append(key, tail);
    call.changed(key);
    call.notify(NotifyClass.STRING, "append", key);
    call.reply.integer(length);
  }

  static void setrange(Call call) {
    byte[] key = call.argv[1];
    byte[] part = call.argv[3];
    long offset = Arguments.integer(call.argv[2]);
    if (offset < 0) throw CommandError.err("offset is out of range");
    boolean found = call.findForWrite(key);
    if (found) Arguments.requireString(call.entry);
    if (part.length == 0) {
      call.reply.integer(found ? call.entry.length() : 0);
      return;
    }
    int end = Arguments.stringLength(call, offset + part.length);
    call.db.edit(key, end, call.entry);
    System.arraycopy(part, 0, call.entry.array(), call.entry.offset() + (int) offset, part.length);
    call.changed(key);
    call.notify(NotifyClass.STRING, "setrange", key);
    call.reply.integer(call.entry.length());
  }

  static void incr(Call call) {
    increment(call, 1);
  }

  static void decr(Call call) {
    increment(call, -1);
  }

  static void incrby(Call call) {
    increment(call, Arguments.integer(call.argv[2]));
  }

  static void decrby(Call call) {
    long decrement = Arguments.integer(call.argv[2]);
    if (decrement == Long.MIN_VALUE) throw CommandError.err("decrement would overflow");
    increment(call, -decrement);
  }

  private static void increment(Call call, long increment) {
    byte[] key = call.argv[1];
    Entry entry = call.entry;
    boolean found = call.findForWrite(key);
    long value = 0;
    if (found) {
      Arguments.requireString(entry);
      try {
        value = Numbers.parseLong(entry.array(), entry.offset(), entry.length());
      } catch (NumberFormatException e) {
        throw Errors.NOT_AN_INTEGER;
      }
    }
    long sum = value + increment;
    if (((value ^ sum) & (increment ^ sum)) < 0) throw Errors.WOULD_OVERFLOW;
    if (!found || !call.db.overwriteLong(entry, sum)) call.db.setLong(key, sum, Database.KEEP_EXPIRE);
    call.changed(key);
    call.notify(NotifyClass.STRING, "incrby", key);
    call.reply.integer(sum);
  }

  static void incrbyfloat(Call call) {
    byte[] key = call.argv[1];
    byte[] value = ZERO;
    if (call.findForWrite(key)) {
      Arguments.requireString(call.entry);
      value = call.entry.bytes();
    }
    byte[] sum = Arguments.sumOfFloats(value, call.argv[2], Errors.NOT_A_FLOAT);
    // a whole sum is kept as text all the same, as OBJECT ENCODING shows
    Encoding encoding = sum.length <= Encoding.EMBSTR_MAX_BYTES ? Encoding.EMBSTR : Encoding.RAW;
    call.db.setString(key, sum, 0, sum.length, encoding, Database.KEEP_EXPIRE);
    call.changed(key);
    call.notify(NotifyClass.STRING, "incrbyfloat", key);
    call.reply.bulk(sum);
    call.effect(EFFECT_SET, key, sum, EFFECT_KEEPTTL);
  }
}
