package org.understudy.shard;

import static org.understudy.command.CommandFlag.ADMIN;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.NOSCRIPT;
import static org.understudy.command.CommandFlag.PROTECTED;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandGroup.SERVER;
import static org.understudy.command.CommandSpec.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Doubles;
import org.understudy.bytes.Glob;
import org.understudy.command.Arguments;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.DumpCommands;
import org.understudy.command.Handler;
import org.understudy.command.KeyCommands;
import org.understudy.command.ListForms;
import org.understudy.command.Place;
import org.understudy.config.CNumbers;
import org.understudy.config.Config;
import org.understudy.config.ConfigRewriter;
import org.understudy.keyspace.Digest;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.ExpiryMode;
import org.understudy.keyspace.Keyspace;
import org.understudy.keyspace.collection.ListForm;
import org.understudy.keyspace.collection.ListValue;
import org.understudy.rdb.Payload;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.shard.clients.Background;
import org.understudy.shard.clients.ClientCron;
import org.understudy.shard.clients.Clients;
import org.understudy.shard.history.Propagation;
import org.understudy.shard.history.ReplicationState;
import org.understudy.shard.persistence.Persistence;
import org.understudy.shard.replication.Replicas;
import org.understudy.shard.server.ServerControl;
import org.understudy.shard.server.ServerFacts;

/**
 * DEBUG, with all subcommands of Redis; those that cannot mean anything here say so. Like there they stop at nothing:
 * some hold up the whole server, some end it.
 */
final class DebugCommands {
  private static final Logger log = LoggerFactory.getLogger(DebugCommands.class);
  private static final int MATCHES_TRIED = 100_000;
  private static final long MOST_PLAIN_THRESHOLD = (1L << 32) - (1 << 20);
  private static final CommandError NO_PLAIN_THRESHOLD =
      CommandError.err("argument must be a memory value bigger than 1 and smaller than 4gb");
  private static final CommandError NO_SUCH_SETTING = CommandError.err("No such file or directory");
  private static final CommandError NO_RESTART =
      CommandError.err("not supported here: a JVM cannot be replaced by a new one under the same process id");
  private static final CommandError NO_CLUSTER =
      CommandError.err("Debug option only available for cluster mode enabled setup!");

  private final Keyspace keyspace;
  private final ReplicationState replication;
  private final ServerControl control;
  private final Background background;
  private final Clients clients;
  private final ClientCron clientCron;
  private final DumpCommands dumpCommands;
  private final ListForms listForms;
  private final Persistence persistence;
  private final Replicas replicas;
  private final UserFile userFile;
  private final Propagation propagation;
  private final Consumer<Boolean> pauseCron;
  /** DEBUG LEAK: what never goes. */
  private final List<byte[]> leaked = new ArrayList<>();

  DebugCommands(ShardParts parts, Consumer<Boolean> pauseCron) {
    keyspace = parts.keyspace;
    replication = parts.replication;
    control = parts.control;
    background = parts.background;
    clients = parts.clients;
    clientCron = parts.clientCron;
    dumpCommands = parts.dumpCommands;
    listForms = parts.listForms;
    persistence = parts.persistence;
    replicas = parts.replicas;
    userFile = parts.userFile;
    propagation = parts.propagation;
    this.pauseCron = pauseCron;
  }

  List<CommandSpec> rows() {
    return List.of(
        command("DEBUG").arity(-2).since("1.0.0").group(SERVER).complexity("Depends on subcommand.")
            .summary("A container for debugging commands")
            .systemCommand()
            .flags(ADMIN, NOSCRIPT, LOADING, STALE, PROTECTED)
            .runs(Place.SHARD, this::debugCommand));
  }

