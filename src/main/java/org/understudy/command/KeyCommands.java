package org.understudy.command;

import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.pattern;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.Arg.unixTime;
import static org.understudy.command.CommandFlag.DENYOOM;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandFlag.TOUCHES_ARBITRARY_KEYS;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.GENERIC;
import static org.understudy.command.CommandGroup.SERVER;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.CommandSpec.container;
import static org.understudy.command.CommandSpec.help;
import static org.understudy.command.CommandSpec.subcommand;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.DELETE;
import static org.understudy.command.KeyFlag.INSERT;
import static org.understudy.command.KeyFlag.OW;
import static org.understudy.command.KeyFlag.RM;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeySpec.at;

import java.util.ArrayList;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Glob;
import org.understudy.bytes.Numbers;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Encoding;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.ExpiryMode;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/**
 * Commands on keys of any type and on whole databases. Errors, their order, notifications and what is propagated
 * instead of the command are those of db.c, expire.c and object.c of Redis 7.0.15.
 */
public final class KeyCommands {
  static final byte[] EFFECT_PEXPIREAT = Bytes.of("PEXPIREAT");
  static final byte[] EFFECT_PERSIST = Bytes.of("PERSIST");
  private static final byte[] EFFECT_DEL = Bytes.of("DEL");
  private static final byte[] EFFECT_UNLINK = Bytes.of("UNLINK");
  /** Databases with more keys are listed in slices. */
  private static final int SLICED_FROM_KEYS = 10_000;
  private static final byte[] ALL_KEYS = Bytes.of("*");

  private KeyCommands() {}

