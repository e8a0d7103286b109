package org.understudy.rdb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.understudy.bytes.Crc64;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.Value;

/**
 * One value as DUMP answers with it and RESTORE takes it: the type, the value as in a file, and behind it two bytes of
 * version and eight of CRC64, little-endian.
 */
public final class Payload {
  private static final int CHECKSUM_BYTES = 8;
  private static final int FOOTER_BYTES = 2 + CHECKSUM_BYTES;
  private static final int FIRST_ROOM = 256;

  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Payload() {}

  /**
   * The payload of a value, of any size, at one go. The buffer's array is the caller's.
   *
   * @param compress whether strings may be compressed, {@code rdbcompression}
   */
  public static ByteBuffer of(Entry entry, boolean compress) {
    RdbOutput out = new RdbOutput(FIRST_ROOM, compress, true);
    ValueWriter values = new ValueWriter(out);
    out.putByte(ValueWriter.typeOf(entry));
    values.begin(entry);
    values.step(Long.MAX_VALUE);
    out.putByte(RdbFormat.VERSION);
    out.putByte(RdbFormat.VERSION >> 8);
    out.putLong(out.checksum());
    return out.take();
  }

  /** How many bytes a value takes in an RDB file, without its key and type; found by writing it. */
  public static int valueLength(Entry entry, boolean compress) {
    return of(entry, compress).remaining() - 1 - FOOTER_BYTES;
  }

  /** Whether the payload's version is known and its checksum, unless it is not looked at, right. */
  public static boolean isIntact(byte[] payload, boolean checksum) {
    int footer = payload.length - FOOTER_BYTES;
    if (footer < 0) return false;
    int version = payload[footer] & 255 | (payload[footer + 1] & 255) << 8;
    if (version > RdbFormat.VERSION) return false;
    int summed = payload.length - CHECKSUM_BYTES;
    return !checksum || (long) LONGS.get(payload, summed) == Crc64.update(0, payload, 0, summed);
  }

  /**
   * The value of a payload that {@link #isIntact}. What may follow it is ignored, as in Redis.
   *
   * @return with a key, expiry and access history that say nothing; to be used before the array changes
   * @throws RdbException if there is no sound value, or one without elements
   */
  public static RdbEntry read(byte[] payload, ReadOptions options) {
    RdbInput in = new RdbInput();
    in.bytes(payload, 0, payload.length - FOOTER_BYTES);
    RdbEntry entry = new RdbEntry();
    try {
      read(in, options, entry);
    } catch (RdbException e) {
      throw e.at(in.position(), null);
    }
    return entry;
  }

  private static void read(RdbInput in, ReadOptions options, RdbEntry entry) {
    if (!in.readByte() || !ValueReader.isType((int) in.number())) throw new RdbException("Unknown type of payload");
    boolean complete;
    if (in.number() == RdbFormat.STRING) {
      complete = in.readString();
      if (complete) entry.string(in);
    } else {
      ValueReader values = new ValueReader(options);
      values.begin((int) in.number());
      complete = values.read(in);
      if (complete) entry.value(requireElements(values.value()));
    }
    if (!complete) throw new RdbException("Unexpected end of the payload");
  }

  private static Value requireElements(Value value) {
    if (value == null) throw new RdbException("Value without elements");
    return value;
  }
}