  private static final Handler HELP = CommandSpec.help(
      "AOF-FLUSH-SLEEP <microsec>",
      "    Server will sleep before flushing the AOF, this is used for testing.",
      "ASSERT",
      "    Crash by assertion failed.",
      "CHANGE-REPL-ID",
      "    Change the replication IDs of the instance.",
      "    Dangerous: should be used only for testing the replication subsystem.",
      "CLIENT-EVICTION",
      "    Show low level client eviction pools info (maxmemory-clients).",
      "CONFIG-REWRITE-FORCE-ALL",
      "    Like CONFIG REWRITE but writes all configuration options, including",
      "    keywords not listed in original configuration file or default values.",
      "CRASH-AND-RECOVER [<milliseconds>]",
      "RESTART [<milliseconds>]",
      "    Not supported: a JVM cannot be replaced by a new one under the same process id.",
      "DIGEST",
      "    Output a hex signature representing the current DB content.",
      "DIGEST-VALUE <key> [<key> ...]",
      "    Output a hex signature of the values of all the specified keys.",
      "ERROR <string>",
      "    Return a Redis protocol error with <string> as message. Useful for clients",
      "    unit tests to simulate Redis errors.",
      "HTSTATS <dbid>",
      "    Return hash table statistics of the specified Redis database.",
      "HTSTATS-KEY <key>",
      "    Like HTSTATS but for the hash table stored at <key>'s value.",
      "LEAK <string>",
      "    Create a memory leak of the input string.",
      "LISTPACK <key>",
      "    Show low level info about the listpack encoding of <key>.",
      "LOADAOF",
      "    Flush the AOF buffers on disk and reload the AOF in memory.",
      "LOG <message>",
      "    Write <message> to the server log.",
      "MALLCTL <key> [<val>]",
      "MALLCTL-STR <key> [<val>]",
      "    Say that there is no such setting: memory is the JVM's.",
      "OBJECT <key>",
      "    Show low level info about `key` and associated value.",
      "OOM",
      "    Crash the server simulating an out-of-memory error.",
      "PANIC",
      "    Crash the server simulating a panic.",
      "PAUSE-CRON <0|1>",
      "    Stop periodic cron job processing.",
      "POPULATE <count> [<prefix>] [<size>]",
      "    Create <count> string keys named key:<num>. If <prefix> is specified then",
      "    it is used instead of the 'key' prefix. These are not propagated to",
      "    replicas.",
      "PROTOCOL <type>",
      "    Reply with a test value of the specified type. <type> can be: string,",
      "    integer, double, bignum, null, array, set, map, attrib, push, verbatim,",
      "    true, false.",
      "QUICKLIST <key> [<0|1>]",
      "    Show low level info about the quicklist encoding of <key>.",
      "    The optional argument (0 by default) sets the level of detail",
      "QUICKLIST-PACKED-THRESHOLD <size>",
      "    Sets the threshold for elements to be inserted as plain vs packed nodes",
      "    Default value is 1GB, allows values up to 4GB. Setting to 0 restores to default.",
      "REPLYBUFFER PEAK-RESET-TIME <NEVER||RESET|time>",
      "    Sets the time (in milliseconds) to wait between client reply buffer peak resets.",
      "    In case NEVER is provided the last observed peak will never be reset",
      "    In case RESET is provided the peak reset time will be restored to the default value",
      "REPLYBUFFER RESIZING <0|1>",
      "    Enable or disable the reply buffer resize cron job",
      "RELOAD [option ...]",
      "    Save the RDB on disk and reload it back to memory. Valid <option> values:",
      "    * MERGE: conflicting keys will be loaded from RDB.",
      "    * NOFLUSH: the existing database will not be removed before load, but",
      "      conflicting keys will generate an exception and kill the server.",
      "    * NOSAVE: the database will be loaded from an existing RDB file.",
      "    Examples:",
      "    * DEBUG RELOAD: verify that the server is able to persist, flush and reload",
      "      the database.",
      "    * DEBUG RELOAD NOSAVE: replace the current database with the contents of an",
      "      existing RDB file.",
      "    * DEBUG RELOAD NOSAVE NOFLUSH MERGE: add the contents of an existing RDB",
      "      file to the database.",
      "REPLICATE <string>",
      "    Replicates the provided string to replicas, allowing data divergence.",
      "SDSLEN <key>",
      "    Show low level SDS string info representing `key` and value.",
      "SEGFAULT",
      "    Crash the server with sigsegv.",
      "SET-ACTIVE-EXPIRE <0|1>",
      "    Setting it to 0 disables expiring keys in background when they are not",
      "    accessed (otherwise the Redis behavior). Setting it to 1 reenables back the",
      "    default.",
      "SET-SKIP-CHECKSUM-VALIDATION <0|1>",
      "    Enables or disables checksum checks for RDB files and RESTORE's payload.",
      "SLEEP <seconds>",
      "    Stop the server for <seconds>. Decimals allowed.",
      "STRUCTSIZE",
      "    Return the width of an address. Other structures are not of a fixed size.",
      "STRINGMATCH-TEST",
      "    Run a fuzz tester against the stringmatchlen() function.");

