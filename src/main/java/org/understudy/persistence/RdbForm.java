package org.understudy.persistence;

import java.nio.ByteBuffer;
import java.util.List;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.keyspace.AccessClock;
import org.understudy.keyspace.Database;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Keyspace;
import org.understudy.rdb.RdbOutput;
import org.understudy.rdb.RdbWriter;

/** A snapshot in the RDB format. */
final class RdbForm implements SnapshotForm {
  private static final int SIDE_BYTES = 16 << 10;
  /** About as much of a large value is written, or compressed, in one step. */
  private static final int PART_BYTES = 8 << 10;

  private final AccessClock accessClock;
  private final long cutMillis;
  private final RdbOutput output;
  private final RdbWriter writer;
  /** For entries that come in the middle of a large value. */
  private final RdbWriter sideWriter;
  /** The writer is in the middle of a large value. */
  private boolean begun;

  RdbForm(Keyspace keyspace, RdbWriter.Origin origin, List<byte[]> libraries, Config config, int capacityBytes) {
    boolean compress = config.flag(Directive.RDBCOMPRESSION);
    boolean checksum = config.flag(Directive.RDBCHECKSUM);
    RdbWriter.Access access = config.maxmemoryPolicy().lru() ? RdbWriter.Access.IDLE
        : config.maxmemoryPolicy().lfu() ? RdbWriter.Access.FREQUENCY : RdbWriter.Access.NONE;
    accessClock = keyspace.accessClock();
    cutMillis = keyspace.nowMillis();
    output = new RdbOutput(capacityBytes, compress, checksum);
    writer = new RdbWriter(output, access);
    sideWriter = new RdbWriter(new RdbOutput(SIDE_BYTES, compress, false), access);
    writer.header(origin);
    for (byte[] library : libraries) writer.function(library);
  }

  /** Says how many keys each database has. */
  void announce(Keyspace keyspace) {
    for (int i = 0; i < keyspace.databases(); i++) {
      Database database = keyspace.database(i);
      if (database.size() > 0) writer.database(i, database.size(), database.expires());
    }
  }

  @Override
  public void write(int database, Entry entry) {
    (begun ? sideWriter : writer).write(database, entry, accessClock, cutMillis);
  }

  @Override
  public void begin(int database, Entry entry) {
    writer.begin(database, entry, accessClock, cutMillis);
    begun = true;
  }

  @Override
  public boolean step() {
    begun = !writer.step(PART_BYTES);
    if (!begun) writer.splice(sideWriter);
    return !begun;
  }

  @Override
  public void end() {
    writer.end();
  }

  @Override
  public int size() {
    return output.size();
  }

  @Override
  public ByteBuffer take() {
    return output.take();
  }

  @Override
  public void giveBack(ByteBuffer taken) {
    output.reuse(taken);
  }
}