  public static List<CommandSpec> rows() {
    return List.of(
        command("DEL").arity(-2).since("1.0.0").group(GENERIC)
            .complexity("O(N) where N is the number of keys that will be removed. When a key to remove holds a value "
                + "other than a string, the individual complexity for this key is O(M) where M is the number "
                + "of elements in the list, set, sorted set or hash. Removing a single key that holds a string "
                + "value is O(1).")
            .summary("Delete a key")
            .flags(WRITE).tips("request_policy:multi_shard", "response_policy:agg_sum")
            .keys(at(1).flags(RM, DELETE).range(-1, 1, 0))
            .args(key("key").multiple())
            .runs(Place.SHARD, KeyCommands::del),
        command("UNLINK").arity(-2).since("4.0.0").group(GENERIC)
            .complexity("O(1) for each key removed regardless of its size. Then the command does O(N) work in a "
                + "different thread in order to reclaim memory, where N is the number of allocations the "
                + "deleted objects where composed of.")
            .summary("Delete a key asynchronously in another thread. Otherwise it is just as DEL, but non blocking.")
            .flags(WRITE, FAST).tips("request_policy:multi_shard", "response_policy:agg_sum")
            .keys(at(1).flags(RM, DELETE).range(-1, 1, 0))
            .args(key("key").multiple())
            .runs(Place.SHARD, KeyCommands::unlink),
        command("EXISTS").arity(-2).since("1.0.0").group(GENERIC)
            .complexity("O(N) where N is the number of keys to check.")
            .summary("Determine if a key exists")
            .history("3.0.3", "Accepts multiple `key` arguments.")
            .flags(READONLY, FAST).tips("request_policy:multi_shard", "response_policy:agg_sum")
            .keys(at(1).flags(RO).range(-1, 1, 0))
            .args(key("key").multiple())
            .runs(Place.SHARD, KeyCommands::exists),
        command("TOUCH").arity(-2).since("3.2.1").group(GENERIC)
            .complexity("O(N) where N is the number of keys that will be touched.")
            .summary("Alters the last access time of a key(s). Returns the number of existing keys specified.")
            .flags(READONLY, FAST).tips("request_policy:multi_shard", "response_policy:agg_sum")
            .keys(at(1).flags(RO).range(-1, 1, 0))
            .args(key("key").multiple())
            .runs(Place.SHARD, KeyCommands::touch),
        command("TYPE").arity(2).since("1.0.0").group(GENERIC).complexity("O(1)")
            .summary("Determine the type stored at key")
            .flags(READONLY, FAST).keys(at(1).flags(RO))
            .args(key("key"))
            .runs(Place.SHARD, KeyCommands::type),
        command("EXPIRE").arity(-3).since("1.0.0").group(GENERIC).complexity("O(1)")
            .summary("Set a key's time to live in seconds")
            .history("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")
            .flags(WRITE, FAST).keys(at(1).flags(RW, UPDATE))
            .args(key("key"), integer("seconds"),
                oneOf("condition", token("NX"), token("XX"), token("GT"), token("LT")).since("7.0.0").optional())
            .runs(Place.SHARD, KeyCommands::expire),
        command("PEXPIRE").arity(-3).since("2.6.0").group(GENERIC).complexity("O(1)")
            .summary("Set a key's time to live in milliseconds")
            .history("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")
            .flags(WRITE, FAST).keys(at(1).flags(RW, UPDATE))
            .args(key("key"), integer("milliseconds"),
                oneOf("condition", token("NX"), token("XX"), token("GT"), token("LT")).since("7.0.0").optional())
            .runs(Place.SHARD, KeyCommands::pexpire),
        command("EXPIREAT").arity(-3).since("1.2.0").group(GENERIC).complexity("O(1)")
            .summary("Set the expiration for a key as a UNIX timestamp")
            .history("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")
            .flags(WRITE, FAST).keys(at(1).flags(RW, UPDATE))
            .args(key("key"), unixTime("unix-time-seconds"),
                oneOf("condition", token("NX"), token("XX"), token("GT"), token("LT")).since("7.0.0").optional())
            .runs(Place.SHARD, KeyCommands::expireat),
        command("PEXPIREAT").arity(-3).since("2.6.0").group(GENERIC).complexity("O(1)")
            .summary("Set the expiration for a key as a UNIX timestamp specified in milliseconds")
            .history("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")
            .flags(WRITE, FAST).keys(at(1).flags(RW, UPDATE))
            .args(key("key"), unixTime("unix-time-milliseconds"),
                oneOf("condition", token("NX"), token("XX"), token("GT"), token("LT")).since("7.0.0").optional())
            .runs(Place.SHARD, KeyCommands::pexpireat),
        command("TTL").arity(2).since("1.0.0").group(GENERIC).complexity("O(1)")
            .summary("Get the time to live for a key in seconds")
            .history("2.8.0", "Added the -2 reply.")
            .flags(READONLY, FAST).tips("nondeterministic_output").keys(at(1).flags(RO, ACCESS))
            .args(key("key"))
            .runs(Place.SHARD, KeyCommands::ttl),
        command("PTTL").arity(2).since("2.6.0").group(GENERIC).complexity("O(1)")
            .summary("Get the time to live for a key in milliseconds")
            .history("2.8.0", "Added the -2 reply.")
            .flags(READONLY, FAST).tips("nondeterministic_output").keys(at(1).flags(RO, ACCESS))
            .args(key("key"))
            .runs(Place.SHARD, KeyCommands::pttl),
        command("EXPIRETIME").arity(2).since("7.0.0").group(GENERIC).complexity("O(1)")
            .summary("Get the expiration Unix timestamp for a key")
            .flags(READONLY, FAST).keys(at(1).flags(RO, ACCESS))
            .args(key("key"))
            .runs(Place.SHARD, KeyCommands::expiretime),
        command("PEXPIRETIME").arity(2).since("7.0.0").group(GENERIC).complexity("O(1)")
            .summary("Get the expiration Unix timestamp for a key in milliseconds")
            .flags(READONLY, FAST).keys(at(1).flags(RO, ACCESS))
            .args(key("key"))
            .runs(Place.SHARD, KeyCommands::pexpiretime),
        command("PERSIST").arity(2).since("2.2.0").group(GENERIC).complexity("O(1)")
            .summary("Remove the expiration from a key")
            .flags(WRITE, FAST).keys(at(1).flags(RW, UPDATE))
            .args(key("key"))
            .runs(Place.SHARD, KeyCommands::persist),
        command("RENAME").arity(3).since("1.0.0").group(GENERIC).complexity("O(1)")
            .summary("Rename a key")
            .flags(WRITE).keys(at(1).flags(RW, ACCESS, DELETE), at(2).flags(OW, UPDATE))
            .args(key("key"), key("newkey", 1))
            .runs(Place.SHARD, KeyCommands::rename),
        command("RENAMENX").arity(3).since("1.0.0").group(GENERIC).complexity("O(1)")
            .summary("Rename a key, only if the new key does not exist")
            .history("3.2.0", "The command no longer returns an error when source and destination names are the same.")
            .flags(WRITE, FAST).keys(at(1).flags(RW, ACCESS, DELETE), at(2).flags(OW, INSERT))
            .args(key("key"), key("newkey", 1))
            .runs(Place.SHARD, KeyCommands::renamenx),
        command("MOVE").arity(3).since("1.0.0").group(GENERIC).complexity("O(1)")
            .summary("Move a key to another database")
            .flags(WRITE, FAST).keys(at(1).flags(RW, ACCESS, UPDATE))
            .args(key("key"), integer("db"))
            .runs(Place.SHARD, KeyCommands::move),
        command("COPY").arity(-3).since("6.2.0").group(GENERIC)
            .complexity("O(N) worst case for collections, where N is the number of nested items. O(1) for string "
                + "values.")
            .summary("Copy a key")
            .flags(WRITE, DENYOOM).keys(at(1).flags(RO, ACCESS), at(2).flags(OW, UPDATE))
            .args(key("source"), key("destination", 1), integer("destination-db").after("DB").optional(),
                token("REPLACE").optional())
            .runs(Place.SHARD, KeyCommands::copy),
        container("OBJECT").arity(-2).since("2.2.3").group(GENERIC).complexity("Depends on subcommand.")
            .summary("A container for object introspection commands")
            .containing(
                subcommand("ENCODING").arity(3).since("2.2.3").group(GENERIC).complexity("O(1)")
                    .summary("Inspect the internal encoding of a Redis object")
                    .flags(READONLY).tips("nondeterministic_output").keys(at(2).flags(RO))
                    .args(key("key"))
                    .runs(Place.SHARD, KeyCommands::encoding),
                subcommand("FREQ").arity(3).since("4.0.0").group(GENERIC).complexity("O(1)")
                    .summary("Get the logarithmic access frequency counter of a Redis object")
                    .flags(READONLY).tips("nondeterministic_output").keys(at(2).flags(RO))
                    .args(key("key"))
                    .runs(Place.SHARD, KeyCommands::freq),
                subcommand("IDLETIME").arity(3).since("2.2.3").group(GENERIC).complexity("O(1)")
                    .summary("Get the time since a Redis object was last accessed")
                    .flags(READONLY).tips("nondeterministic_output").keys(at(2).flags(RO))
                    .args(key("key"))
                    .runs(Place.SHARD, KeyCommands::idletime),
                subcommand("REFCOUNT").arity(3).since("2.2.3").group(GENERIC).complexity("O(1)")
                    .summary("Get the number of references to the value of the key")
                    .flags(READONLY).tips("nondeterministic_output").keys(at(2).flags(RO))
                    .args(key("key"))
                    .runs(Place.SHARD, KeyCommands::refcount),
                subcommand("HELP").arity(2).since("6.2.0").group(GENERIC).complexity("O(1)")
                    .summary("Show helpful text about the different subcommands")
                    .flags(LOADING, STALE)
                    .runs(Place.CONNECTION, help(
                        "ENCODING <key>",
                        "    Return the kind of internal representation used in order to store the value",
                        "    associated with a <key>.",
                        "FREQ <key>",
                        "    Return the access frequency index of the <key>. The returned integer is",
                        "    proportional to the logarithm of the recent access frequency of the key.",
                        "IDLETIME <key>",
                        "    Return the idle time of the <key>, that is the approximated number of",
                        "    seconds elapsed since the last access to the key.",
                        "REFCOUNT <key>",
                        "    Return the number of references of the value associated with the specified",
                        "    <key>."))),
        command("RANDOMKEY").arity(1).since("1.0.0").group(GENERIC).complexity("O(1)")
            .summary("Return a random key from the keyspace")
            .flags(READONLY, TOUCHES_ARBITRARY_KEYS).tips("request_policy:all_shards", "nondeterministic_output")
            .runs(Place.SHARD, KeyCommands::randomkey),
        command("KEYS").arity(2).since("1.0.0").group(GENERIC)
            .complexity("O(N) with N being the number of keys in the database, under the assumption that the key "
                + "names in the database and the given pattern have limited length.")
            .summary("Find all keys matching the given pattern")
            .flags(READONLY).categories(AclCategory.DANGEROUS, AclCategory.KEYSPACE)
            .tips("request_policy:all_shards", "nondeterministic_output_order")
            .args(pattern("pattern"))
            .runs(Place.SHARD, KeyCommands::keys),
        command("SCAN").arity(-2).since("2.8.0").group(GENERIC)
            .complexity("O(1) for every call. O(N) for a complete iteration, including enough command calls for the "
                + "cursor to return back to 0. N is the number of elements inside the collection.")
            .summary("Incrementally iterate the keys space")
            .history("6.0.0", "Added the `TYPE` subcommand.")
            .flags(READONLY, TOUCHES_ARBITRARY_KEYS).tips("nondeterministic_output", "request_policy:special")
            .args(integer("cursor"), pattern("pattern").after("MATCH").optional(),
                integer("count").after("COUNT").optional(), string("type").after("TYPE").since("6.0.0").optional())
            .runs(Place.SHARD, KeyCommands::scan),
        command("DBSIZE").arity(1).since("1.0.0").group(SERVER).complexity("O(1)")
            .summary("Return the number of keys in the selected database")
            .flags(READONLY, FAST).categories(AclCategory.KEYSPACE)
            .tips("request_policy:all_shards", "response_policy:agg_sum")
            .runs(Place.SHARD, KeyCommands::dbsize),
        command("FLUSHDB").arity(-1).since("1.0.0").group(SERVER)
            .complexity("O(N) where N is the number of keys in the selected database")
            .summary("Remove all keys from the current database")
            .history("4.0.0", "Added the `ASYNC` flushing mode modifier.")
            .history("6.2.0", "Added the `SYNC` flushing mode modifier.")
            .flags(WRITE).categories(AclCategory.DANGEROUS, AclCategory.KEYSPACE)
            .tips("request_policy:all_shards", "response_policy:all_succeeded")
            .args(oneOf("async", token("ASYNC").since("4.0.0"), token("SYNC").since("6.2.0")).optional())
            .runs(Place.SHARD, KeyCommands::flushdb),
        command("FLUSHALL").arity(-1).since("1.0.0").group(SERVER)
            .complexity("O(N) where N is the total number of keys in all databases")
            .summary("Remove all keys from all databases")
            .history("4.0.0", "Added the `ASYNC` flushing mode modifier.")
            .history("6.2.0", "Added the `SYNC` flushing mode modifier.")
            .flags(WRITE).categories(AclCategory.DANGEROUS, AclCategory.KEYSPACE)
            .tips("request_policy:all_shards", "response_policy:all_succeeded")
            .args(oneOf("async", token("ASYNC").since("4.0.0"), token("SYNC").since("6.2.0")).optional())
            .runs(Place.SHARD, KeyCommands::flushall),
        command("SWAPDB").arity(3).since("4.0.0").group(SERVER)
            .complexity("O(N) where N is the count of clients watching or blocking on keys from both databases.")
            .summary("Swaps two Redis databases")
            .flags(WRITE, FAST).categories(AclCategory.DANGEROUS, AclCategory.KEYSPACE)
            .args(integer("index1"), integer("index2"))
            .runs(Place.SHARD, KeyCommands::swapdb));
  }

