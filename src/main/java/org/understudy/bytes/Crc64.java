package org.understudy.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The CRC-64 of RDB files and DUMP payloads: Jones's polynomial AD93D23594C935A9 (hexadecimal), reflected, start and
 * final xor 0. Eight bytes a step from eight tables.
 */
public final class Crc64 {
  /** The polynomial with its bits mirrored, as a reflected CRC shifts to the right. */
  private static final long MIRRORED_POLYNOMIAL = Long.reverse(0xAD93D23594C935A9L);

  private static final long[][] TABLES = tables();
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Crc64() {}

  /** The checksum of bytes that follow those whose checksum is {@code crc}; start with 0. */
  public static long update(long crc, byte[] bytes, int offset, int length) {
    long[] t0 = TABLES[0];
    long[] t1 = TABLES[1];
    long[] t2 = TABLES[2];
    long[] t3 = TABLES[3];
    long[] t4 = TABLES[4];
    long[] t5 = TABLES[5];
    long[] t6 = TABLES[6];
    long[] t7 = TABLES[7];
    int i = offset;
    int end = offset + length;
    for (; i + 8 <= end; i += 8) {
      crc ^= (long) LONGS.get(bytes, i);
      crc = t7[(int) crc & 0xFF] ^ t6[(int) (crc >>> 8) & 0xFF] ^ t5[(int) (crc >>> 16) & 0xFF]
          ^ t4[(int) (crc >>> 24) & 0xFF] ^ t3[(int) (crc >>> 32) & 0xFF] ^ t2[(int) (crc >>> 40) & 0xFF]
          ^ t1[(int) (crc >>> 48) & 0xFF] ^ t0[(int) (crc >>> 56)];
    }
    for (; i < end; i++) crc = t0[((int) crc ^ bytes[i]) & 0xFF] ^ crc >>> 8;
    return crc;
  }

  public static long of(byte[] bytes) {
    return update(0, bytes, 0, bytes.length);
  }

  /** Table k holds the effect of a byte that k further bytes follow. */
  private static long[][] tables() {
    long[][] tables = new long[8][256];
    for (int i = 0; i < 256; i++) {
      long crc = i;
      for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >>> 1 ^ MIRRORED_POLYNOMIAL : crc >>> 1;
      tables[0][i] = crc;
    }
    for (int k = 1; k < 8; k++) {
      for (int i = 0; i < 256; i++) {
        long crc = tables[k - 1][i];
        tables[k][i] = tables[0][(int) crc & 0xFF] ^ crc >>> 8;
      }
    }
    return tables;
  }
}
