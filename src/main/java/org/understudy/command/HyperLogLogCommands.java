package org.understudy.command;

import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.string;
import static org.understudy.command.CommandFlag.ADMIN;
import static org.understudy.command.CommandFlag.DENYOOM;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.MAY_REPLICATE;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.HYPERLOGLOG;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.INSERT;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeySpec.at;

import java.util.List;
import java.util.Random;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Encoding;
import org.understudy.keyspace.hyperloglog.CorruptHyperLogLog;
import org.understudy.keyspace.hyperloglog.HyperLogLog;
import org.understudy.keyspace.hyperloglog.SelfTest;
import org.understudy.resp.CommandError;

/**
 * Commands on HyperLogLogs, which are strings. Errors, their order, notifications and what is propagated are those of
 * hyperloglog.c of Redis 7.0.15.
 */
public final class HyperLogLogCommands {
  private static final CommandError NOT_A_HYPERLOGLOG =
      new CommandError("WRONGTYPE Key is not a valid HyperLogLog string value.");
  private static final CommandError CORRUPTED = new CommandError("INVALIDOBJ Corrupted HLL object detected");

  private HyperLogLogCommands() {}

  public static List<CommandSpec> rows() {
    return List.of(
        command("PFADD").arity(-2).since("2.8.9").group(HYPERLOGLOG).complexity("O(1) to add every element.")
            .summary("Adds the specified elements to the specified HyperLogLog.")
            .flags(WRITE, DENYOOM, FAST).keys(at(1).flags(RW, INSERT))
            .args(key("key"), string("element").optional().multiple())
            .runs(Place.SHARD, HyperLogLogCommands::pfadd),
        command("PFCOUNT").arity(-2).since("2.8.9").group(HYPERLOGLOG)
            .complexity("O(1) with a very small average constant time when called with a single key. O(N) with N "
                + "being the number of keys, and much bigger constant times, when called with multiple keys.")
            .summary("Return the approximated cardinality of the set(s) observed by the HyperLogLog at key(s).")
            .flags(READONLY, MAY_REPLICATE)
            .keys(at(1).flags(RW, ACCESS).range(-1, 1, 0)
                .notes("RW because it may change the internal representation of the key, and propagate to replicas"))
            .args(key("key").multiple())
            .runs(Place.SHARD, HyperLogLogCommands::pfcount),
        command("PFDEBUG").arity(3).since("2.8.9").group(HYPERLOGLOG).complexity("N/A")
            .summary("Internal commands for debugging HyperLogLog values")
            .systemCommand()
            .flags(WRITE, DENYOOM, ADMIN).keys(at(2).flags(RW, ACCESS))
            .args(string("subcommand"), key("key"))
            .runs(Place.SHARD, HyperLogLogCommands::pfdebug),
        command("PFMERGE").arity(-2).since("2.8.9").group(HYPERLOGLOG)
            .complexity("O(N) to merge N HyperLogLogs, but with high constant times.")
            .summary("Merge N different HyperLogLogs into a single one.")
            .flags(WRITE, DENYOOM).keys(at(1).flags(RW, ACCESS, INSERT), at(2).flags(RO, ACCESS).range(-1, 1, 0))
            .args(key("destkey"), key("sourcekey", 1).multiple())
            .runs(Place.SHARD, HyperLogLogCommands::pfmerge),
        command("PFSELFTEST").arity(1).since("2.8.9").group(HYPERLOGLOG).complexity("N/A")
            .summary("An internal command for testing HyperLogLog values")
            .systemCommand()
            .flags(ADMIN)
            .runs(Place.SHARD, HyperLogLogCommands::pfselftest));
  }

  // ---- values -------------------------------------------------------------------------------------------------------

  /** The value that a lookup found, for reading. */
  private static HyperLogLog found(Call call) {
    Arguments.requireString(call.entry);
    if (call.entry.encoding() == Encoding.INT) throw NOT_A_HYPERLOGLOG;
    if (!HyperLogLog.isValid(call.entry.array(), call.entry.offset(), call.entry.length())) throw NOT_A_HYPERLOGLOG;
    return view(call);
  }

  private static HyperLogLog view(Call call) {
    return new HyperLogLog(call.entry.array(), call.entry.offset(), call.entry.length());
  }

  /** The value that a lookup for writing found, to be changed and then given to {@link #store}. Its encoding is RAW. */
  private static HyperLogLog writable(Call call, byte[] key) {
    found(call);
    call.db.edit(key, call.entry.length(), call.entry);
    return view(call);
  }

  private static void store(Call call, byte[] key, HyperLogLog value) {
    if (!value.moved()) return;
    call.db.setString(key, value.array(), value.offset(), value.length(), Encoding.RAW, Database.KEEP_EXPIRE);
  }

  // ---- commands -----------------------------------------------------------------------------------------------------