  // ---- there or not -------------------------------------------------------------------------------------------------

  static void del(Call call) {
    deleteAll(call, call.config.lazyfreeLazyUserDel());
  }

  static void unlink(Call call) {
    deleteAll(call, true);
  }

  private static void deleteAll(Call call, boolean lazily) {
    int deleted = 0;
    for (int i = 1; i < call.argv.length; i++) {
      if (delete(call, call.argv[i], lazily)) deleted++;
    }
    call.reply.integer(deleted);
  }

  /** Removes a key and reports it. */
  static boolean delete(Call call, byte[] key, boolean lazily) {
    return reportDeleted(call, key, lazily ? call.db.unlink(key) : call.db.remove(key));
  }

  /**
   * Removes the key that an empty result was to be stored under, and reports it. It is deleted by the command even if
   * its time had come, so that replicas are told of the command and of no expiry.
   */
  static void deleteTarget(Call call, byte[] key) {
    reportDeleted(call, key, call.db.removeEvenExpired(key, call.config.lazyfreeLazyServerDel()));
  }

  private static boolean reportDeleted(Call call, byte[] key, boolean deleted) {
    if (deleted) {
      call.changed(key);
      call.notify(NotifyClass.GENERIC, "del", key);
    }
    return deleted;
  }

  /** The command that a deletion is propagated as. */
  static byte[] deletion(boolean lazily) {
    return lazily ? EFFECT_UNLINK : EFFECT_DEL;
  }

