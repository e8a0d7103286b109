package org.understudy.bytes;

/** CRC-16/XMODEM (polynomial 1021 hexadecimal, no reflection, start 0), which maps keys to hash slots. */
public final class Crc16 {
  private static final char[] TABLE = table();

  private Crc16() {}

  /** The checksum, 0 to 65535. */
  public static int of(byte[] bytes, int offset, int length) {
    int crc = 0;
    for (int i = offset, end = offset + length; i < end; i++) {
      crc = (crc << 8 & 0xFFFF) ^ TABLE[(crc >>> 8 ^ bytes[i]) & 0xFF];
    }
    return crc;
  }

  public static int of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  private static char[] table() {
    char[] table = new char[256];
    for (int i = 0; i < 256; i++) {
      int crc = i << 8;
      for (int bit = 0; bit < 8; bit++) crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
      table[i] = (char) crc;
    }
    return table;
  }
}
