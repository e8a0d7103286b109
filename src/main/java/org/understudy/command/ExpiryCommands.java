package org.understudy.command;

import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.token;
import static org.understudy.command.Arg.unixTime;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.GENERIC;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeySpec.at;

import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.ExpiryMode;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;

/**
 * When keys go by themselves. Errors, their order, notifications and what is propagated instead of the command are
 * those of expire.c of Redis 7.0.15.
 */
public final class ExpiryCommands {
  static final byte[] EFFECT_PEXPIREAT = Bytes.of("PEXPIREAT");
  static final byte[] EFFECT_PERSIST = Bytes.of("PERSIST");

  private static final Arg CONDITION =
      oneOf("condition", token("NX"), token("XX"), token("GT"), token("LT")).since("7.0.0").optional();
  // The bits of these conditions.
  private static final int NX = 1;
  private static final int XX = 1 << 1;
  private static final int GT = 1 << 2;
  private static final int LT = 1 << 3;

  private ExpiryCommands() {}

  public static List<CommandSpec> rows() {
    return List.of(
        setting("EXPIRE", "1.0.0", "Set a key's time to live in seconds", integer("seconds"), ExpiryCommands::expire),
        setting("PEXPIRE", "2.6.0", "Set a key's time to live in milliseconds", integer("milliseconds"),
            ExpiryCommands::pexpire),
        setting("EXPIREAT", "1.2.0", "Set the expiration for a key as a UNIX timestamp",
            unixTime("unix-time-seconds"), ExpiryCommands::expireat),
        setting("PEXPIREAT", "2.6.0", "Set the expiration for a key as a UNIX timestamp specified in milliseconds",
            unixTime("unix-time-milliseconds"), ExpiryCommands::pexpireat),
        asking("TTL", "1.0.0", "Get the time to live for a key in seconds")
            .history("2.8.0", "Added the -2 reply.").tips("nondeterministic_output")
            .runs(Place.SHARD, ExpiryCommands::ttl),
        asking("PTTL", "2.6.0", "Get the time to live for a key in milliseconds")
            .history("2.8.0", "Added the -2 reply.").tips("nondeterministic_output")
            .runs(Place.SHARD, ExpiryCommands::pttl),
        asking("EXPIRETIME", "7.0.0", "Get the expiration Unix timestamp for a key")
            .runs(Place.SHARD, ExpiryCommands::expiretime),
        asking("PEXPIRETIME", "7.0.0", "Get the expiration Unix timestamp for a key in milliseconds")
            .runs(Place.SHARD, ExpiryCommands::pexpiretime),
        command("PERSIST").arity(2).since("2.2.0").group(GENERIC).complexity("O(1)")
            .summary("Remove the expiration from a key")
            .flags(WRITE, FAST).keys(at(1).flags(RW, UPDATE))
            .args(key("key"))
            .runs(Place.SHARD, ExpiryCommands::persist));
  }

  /** The row of a command that gives a key an expiry, at a time or after it. */
  private static CommandSpec setting(String name, String since, String summary, Arg time, Handler handler) {
    return command(name).arity(-3).since(since).group(GENERIC).complexity("O(1)").summary(summary)
        .history("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")
        .flags(WRITE, FAST).keys(at(1).flags(RW, UPDATE))
        .args(key("key"), time, CONDITION)
        .runs(Place.SHARD, handler);
  }

  /** The row of a command that tells when a key goes, but for what it runs. */
  private static CommandSpec.Builder asking(String name, String since, String summary) {
    return command(name).arity(2).since(since).group(GENERIC).complexity("O(1)").summary(summary)
        .flags(READONLY, FAST).keys(at(1).flags(RO, ACCESS))
        .args(key("key"));
  }

  // ---- setting it ---------------------------------------------------------------------------------------------------

  static void expire(Call call) {
    expire(call, true, true);
  }

  static void pexpire(Call call) {
    expire(call, false, true);
  }

  static void expireat(Call call) {
    expire(call, true, false);
  }

  static void pexpireat(Call call) {
    expire(call, false, false);
  }