  /** PFADD key [element ...]: 1 if the estimate may have changed. */
  static void pfadd(Call call) {
    byte[] key = call.argv[1];
    boolean created = !call.findForWrite(key);
    HyperLogLog value = created ? HyperLogLog.empty() : writable(call, key);
    int updated = created ? 1 : 0;
    try {
      for (int i = 2; i < call.argv.length; i++) {
        if (value.add(call.argv[i], call.config.hllSparseMaxBytes())) updated++;
      }
      if (updated > 0) value.forgetEstimate();
    } catch (CorruptHyperLogLog e) {
      throw CORRUPTED; // what was added before it was noticed stays
    } finally {
      store(call, key, value);
    }
    if (updated > 0) {
      call.changed(key);
      call.dirty += updated - 1;
      call.notify(NotifyClass.STRING, "pfadd", key);
    }
    call.reply.integer(updated > 0 ? 1 : 0);
  }

  /** PFCOUNT key [key ...]: the estimate for one, which is kept with it, or for the union of several. */
  static void pfcount(Call call) {
    if (call.argv.length > 2) {
      call.reply.integer(HyperLogLog.estimate(union(call)));
      return;
    }
    byte[] key = call.argv[1];
    if (!call.find(key)) {
      call.reply.integer(0);
      return;
    }
    HyperLogLog value = found(call);
    if (call.entry.encoding() != Encoding.RAW) {
      call.findAgainForWrite(key);
      value = writable(call, key);
    }
    if (value.hasCachedEstimate()) {
      call.reply.integer(value.cachedEstimate());
      return;
    }
    long estimate;
    try {
      estimate = value.estimate();
    } catch (CorruptHyperLogLog e) {
      throw CORRUPTED;
    }
    call.findAgainForWrite(key);
    writable(call, key).cacheEstimate(estimate);
    call.changed(key); // a read that is propagated: the bytes of the string are another
    call.reply.integer(estimate);
  }

  /** The registers, one a byte, of all keys of the command together; absent ones count as empty. */
  private static byte[] union(Call call) {
    byte[] all = new byte[HyperLogLog.REGISTERS];
    for (int i = 1; i < call.argv.length; i++) {
      if (!call.find(call.argv[i])) continue;
      merge(found(call), all);
    }
    return all;
  }

  private static void merge(HyperLogLog source, byte[] all) {
    try {
      source.mergeInto(all);
    } catch (CorruptHyperLogLog e) {
      throw CORRUPTED;
    }
  }

  /** PFMERGE destkey [sourcekey ...]: the destination is one of the sources. */
  static void pfmerge(Call call) {
    byte[] all = new byte[HyperLogLog.REGISTERS];
    boolean dense = false;
    for (int i = 1; i < call.argv.length; i++) {
      if (!call.find(call.argv[i])) continue;
      HyperLogLog source = found(call);
      dense |= source.isDense();
      merge(source, all);
    }
    byte[] key = call.argv[1];
    HyperLogLog target = call.findForWrite(key) ? writable(call, key) : HyperLogLog.empty();
    if (dense) target.makeDense();
    target.raiseTo(all, call.config.hllSparseMaxBytes());
    target.forgetEstimate();
    store(call, key, target);
    call.changed(key);
    call.notify(NotifyClass.STRING, "pfadd", key);
    call.reply.ok();
  }

  // ---- debugging ----------------------------------------------------------------------------------------------------

  /** PFDEBUG GETREG | DECODE | ENCODING | TODENSE key */
  static void pfdebug(Call call) {
    byte[] key = call.argv[2];
    if (!call.findForWrite(key)) throw CommandError.err("The specified key does not exist");
    HyperLogLog value = writable(call, key);
    byte[] subcommand = call.argv[1];
    if (Bytes.is(subcommand, "GETREG")) {
      makeDense(call, key, value);
      call.reply.array(HyperLogLog.REGISTERS);
      for (int i = 0; i < HyperLogLog.REGISTERS; i++) call.reply.integer(value.register(i));
    } else if (Bytes.is(subcommand, "DECODE")) {
      if (value.isDense()) throw CommandError.err("HLL encoding is not sparse");
      call.reply.bulk(value.runs());
    } else if (Bytes.is(subcommand, "ENCODING")) {
      call.reply.simple(value.isDense() ? "dense" : "sparse");
    } else if (Bytes.is(subcommand, "TODENSE")) {
      call.reply.integer(makeDense(call, key, value) ? 1 : 0);
    } else {
      throw CommandError.err("Unknown PFDEBUG subcommand '" + Bytes.string(subcommand) + "'");
    }
  }

  /** False if it is dense already. Nobody is told, yet it is propagated. */
  private static boolean makeDense(Call call, byte[] key, HyperLogLog value) {
    if (value.isDense()) return false;
    try {
      value.makeDense();
    } catch (CorruptHyperLogLog e) {
      throw CORRUPTED;
    }
    store(call, key, value);
    call.dirty++;
    return true;
  }

  static void pfselftest(Call call) {
    String failure = new SelfTest(new Random(), call.config.hllSparseMaxBytes()).failure();
    if (failure != null) throw CommandError.err("TESTFAILED " + failure);
    call.reply.ok();
  }
}
