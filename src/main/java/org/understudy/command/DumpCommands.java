package org.understudy.command;

import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.ASKING;
import static org.understudy.command.CommandFlag.DENYOOM;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.GENERIC;
import static org.understudy.command.CommandGroup.SERVER;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.OW;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeySpec.at;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Entry;
import org.understudy.rdb.Payload;
import org.understudy.rdb.RdbEntry;
import org.understudy.rdb.RdbException;
import org.understudy.rdb.ReadOptions;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/** Commands that take a value out of the dataset, and put one into it, as bytes. As cluster.c of Redis 7.0.15. */
public final class DumpCommands {
  private static final Logger log = LoggerFactory.getLogger(DumpCommands.class);
  private static final CommandError BUSY_KEY = new CommandError("BUSYKEY Target key name already exists.");
  private static final CommandError NEGATIVE_TTL = CommandError.err("Invalid TTL value, must be >= 0");
  private static final CommandError NEGATIVE_IDLE_TIME = CommandError.err("Invalid IDLETIME value, must be >= 0");
  private static final CommandError WRONG_FREQUENCY =
      CommandError.err("Invalid FREQ value, must be >= 0 and <= 255");
  private static final CommandError NOT_INTACT = CommandError.err("DUMP payload version or checksum are wrong");
  private static final CommandError BAD_DATA = CommandError.err("Bad data format");
  private static final byte[] EFFECT_DEL = Bytes.of("DEL");
  private static final byte[] ABSTTL = Bytes.of("ABSTTL");
  private static final int NOT_GIVEN = -1;

  /** What RESTORE was given besides key, TTL and payload. */
  private record Options(boolean replace, boolean absoluteTtl, long idleSeconds, long frequency) {}

  private final ListForms listForms;
  private final LongAdder integrityChecks;
  private boolean comparesChecksums = true;

  /** @param integrityChecks counts the packed strings of payloads that are looked through */
  public DumpCommands(ListForms listForms, LongAdder integrityChecks) {
    this.listForms = listForms;
    this.integrityChecks = integrityChecks;
  }

  public List<CommandSpec> rows() {
    return List.of(
        command("DUMP").arity(2).since("2.6.0").group(GENERIC)
            .complexity("O(1) to access the key and additional O(N*M) to serialize it, where N is the number of "
                + "Redis objects composing the value and M their average size. For small string values the "
                + "time complexity is thus O(1)+O(1*M) where M is small, so simply O(1).")
            .summary("Return a serialized version of the value stored at the specified key.")
            .flags(READONLY).tips("nondeterministic_output").keys(at(1).flags(RO, ACCESS))
            .args(key("key"))
            .runs(Place.SHARD, DumpCommands::dump),
        command("RESTORE").arity(-4).since("2.6.0").group(GENERIC)
            .complexity("O(1) to create the new key and additional O(N*M) to reconstruct the serialized value, where "
                + "N is the number of Redis objects composing the value and M their average size. For small "
                + "string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1). "
                + "However for sorted set values the complexity is O(N*M*log(N)) because inserting values into "
                + "sorted sets is O(log(N)).")
            .summary("Create a key using the provided serialized value, previously obtained using DUMP.")
            .history("3.0.0", "Added the `REPLACE` modifier.")
            .history("5.0.0", "Added the `ABSTTL` modifier.")
            .history("5.0.0", "Added the `IDLETIME` and `FREQ` options.")
            .flags(WRITE, DENYOOM).categories(AclCategory.DANGEROUS, AclCategory.KEYSPACE).keys(at(1).flags(OW, UPDATE))
            .args(key("key"), integer("ttl"), string("serialized-value"), token("REPLACE").since("3.0.0").optional(),
                token("ABSTTL").since("5.0.0").optional(),
                integer("seconds").after("IDLETIME").since("5.0.0").optional(),
                integer("frequency").after("FREQ").since("5.0.0").optional())
            .runs(Place.SHARD, this::restore),
        command("RESTORE-ASKING").arity(-4).since("3.0.0").group(SERVER)
            .complexity("O(1) to create the new key and additional O(N*M) to reconstruct the serialized value, where "
                + "N is the number of Redis objects composing the value and M their average size. For small "
                + "string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1). "
                + "However for sorted set values the complexity is O(N*M*log(N)) because inserting values into "
                + "sorted sets is O(log(N)).")
            .summary("An internal command for migrating keys in a cluster")
            .systemCommand()
            .history("3.0.0", "Added the `REPLACE` modifier.")
            .history("5.0.0", "Added the `ABSTTL` modifier.")
            .history("5.0.0", "Added the `IDLETIME` and `FREQ` options.")
            .flags(WRITE, DENYOOM, ASKING).categories(AclCategory.DANGEROUS, AclCategory.KEYSPACE)
            .keys(at(1).flags(OW, UPDATE))
            .args(key("key"), integer("ttl"), string("serialized-value"), token("REPLACE").since("3.0.0").optional(),
                token("ABSTTL").since("5.0.0").optional(),
                integer("seconds").after("IDLETIME").since("5.0.0").optional(),
                integer("frequency").after("FREQ").since("5.0.0").optional())
            .runs(Place.SHARD, this::restore));
  }