  private static void expire(Call call, boolean seconds, boolean relative) {
    byte[][] argv = call.argv;
    byte[] key = argv[1];
    int options = conditions(argv);
    long at = Arguments.integer(argv[2]);
    if (seconds) {
      if (at > Long.MAX_VALUE / 1000 || at < Long.MIN_VALUE / 1000) throw Errors.invalidExpireTime(call.spec.fullName);
      at *= 1000;
    }
    if (relative) {
      if (at > Long.MAX_VALUE - call.nowMillis) throw Errors.invalidExpireTime(call.spec.fullName);
      at += call.nowMillis;
    }
    if (!call.findForWrite(key) || !allowed(options, call.entry.expireAtMillis(), at)) {
      call.reply.integer(0);
      return;
    }
    if (isPast(call, at)) {
      deleteExpired(call, key);
    } else {
      call.db.expireAt(key, Math.max(0, at)); // negative only where another decides about expiry; -1 would mean none
      call.changed(key);
      if (seconds || relative) {
        byte[][] absolute = argv.clone();
        absolute[0] = EFFECT_PEXPIREAT;
        absolute[2] = Bytes.of(at);
        call.effect(absolute);
      }
      call.notify(NotifyClass.GENERIC, "expire", key);
    }
    call.reply.integer(1);
  }

  private static int conditions(byte[][] argv) {
    int options = 0;
    for (int i = 3; i < argv.length; i++) {
      if (Bytes.is(argv[i], "NX")) options |= NX;
      else if (Bytes.is(argv[i], "XX")) options |= XX;
      else if (Bytes.is(argv[i], "GT")) options |= GT;
      else if (Bytes.is(argv[i], "LT")) options |= LT;
      else throw Errors.unsupportedOption(argv[i]);
    }
    if ((options & NX) != 0 && (options & (XX | GT | LT)) != 0) {
      throw CommandError.err("NX and XX, GT or LT options at the same time are not compatible");
    }
    if ((options & GT) != 0 && (options & LT) != 0) {
      throw CommandError.err("GT and LT options at the same time are not compatible");
    }
    return options;
  }

  /** Whether a key's expiry may be changed; one without counts as infinitely far away. */
  private static boolean allowed(int options, long current, long at) {
    boolean none = current == Entry.NO_EXPIRE;
    if ((options & NX) != 0 && !none) return false;
    if ((options & XX) != 0 && none) return false;
    if ((options & GT) != 0 && (none || at <= current)) return false;
    return (options & LT) == 0 || none || at < current;
  }

  /**
   * Whether a key with this expiry is to be deleted at once. Not where others decide: while loading and on a replica.
   */
  static boolean isPast(Call call, long at) {
    return at <= call.nowMillis && call.keyspace.expiryMode() == ExpiryMode.DELETE;
  }

  /** Removes a key that got an expiry in the past. */
  static void deleteExpired(Call call, byte[] key) {
    boolean lazily = call.config.lazyfreeLazyExpire();
    KeyCommands.delete(call, key, lazily);
    call.effect(KeyCommands.deletion(lazily), key);
  }

  static void persist(Call call) {
    byte[] key = call.argv[1];
    boolean persisted = call.findForWrite(key) && call.db.persist(key);
    if (persisted) {
      call.changed(key);
      call.notify(NotifyClass.GENERIC, "persist", key);
    }
    call.reply.integer(persisted);
  }

  // ---- asking for it ------------------------------------------------------------------------------------------------

  static void ttl(Call call) {
    replyExpiry(call, true, true);
  }

  static void pttl(Call call) {
    replyExpiry(call, false, true);
  }

  static void expiretime(Call call) {
    replyExpiry(call, true, false);
  }

  static void pexpiretime(Call call) {
    replyExpiry(call, false, false);
  }

  /** -2 without the key, -1 without expiry, else the time, seconds rounded to the nearest. */
  private static void replyExpiry(Call call, boolean seconds, boolean relative) {
    if (!call.findUntouched(call.argv[1])) {
      call.reply.integer(-2);
      return;
    }
    if (!call.entry.hasExpiry()) {
      call.reply.integer(-1);
      return;
    }
    long millis = call.entry.expireAtMillis();
    if (relative) millis = Math.max(0, millis - call.nowMillis);
    // unsigned, since the largest time of all plus 500 is, as it happens, right in Redis too
    call.reply.integer(seconds ? Long.divideUnsigned(millis + 500, 1000) : millis);
  }
}