  static void exists(Call call) {
    int found = 0;
    for (int i = 1; i < call.argv.length; i++) {
      if (call.findUntouched(call.argv[i])) found++;
    }
    call.reply.integer(found);
  }

  static void touch(Call call) {
    int found = 0;
    for (int i = 1; i < call.argv.length; i++) {
      if (call.find(call.argv[i])) found++;
    }
    call.reply.integer(found);
  }

  static void type(Call call) {
    call.reply.simple(call.findUntouched(call.argv[1]) ? call.entry.type().word() : "none");
  }

  // ---- expiry -------------------------------------------------------------------------------------------------------

  // Options of the EXPIRE family.
  private static final int NX = 1;
  private static final int XX = 1 << 1;
  private static final int GT = 1 << 2;
  private static final int LT = 1 << 3;

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
      else throw CommandError.err("Unsupported option " + Bytes.string(argv[i]));
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
    delete(call, key, lazily);
    call.effect(deletion(lazily), key);
  }

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

  static void persist(Call call) {
    byte[] key = call.argv[1];
    boolean persisted = call.findForWrite(key) && call.db.persist(key);
    if (persisted) {
      call.changed(key);
      call.notify(NotifyClass.GENERIC, "persist", key);
    }
    call.reply.integer(persisted);
  }

  // ---- moving and copying -------------------------------------------------------------------------------------------

  static void rename(Call call) {
    rename(call, false);
    call.reply.ok();
  }

  static void renamenx(Call call) {
    call.reply.integer(rename(call, true));
  }

  /** @return whether the value has another key now */
  private static boolean rename(Call call, boolean onlyIfAbsent) {
    byte[] from = call.argv[1];
    byte[] to = call.argv[2];
    if (!call.findForWrite(from)) throw Errors.NO_SUCH_KEY;
    if (Bytes.compare(from, to) == 0 || onlyIfAbsent && call.findForWrite(to)) return false;
    call.db.rename(from, to);
    call.changed(from);
    call.alsoChangedIn(call.db.index(), to);
    call.notify(NotifyClass.GENERIC, "rename_from", from);
    call.notify(NotifyClass.GENERIC, "rename_to", to);
    return true;
  }

  static void move(Call call) {
    byte[] key = call.argv[1];
    Database target = Arguments.database(call, call.argv[2]);
    if (target == call.db) throw Errors.SAME_OBJECT;
    boolean moves = call.findForWrite(key) && !target.contains(key);
    if (moves) {
      call.db.moveTo(target, key);
      call.changed(key);
      call.alsoChangedIn(target.index(), key);
      call.notify(NotifyClass.GENERIC, "move_from", key);
      call.notifyIn(target.index(), NotifyClass.GENERIC, "move_to", key);
    }
    call.reply.integer(moves);
  }

  /** COPY source destination [DB index] [REPLACE] */
  static void copy(Call call) {
    byte[][] argv = call.argv;
    byte[] from = argv[1];
    byte[] to = argv[2];
    Database target = call.db;
    boolean replace = false;
    for (int i = 3; i < argv.length; i++) {
      if (Bytes.is(argv[i], "REPLACE")) replace = true;
      else if (Bytes.is(argv[i], "DB") && i + 1 < argv.length) target = Arguments.database(call, argv[++i]);
      else throw Errors.SYNTAX;
    }
    if (target == call.db && Bytes.compare(from, to) == 0) throw Errors.SAME_OBJECT;
    boolean copies = call.find(from) && (replace || !target.contains(to));
    if (copies) {
      call.db.copyTo(target, from, to);
      call.changedIn(target.index(), to);
      call.notifyIn(target.index(), NotifyClass.GENERIC, "copy_to", to);
    }
    call.reply.integer(copies);
  }

  // ---- OBJECT -------------------------------------------------------------------------------------------------------

  /** Integers below this are one shared object each in Redis, with this count of references. */
  private static final int SHARED_INTEGERS = 10_000;
  private static final int SHARED_REFERENCES = Integer.MAX_VALUE;

  static void encoding(Call call) {
    if (call.inspect(call.argv[2])) call.reply.bulk(call.entry.encodingName());
    else call.reply.nullValue();
  }

  static void refcount(Call call) {
    if (call.inspect(call.argv[2])) call.reply.integer(references(call));
    else call.reply.nullValue();
  }

  /**
   * How many references there are to the value in {@link Call#entry}. Nothing is shared here; small integers answer as
   * in Redis, where it would share them.
   */
  public static int references(Call call) {
    Entry entry = call.entry;
    boolean shared = false;
    if (entry.isString() && entry.encoding() == Encoding.INT && sharesIntegers(call)) {
      long value = Numbers.parseLong(entry.array(), entry.offset(), entry.length());
      shared = value >= 0 && value < SHARED_INTEGERS;
    }
    return shared ? SHARED_REFERENCES : 1;
  }

  /** Under an eviction policy that looks at accesses every value has an access clock of its own. */
  private static boolean sharesIntegers(Call call) {
    return call.config.maxmemory() == 0 || !call.config.maxmemoryPolicy().lru() && !call.config.maxmemoryPolicy().lfu();
  }

  static void idletime(Call call) {
    if (!call.inspect(call.argv[2])) {
      call.reply.nullValue();
      return;
    }
    if (call.keyspace.accessClock().lfu()) throw wrongPolicy("An LFU maxmemory policy is selected", "idle time");
    call.reply.integer(call.keyspace.accessClock().idleMillis(call.entry, call.nowMillis) / 1000);
  }

  static void freq(Call call) {
    if (!call.inspect(call.argv[2])) {
      call.reply.nullValue();
      return;
    }
    if (!call.keyspace.accessClock().lfu()) {
      throw wrongPolicy("An LFU maxmemory policy is not selected", "access frequency");
    }
    call.reply.integer(call.keyspace.accessClock().frequency(call.entry, call.nowMillis));
  }

  private static CommandError wrongPolicy(String policy, String missing) {
    return CommandError.err(policy + ", " + missing + " not tracked. Please note that when switching between policies "
        + "at runtime LRU and LFU data will take some time to adjust.");
  }

  // ---- all keys -----------------------------------------------------------------------------------------------------

  static void randomkey(Call call) {
    call.reply.bulkOrNull(call.db.randomKey());
  }

  static void keys(Call call) {
    if (call.db.size() > SLICED_FROM_KEYS) call.inSlices(new Listing(call));
    else listKeys(call);
  }

  private static void listKeys(Call call) {
    byte[] pattern = call.argv[1];
    boolean all = Bytes.compare(pattern, ALL_KEYS) == 0;
    ReplyBuffer reply = call.reply;
    ReplyBuffer.Mark length = reply.open();
    long[] count = {0};
    call.db.forEach(entry -> {
      if ((all || matches(pattern, entry)) && !isExpired(call, entry)) {
        reply.bulk(entry.keyArray(), entry.keyOffset(), entry.keyLength());
        count[0]++;
      }
    });
    reply.close(length, '*', count[0]);
  }

  /**
   * KEYS of a large database. A key that is there from the beginning to the end is listed exactly once; one that comes
   * or goes meanwhile may be listed or not.
   */
  private static final class Listing implements SlicedWork {
    private static final int STEP_KEYS = 512;

    private final Database db;
    private final byte[] pattern;
    private final boolean all;
    private final ReplyBuffer keys = new ReplyBuffer();
    private long count;
    private long cursor;

    private Listing(Call call) {
      db = call.db;
      pattern = call.argv[1];
      all = Bytes.compare(pattern, ALL_KEYS) == 0;
    }

    @Override
    public boolean step(ReplyBuffer reply) {
      cursor = db.scan(cursor, STEP_KEYS, entry -> {
        if (!all && !matches(pattern, entry)) return;
        keys.bulk(entry.keyArray(), entry.keyOffset(), entry.keyLength());
        count++;
      });
      return cursor != 0;
    }

    @Override
    public void answer(ReplyBuffer reply) {
      reply.array(count);
      reply.raw(keys.take());
    }
  }

  private static boolean matches(byte[] pattern, Entry entry) {
    return Glob.matches(pattern, entry.keyArray(), entry.keyOffset(), entry.keyLength(), false);
  }

  private static boolean isExpired(Call call, Entry entry) {
    return entry.hasExpiry() && call.nowMillis > entry.expireAtMillis()
        && call.keyspace.expiryMode() != ExpiryMode.KEEP;
  }

  /** SCAN cursor [MATCH pattern] [COUNT n] [TYPE type] */
  static void scan(Call call) {
    long cursor = Arguments.cursor(call.argv[1]);
    ScanOptions options = ScanOptions.ofKeys(call.argv);
    List<byte[]> found = new ArrayList<>();
    long next = call.db.scan(cursor, (int) Math.min(Integer.MAX_VALUE, options.count()), entry -> {
      if (!options.matches(entry.keyArray(), entry.keyOffset(), entry.keyLength())) return;
      if (options.type() != null && !Bytes.is(options.type(), entry.type().word())) return;
      found.add(entry.key());
    });
    ScanOptions.reply(call.reply, next, found);
  }

  // ---- whole databases ----------------------------------------------------------------------------------------------

  static void dbsize(Call call) {
    call.reply.integer(call.db.size());
  }

  static void flushdb(Call call) {
    requireFlushMode(call);
    call.flushing(call.db.index());
    flushed(call, call.db.clear());
  }

  static void flushall(Call call) {
    requireFlushMode(call);
    call.flushing(Call.ALL_DATABASES);
    long keys = 0;
    for (int i = 0; i < call.keyspace.databases(); i++) keys += call.keyspace.database(i).clear();
    flushed(call, keys);
    call.flushed();
  }

  /**
   * [ASYNC | SYNC]: only counted differently, since a database drops its table in one step and the collector does the
   * rest.
   */
  private static void requireFlushMode(Call call) {
    byte[][] argv = call.argv;
    boolean known = argv.length == 1 || argv.length == 2 && (Bytes.is(argv[1], "ASYNC") || Bytes.is(argv[1], "SYNC"));
    if (!known) throw Errors.SYNTAX;
  }

  private static void flushed(Call call, long keys) {
    boolean lazily = call.argv.length == 1 ? call.config.lazyfreeLazyUserFlush() : Bytes.is(call.argv[1], "ASYNC");
    if (lazily) call.keyspace.countLazyFreed(keys);
    call.dirty += keys;
    call.effect(call.argv); // even if nothing was there: a replica may have something
    call.reply.ok();
  }

  static void swapdb(Call call) {
    int a = index(call.argv[1], "invalid first DB index");
    int b = index(call.argv[2], "invalid second DB index");
    int databases = call.keyspace.databases();
    if (a < 0 || a >= databases || b < 0 || b >= databases) throw Errors.DB_INDEX_OUT_OF_RANGE;
    if (a != b) {
      call.swapping(a, b);
      call.keyspace.swap(a, b);
    }
    call.dirty++;
    call.reply.ok();
  }

  private static int index(byte[] argument, String otherwise) {
    CommandError error = CommandError.err(otherwise);
    long value = Arguments.integer(argument, error);
    if (value != (int) value) throw error;
    return (int) value;
  }
}