  /** Whether RESTORE compares checksums; it does at first (DEBUG SET-SKIP-CHECKSUM-VALIDATION). */
  public void compareChecksums(boolean on) {
    comparesChecksums = on;
  }

  static void dump(Call call) {
    if (!call.find(call.argv[1])) {
      call.reply.nullValue();
      return;
    }
    ByteBuffer payload = Payload.of(call.entry, call.config.rdbcompression());
    if (payload.remaining() < ReplyBuffer.LEND_FROM_BYTES) call.reply.bulk(payload.array(), 0, payload.remaining());
    else call.reply.lend(payload.array(), 0, payload.remaining());
  }

  /** RESTORE key ttl payload [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency] */
  private void restore(Call call) {
    byte[][] argv = call.argv;
    Options options = options(argv);
    byte[] key = argv[1];
    if (!options.replace && call.findForWrite(key)) throw BUSY_KEY;
    long ttl = Arguments.integer(argv[2]);
    if (ttl < 0) throw NEGATIVE_TTL;
    if (!Payload.isIntact(argv[3], comparesChecksums)) throw NOT_INTACT;
    RdbEntry restored;
    try {
      restored = Payload.read(argv[3],
          ReadOptions.of(call.config, call.keyspace.hashSeed(), listForms.current()).counting(integrityChecks));
    } catch (RdbException e) {
      log.debug("Internal error in RDB reading: {}", e.getMessage());
      throw BAD_DATA;
    }
    boolean replaced = options.replace && call.db.removeEvenExpired(key, call.config.lazyfreeLazyServerDel());
    long expireAt = ttl == 0 ? Entry.NO_EXPIRE : options.absoluteTtl ? ttl : ttl + call.nowMillis;
    if (ttl != 0 && ExpiryCommands.isPast(call, expireAt)) {
      if (replaced) {
        call.changed(key);
        call.notify(NotifyClass.GENERIC, "del", key);
        call.effect(EFFECT_DEL, key);
      }
      call.reply.ok();
      return;
    }
    restored.putInto(call.db, key, expireAt);
    if (call.keyspace.accessClock().lfu()) {
      if (options.frequency != NOT_GIVEN) call.db.setFrequency(key, (int) options.frequency);
    } else if (options.idleSeconds != NOT_GIVEN) {
      call.db.setIdleSeconds(key, options.idleSeconds);
    }
    call.changed(key);
    call.notify(NotifyClass.GENERIC, "restore", key);
    if (ttl != 0 && !options.absoluteTtl) call.effect(withAbsoluteTtl(argv, expireAt));
    call.reply.ok();
  }

  private static Options options(byte[][] argv) {
    boolean replace = false;
    boolean absoluteTtl = false;
    long idleSeconds = NOT_GIVEN;
    long frequency = NOT_GIVEN;
    for (int i = 4; i < argv.length; i++) {
      boolean more = i + 1 < argv.length;
      if (Bytes.is(argv[i], "REPLACE")) {
        replace = true;
      } else if (Bytes.is(argv[i], "ABSTTL")) {
        absoluteTtl = true;
      } else if (Bytes.is(argv[i], "IDLETIME") && more && frequency == NOT_GIVEN) {
        idleSeconds = Arguments.integer(argv[++i]);
        if (idleSeconds < 0) throw NEGATIVE_IDLE_TIME;
      } else if (Bytes.is(argv[i], "FREQ") && more && idleSeconds == NOT_GIVEN) {
        frequency = Arguments.integer(argv[++i]);
        if (frequency < 0 || frequency > 255) throw WRONG_FREQUENCY;
      } else {
        throw Errors.SYNTAX;
      }
    }
    return new Options(replace, absoluteTtl, idleSeconds, frequency);
  }

  private static byte[][] withAbsoluteTtl(byte[][] argv, long expireAt) {
    byte[][] effect = Arrays.copyOf(argv, argv.length + 1);
    effect[2] = Bytes.of(expireAt);
    effect[argv.length] = ABSTTL;
    return effect;
  }
}
