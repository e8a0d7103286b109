package org.understudy.command;

import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.DENYOOM;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.GENERIC;
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

import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Numbers;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Encoding;
import org.understudy.keyspace.Entry;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;

/**
 * Commands on keys of any type. Errors, their order, notifications and what is propagated instead of the command are
 * those of db.c and object.c of Redis 7.0.15.
 */
public final class KeyCommands {
  private static final byte[] EFFECT_DEL = Bytes.of("DEL");
  private static final byte[] EFFECT_UNLINK = Bytes.of("UNLINK");

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
                        "    <key>."))));
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
    call.reply.simple(typeOf(call, call.argv[1]));
  }

  /** The type of a key's value, {@code none} if there is none; counts as a look-up, but not as an access. */
  static String typeOf(Call call, byte[] key) {
    return call.findUntouched(key) ? call.entry.type().word() : "none";
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
}