  /** Named as in the reference implementation: whoever reads the watchdog's stack trace looks for this name. */
  private void debugCommand(Call call) {
    replicas.snapshots().forget(); // many change the dataset past the log
    byte[][] argv = call.argv;
    String subcommand = Bytes.lowerString(argv[1]);
    switch (argv.length + " " + subcommand) {
      case "2 help" -> HELP.run(call);
      case "3 sleep" -> sleep(call);
      case "3 set-active-expire" -> {
        keyspace.activeExpiry().turn(truth(argv[2]));
        call.reply.ok();
      }
      case "3 set-skip-checksum-validation" -> {
        dumpCommands.compareChecksums(!truth(argv[2]));
        persistence.compareChecksums(!truth(argv[2]));
        call.reply.ok();
      }
      case "3 quicklist-packed-threshold" -> plainNodesFrom(call);
      case "3 pause-cron" -> {
        pauseCron.accept(truth(argv[2]));
        call.reply.ok();
      }
      case "4 replybuffer" -> replyBuffer(call);
      case "3 object" -> object(call);
      case "3 htstats" -> StorageReports.tables(call);
      case "3 htstats-key" -> StorageReports.tableOf(call);
      case "3 sdslen" -> {
        if (!peek(call, argv[2])) throw Errors.NO_SUCH_KEY;
        StorageReports.stringLengths(call);
      }
      case "3 listpack" -> StorageReports.listpack(call);
      case "3 quicklist", "4 quicklist" -> StorageReports.quicklist(call);
      case "2 digest" -> call.reply.simple(Digest.of(keyspace).hex());
      case "3 populate", "4 populate", "5 populate" -> populate(call);
      case "3 protocol" -> protocol(call);
      case "3 log" -> {
        log.warn("DEBUG LOG: {}", Bytes.string(argv[2]));
        call.reply.ok();
      }
      // Not an error that the server counts: what the client asked to get.
      case "3 error" -> {
        String line = Bytes.string(argv[2]).replace('\n', ' ').replace('\r', ' ');
        call.reply.raw(Bytes.of('-' + line + "\r\n"));
      }
      case "2 change-repl-id" -> {
        log.warn("Changing replication IDs after receiving DEBUG change-repl-id");
        replication.changeId();
        call.reply.ok();
      }
      case "2 config-rewrite-force-all" -> {
        Config config = call.config; // the call is another's by then
        List<String> users = userFile.configurationLines();
        background.run(call, () -> ConfigRewriter.rewriteFile(config, users, true));
      }
      case "3 aof-flush-sleep" -> {
        persistence.appendOnly().writer().flushSleep(CNumbers.leading(Bytes.string(argv[2])));
        call.reply.ok();
      }
      case "3 leak" -> {
        leaked.add(argv[2].clone());
        call.reply.ok();
      }
      case "3 drop-cluster-packet-filter" -> {
        Arguments.integer(argv[2]); // there are no packets
        call.reply.ok();
      }
      case "5 clusterlink" -> {
        if (!Bytes.is(argv[2], "KILL")) throw Errors.subcommandSyntax(argv[0], argv[1]);
        throw NO_CLUSTER;
      }
      case "2 stringmatch-test" -> matchGlobs(call);
      case "2 structsize" -> call.reply.bulk("bits:" + ServerFacts.ADDRESS_BITS);
      case "2 client-eviction" -> {
        if (!clients.memory.isLimited()) throw CommandError.err("maxmemory-clients is disabled.");
        call.reply.verbatim(Bytes.of(clients.memory.describeBuckets()));
      }
      default -> {
        if (!ofAnyLength(call, subcommand) && !crashes(subcommand)) throw Errors.subcommandSyntax(argv[0], argv[1]);
      }
    }
  }

  /** Runs a subcommand that takes more or less of arguments; false if it is none. */
  private boolean ofAnyLength(Call call, String subcommand) {
    byte[][] argv = call.argv;
    switch (subcommand) {
      case "digest-value" -> digestValues(call);
      case "reload" -> reload(call);
      case "loadaof" -> {
        if (call.session.loads) throw Errors.LOADING; // itself
        call.flushing(Call.ALL_DATABASES);
        if (persistence.reloadAppendOnly()) call.reply.ok();
      }
      case "restart", "crash-and-recover" -> throw NO_RESTART;
      default -> {
        if (argv.length == 2) return false;
        switch (subcommand) {
          case "replicate" -> replicate(call);
          case "mallctl", "mallctl-str" -> throw NO_SUCH_SETTING;
          default -> {
            return false;
          }
        }
      }
    }
    return true;
  }

