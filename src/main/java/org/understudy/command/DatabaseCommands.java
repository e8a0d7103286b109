package org.understudy.command;

import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.pattern;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.TOUCHES_ARBITRARY_KEYS;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.GENERIC;
import static org.understudy.command.CommandGroup.SERVER;
import static org.understudy.command.CommandSpec.command;

import java.util.ArrayList;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Glob;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Entry;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/** Commands on whole databases. Errors, their order and what is propagated are those of db.c of Redis 7.0.15. */
public final class DatabaseCommands {
  private static final Arg FLUSH_MODE =
      oneOf("async", token("ASYNC").since("4.0.0"), token("SYNC").since("6.2.0")).optional();
  /** Databases with more keys are listed in slices. */
  private static final int SLICED_FROM_KEYS = 10_000;
  private static final byte[] ALL_KEYS = Bytes.of("*");

  private DatabaseCommands() {}

  public static List<CommandSpec> rows() {
    return List.of(
        command("RANDOMKEY").arity(1).since("1.0.0").group(GENERIC).complexity("O(1)")
            .summary("Return a random key from the keyspace")
            .flags(READONLY, TOUCHES_ARBITRARY_KEYS).tips("request_policy:all_shards", "nondeterministic_output")
            .runs(Place.SHARD, DatabaseCommands::randomkey),
        command("KEYS").arity(2).since("1.0.0").group(GENERIC)
            .complexity("O(N) with N being the number of keys in the database, under the assumption that the key "
                + "names in the database and the given pattern have limited length.")
            .summary("Find all keys matching the given pattern")
            .flags(READONLY).categories(AclCategory.DANGEROUS, AclCategory.KEYSPACE)
            .tips("request_policy:all_shards", "nondeterministic_output_order")
            .args(pattern("pattern"))
            .runs(Place.SHARD, DatabaseCommands::keys),
        command("SCAN").arity(-2).since("2.8.0").group(GENERIC)
            .complexity("O(1) for every call. O(N) for a complete iteration, including enough command calls for the "
                + "cursor to return back to 0. N is the number of elements inside the collection.")
            .summary("Incrementally iterate the keys space")
            .history("6.0.0", "Added the `TYPE` subcommand.")
            .flags(READONLY, TOUCHES_ARBITRARY_KEYS).tips("nondeterministic_output", "request_policy:special")
            .args(integer("cursor"), pattern("pattern").after("MATCH").optional(),
                integer("count").after("COUNT").optional(), string("type").after("TYPE").since("6.0.0").optional())
            .runs(Place.SHARD, DatabaseCommands::scan),
        command("DBSIZE").arity(1).since("1.0.0").group(SERVER).complexity("O(1)")
            .summary("Return the number of keys in the selected database")
            .flags(READONLY, FAST).categories(AclCategory.KEYSPACE)
            .tips("request_policy:all_shards", "response_policy:agg_sum")
            .runs(Place.SHARD, DatabaseCommands::dbsize),
        command("FLUSHDB").arity(-1).since("1.0.0").group(SERVER)
            .complexity("O(N) where N is the number of keys in the selected database")
            .summary("Remove all keys from the current database")
            .history("4.0.0", "Added the `ASYNC` flushing mode modifier.")
            .history("6.2.0", "Added the `SYNC` flushing mode modifier.")
            .flags(WRITE).categories(AclCategory.DANGEROUS, AclCategory.KEYSPACE)
            .tips("request_policy:all_shards", "response_policy:all_succeeded")
            .args(FLUSH_MODE)
            .runs(Place.SHARD, DatabaseCommands::flushdb),
        command("FLUSHALL").arity(-1).since("1.0.0").group(SERVER)
            .complexity("O(N) where N is the total number of keys in all databases")
            .summary("Remove all keys from all databases")
            .history("4.0.0", "Added the `ASYNC` flushing mode modifier.")
            .history("6.2.0", "Added the `SYNC` flushing mode modifier.")
            .flags(WRITE).categories(AclCategory.DANGEROUS, AclCategory.KEYSPACE)
            .tips("request_policy:all_shards", "response_policy:all_succeeded")
            .args(FLUSH_MODE)
            .runs(Place.SHARD, DatabaseCommands::flushall),
        command("SWAPDB").arity(3).since("4.0.0").group(SERVER)
            .complexity("O(N) where N is the count of clients watching or blocking on keys from both databases.")
            .summary("Swaps two Redis databases")
            .flags(WRITE, FAST).categories(AclCategory.DANGEROUS, AclCategory.KEYSPACE)
            .args(integer("index1"), integer("index2"))
            .runs(Place.SHARD, DatabaseCommands::swapdb));
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
      if ((all || matches(pattern, entry)) && !call.db.isExpired(entry)) {
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
        if (!all && !matches(pattern, entry) || db.isExpired(entry)) return;
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

  /**
   * SCAN cursor [MATCH pattern] [COUNT n] [TYPE type]. Expired keys that match the pattern are removed if that is the
   * mode. With TYPE each of those counts as looked up, found or not; what has just been removed is of type none.
   */
  static void scan(Call call) {
    long cursor = Arguments.cursor(call.argv[1]);
    ScanOptions options = ScanOptions.ofKeys(call.argv);
    List<byte[]> found = new ArrayList<>();
    long next = call.db.scan(cursor, (int) Math.min(Integer.MAX_VALUE, options.count()), entry -> {
      if (!options.matches(entry.keyArray(), entry.keyOffset(), entry.keyLength())) return;
      byte[] key = entry.key();
      if (options.type() == null ? call.db.contains(key) : isOfType(call, key, options.type())) found.add(key);
    });
    ScanOptions.reply(call.reply, next, found);
  }

  private static boolean isOfType(Call call, byte[] key, byte[] type) {
    return Bytes.is(type, KeyCommands.typeOf(call, key)) && !call.db.isExpired(key);
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
