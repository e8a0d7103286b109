package org.understudy.rdb;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.understudy.bytes.Bytes;

/** Makes what only old versions of Redis wrote. */
public final class OldPackedFormats {
  private OldPackedFormats() {}

  /** @param entries strings and longs, the longs in their shortest form */
  public static byte[] ziplist(List<?> entries) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    int before = 0;
    int last = 10;
    for (Object entry : entries) {
      last = 10 + packed.size();
      if (before < 254) {
        packed.write(before);
      } else {
        packed.write(254);
        littleEndian(packed, before, 4);
      }
      if (entry instanceof Long number) putNumber(packed, number);
      else putString(packed, Bytes.of((String) entry));
      before = 10 + packed.size() - last;
    }
    packed.write(255);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    littleEndian(whole, 10 + packed.size(), 4);
    littleEndian(whole, last, 4);
    littleEndian(whole, Math.min(65_535, entries.size()), 2);
    whole.writeBytes(packed.toByteArray());
    return whole.toByteArray();
  }

  private static void putNumber(ByteArrayOutputStream packed, long number) {
    if (number >= 0 && number <= 12) {
      packed.write((int) (0xF1 + number));
      return;
    }
    int bits = 65 - Long.numberOfLeadingZeros(number ^ number >> 63);
    int width = bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 24 ? 3 : bits <= 32 ? 4 : 8;
    packed.write(switch (width) {
      case 1 -> 0xFE;
      case 2 -> 0xC0;
      case 3 -> 0xF0;
      case 4 -> 0xD0;
      default -> 0xE0;
    });
    littleEndian(packed, number, width);
  }

  private static void putString(ByteArrayOutputStream packed, byte[] string) {
    int length = string.length;
    if (length < 64) {
      packed.write(length);
    } else if (length < 1 << 14) {
      packed.write(0x40 | length >> 8);
      packed.write(length);
    } else {
      packed.write(0x80);
      for (int shift = 24; shift >= 0; shift -= 8) packed.write(length >> shift);
    }
    packed.writeBytes(string);
  }

  /**
   * @param pairs fields and values in turn
   * @param unused bytes left free behind each value
   */
  public static byte[] zipmap(List<String> pairs, int unused) {
    ByteArrayOutputStream map = new ByteArrayOutputStream();
    map.write(Math.min(254, pairs.size() / 2));
    for (int i = 0; i < pairs.size(); i++) {
      byte[] string = Bytes.of(pairs.get(i));
      if (string.length < 254) {
        map.write(string.length);
      } else {
        map.write(254);
        littleEndian(map, string.length, 4);
      }
      boolean value = i % 2 == 1;
      if (value) map.write(unused);
      map.writeBytes(string);
      if (value) map.writeBytes(new byte[unused]);
    }
    map.write(255);
    return map.toByteArray();
  }

  private static void littleEndian(ByteArrayOutputStream into, long value, int width) {
    for (int i = 0; i < width; i++) into.write((int) (value >> 8 * i));
  }
}
