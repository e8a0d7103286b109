package org.understudy.shard;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.command.Arguments;
import org.understudy.command.Call;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Encoding;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Value;
import org.understudy.keyspace.collection.HashValue;
import org.understudy.keyspace.collection.ListValue;
import org.understudy.keyspace.collection.SortedSetValue;
import org.understudy.keyspace.packed.Listpack;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;

/**
 * How values and tables are stored, as DEBUG HTSTATS, HTSTATS-KEY, SDSLEN, LISTPACK and QUICKLIST tell it. The forms
 * are Redis's, the figures those of our own tables: each element has a slot of its own, so chains are of one.
 */
final class StorageReports {
  private static final Logger log = LoggerFactory.getLogger(StorageReports.class);
  private static final CommandError NO_SUCH_DATABASE = CommandError.err("Out of range database");
  private static final CommandError NO_TABLE =
      CommandError.err("The value stored at the specified key is not represented using an hash table");
  private static final CommandError NO_STRING = CommandError.err("Not an sds encoded string.");
  private static final CommandError NO_LISTPACK = CommandError.err("Not a listpack encoded object.");
  private static final CommandError NO_QUICKLIST = CommandError.err("Not a quicklist encoded object.");

  private StorageReports() {}

  /** DEBUG HTSTATS database */
  static void tables(Call call) {
    long index = Arguments.integer(call.argv[2]);
    if (index < 0 || index >= call.keyspace.databases()) throw NO_SUCH_DATABASE;
    Database database = call.keyspace.database((int) index);
    call.reply.verbatim(Bytes.of("[Dictionary HT]\n" + table(database.tableSlots(), database.size())
        + "[Expires HT]\n" + table(database.tableSlots(), database.expires())));
  }

  /** DEBUG HTSTATS-KEY key */
  static void tableOf(Call call) {
    if (!call.inspect(call.argv[2])) throw Errors.NO_SUCH_KEY;
    Value value = call.entry.value();
    boolean large = value != null && value.table() != null;
    if (!large) throw NO_TABLE;
    call.reply.verbatim(Bytes.of(table(value.table().slots(), value.freeEffort())));
  }

  private static String table(long slots, long elements) {
    if (elements == 0) {
      return "Hash table 0 stats (main hash table):\nNo stats available for empty dictionaries\n";
    }
    return String.format(Locale.ROOT, """
        Hash table 0 stats (main hash table):
         table size: %d
         number of elements: %d
         different slots: %d
         max chain length: 1
         avg chain length (counted): 1.00
         avg chain length (computed): 1.00
         Chain length distribution:
           0: %d (%.2f%%)
           1: %d (%.2f%%)
        """, slots, elements, elements, slots - elements, 100.0 * (slots - elements) / slots, elements,
        100.0 * elements / slots);
  }

  /** DEBUG SDSLEN key, with the entry found. Strings have no room to spare, nor a header that would tell of it. */
  static void stringLengths(Call call) {
    Entry entry = call.entry;
    if (!entry.isString() || entry.encoding() == Encoding.INT) throw NO_STRING;
    int key = call.argv[2].length;
    int value = entry.length();
    call.reply.simple("key_sds_len:" + key + ", key_sds_avail:0, key_zmalloc: " + key + ", val_sds_len:" + value
        + ", val_sds_avail:0, val_zmalloc: " + value);
  }

  /** DEBUG LISTPACK key */
  static void listpack(Call call) {
    if (!call.inspect(call.argv[2])) throw Errors.NO_SUCH_KEY;
    Value value = call.entry.value();
    Listpack pack = value instanceof HashValue hash ? hash.packed()
        : value instanceof SortedSetValue set ? set.packed() : null;
    if (pack == null) throw NO_LISTPACK;
    print(pack, true);
    call.reply.simple("Listpack structure printed on stdout");
  }

  /** DEBUG QUICKLIST key [0|1] */
  static void quicklist(Call call) {
    if (!call.inspect(call.argv[2])) throw Errors.NO_SUCH_KEY;
    if (!(call.entry.value() instanceof ListValue list)) throw NO_QUICKLIST;
    boolean full = call.argv.length == 4 && !Bytes.is(call.argv[3], "0");
    log.info("DEBUG QUICKLIST: {} elements{}", list.size(), list.nodeFigures());
    for (int i = 0; i < list.chunks(); i++) {
      Listpack pack = list.pack(i);
      if (pack != null) print(pack, full);
      else log.info("element alone, {} bytes", list.element(i).length);
    }
    call.reply.simple("Quicklist structure printed on stdout");
  }

  private static void print(Listpack pack, boolean elements) {
    log.info("listpack of {} elements, {} bytes", pack.count(), pack.size());
    if (!elements) return;
    for (int at = pack.first(); at != Listpack.NONE; at = pack.next(at)) {
      log.info("at {}: {}", at, Bytes.string(pack.element(at)));
    }
  }
}