  /** Tells replicas a command that is not executed here. */
  private void replicate(Call call) {
    propagation.tellReplicas(Arrays.copyOfRange(call.argv, 2, call.argv.length));
    call.reply.ok();
  }

  /** DEBUG RELOAD [MERGE | NOFLUSH | NOSAVE …]. */
  private void reload(Call call) {
    boolean save = true;
    boolean flush = true;
    boolean merge = false;
    for (int i = 2; i < call.argv.length; i++) {
      switch (Bytes.lowerString(call.argv[i])) {
        case "merge" -> merge = true;
        case "noflush" -> flush = false;
        case "nosave" -> save = false;
        default -> throw CommandError.err("DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
      }
    }
    if (save && !persistence.saves().saveAtOnce()) throw new CommandError("ERR");
    if (flush) call.flushing(Call.ALL_DATABASES);
    String refusal = persistence.reload(flush, merge);
    if (refusal != null) throw new CommandError(refusal);
    call.reply.ok();
  }

  /** Unlike in Redis, lists that are there already stay as they are. */
  private void plainNodesFrom(Call call) {
    long bytes;
    try {
      bytes = CNumbers.memory(Bytes.string(call.argv[2]));
    } catch (NumberFormatException e) {
      throw NO_PLAIN_THRESHOLD;
    }
    if (Long.compareUnsigned(bytes, MOST_PLAIN_THRESHOLD) > 0) throw NO_PLAIN_THRESHOLD;
    listForms.plainFrom(bytes == 0 ? ListForm.PLAIN_FROM_BYTES : bytes);
    call.reply.ok();
  }

  private void replyBuffer(Call call) {
    byte[] value = call.argv[3];
    switch (Bytes.lowerString(call.argv[2])) {
      case "peak-reset-time" -> clientCron.replyBufferPeakMillis(Bytes.is(value, "NEVER") ? -1
          : Bytes.is(value, "RESET") ? ClientCron.PEAK_MILLIS : Arguments.integer(value));
      case "resizing" -> clientCron.replyBuffersShrink(truth(value));
      default -> throw Errors.subcommandSyntax(call.argv[0], call.argv[1]);
    }
    call.reply.ok();
  }

  private static boolean truth(byte[] number) {
    return CNumbers.leading(Bytes.string(number)) != 0;
  }

  /** True after having ended the process, in vain. */
  private boolean crashes(String subcommand) {
    String reason = switch (subcommand) {
      case "segfault" -> "Redis " + ServerFacts.REDIS_VERSION + " crashed by signal: 11, si_code: 2 (DEBUG SEGFAULT)";
      case "panic" -> "Guru Meditation: DEBUG PANIC called";
      case "assert" -> "=== ASSERTION FAILED ===: DEBUG ASSERT called";
      case "oom" -> "Out Of Memory: DEBUG OOM called";
      default -> null;
    };
    if (reason == null) return false;
    control.crash(reason);
    return true;
  }

  /**
   * Holds the loop, and with it (unless there are io-threads) all connections: that is what the command is for, and
   * so the time counts in all statistics as it does in Redis.
   */
  private void sleep(Call call) {
    double seconds = Doubles.parse(call.argv[2]);
    if (seconds > 0) {
      try {
        Thread.sleep((long) (seconds * 1000), (int) (seconds * 1e9 % 1e6));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    call.reply.ok();
  }

  // ---- keys ---------------------------------------------------------------------------------------------------------

  /** Looks a key up whether or not its time has come, and without a trace. */
  private boolean peek(Call call, byte[] key) {
    ExpiryMode mode = keyspace.expiryMode();
    keyspace.expiryMode(ExpiryMode.KEEP);
    boolean found = call.db.find(key, call.entry, false);
    keyspace.expiryMode(mode);
    return found;
  }

  private void digestValues(Call call) {
    call.reply.array(call.argv.length - 2);
    for (int i = 2; i < call.argv.length; i++) {
      boolean found = peek(call, call.argv[i]);
      call.reply.simple((found ? Digest.ofValue(call.entry) : new Digest()).hex());
    }
  }

  /** One line of what is known about a value. The address tells objects apart and says nothing more. */
  private void object(Call call) {
    if (!peek(call, call.argv[2])) throw Errors.NO_SUCH_KEY;
    Entry entry = call.entry;
    Object identity = entry.isString() ? entry.array() : entry.value();
    StringBuilder line = new StringBuilder("Value at:0x").append(Integer.toHexString(System.identityHashCode(identity)))
        .append(" refcount:").append(KeyCommands.references(call)).append(" encoding:").append(entry.encodingName())
        .append(" serializedlength:").append(Payload.valueLength(entry, call.config.rdbcompression()))
        .append(" lru:").append(entry.clock()).append(" lru_seconds_idle:")
        .append(keyspace.accessClock().idleMillis(entry, call.nowMillis) / 1000);
    if (entry.value() instanceof ListValue list) line.append(list.nodeFigures());
    call.reply.simple(line.toString());
  }

  /** DEBUG POPULATE count [prefix [size]]: keys that exist stay. In one go, and no change is counted. */
  private void populate(Call call) {
    byte[][] argv = call.argv;
    long count = Arguments.notNegative(argv[2], Errors.NOT_POSITIVE);
    byte[] prefix = argv.length > 3 ? argv[3] : Bytes.of("key");
    long size = argv.length > 4 ? Arguments.notNegative(argv[4], Errors.NOT_POSITIVE) : 0;
    for (long i = 0; i < count; i++) {
      byte[] key = Bytes.concat(prefix, Bytes.of(":" + i));
      if (call.findForWrite(key)) continue;
      byte[] value = Bytes.of("value:" + i);
      call.db.setString(key, size == 0 ? value : Arrays.copyOf(value, (int) Math.min(size, Integer.MAX_VALUE - 16)));
      call.alsoChangedIn(call.db.index(), key);
    }
    call.reply.ok();
  }

  // ---- the rest -----------------------------------------------------------------------------------------------------

  private static void protocol(Call call) {
    var reply = call.reply;
    switch (Bytes.lowerString(call.argv[2])) {
      case "string" -> reply.bulk("Hello World");
      case "integer" -> reply.integer(12345);
      case "double" -> reply.doubleText("3.141");
      case "bignum" -> reply.bigNumber("1234567999999999999999999999999999999");
      case "null" -> reply.nullValue();
      case "array" -> {
        reply.array(3);
        for (int i = 0; i < 3; i++) reply.integer(i);
      }
      case "set" -> {
        reply.set(3);
        for (int i = 0; i < 3; i++) reply.integer(i);
      }
      case "map" -> {
        reply.map(3);
        for (int i = 0; i < 3; i++) {
          reply.integer(i);
          reply.bool(i == 1);
        }
      }
      case "attrib" -> {
        if (reply.resp3()) {
          reply.attribute(1);
          reply.bulk("key-popularity");
          reply.array(2);
          reply.bulk("key:123");
          reply.integer(90);
        }
        reply.bulk("Some real reply following the attribute");
      }
      case "push" -> {
        if (!reply.resp3()) throw CommandError.err("RESP2 is not supported by this command");
        reply.push(2);
        reply.bulk("server-cpu-usage");
        reply.integer(42);
        reply.bulk("Some real reply following the push reply");
      }
      case "true" -> reply.bool(true);
      case "false" -> reply.bool(false);
      case "verbatim" -> reply.verbatim(Bytes.of("This is a verbatim\nstring"));
      default -> throw CommandError.err("Wrong protocol type name. Please use one of the following: "
          + "string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false");
    }
  }

  /** Matches random texts with random patterns, to see whether the matcher survives it. */
  private static void matchGlobs(Call call) {
    SplittableRandom random = new SplittableRandom(call.nowMillis);
    for (int i = 0; i < MATCHES_TRIED; i++) {
      byte[] pattern = new byte[random.nextInt(20)];
      byte[] text = new byte[random.nextInt(20)];
      random.nextBytes(pattern);
      random.nextBytes(text);
      for (int j = 0; j < pattern.length; j += 2) pattern[j] = (byte) "*?[]-^\\a".charAt(pattern[j] & 7);
      Glob.matches(pattern, text, false);
    }
    call.reply.simple("Apparently Redis did not crash: test passed");
  }
}
