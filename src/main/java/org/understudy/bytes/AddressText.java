package org.understudy.bytes;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Addresses as clients know them from Redis: {@code 127.0.0.1:6379}, {@code [::1]:6379}. */
public final class AddressText {
  private static final int GROUPS = 8;

  private AddressText() {}

  public static String of(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    return (ip instanceof Inet6Address ? '[' + of(ip) + ']' : of(ip)) + ':' + address.getPort();
  }

  /** An IP address, of version 6 in its shortest form. */
  public static String of(InetAddress ip) {
    return ip instanceof Inet6Address ? shortest(ip.getAddress()) : ip.getHostAddress();
  }

  /** Without leading zeros, and with :: for the longest run of zeros, which the JDK writes out. */
  private static String shortest(byte[] bytes) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) groups[i] = (bytes[2 * i] & 0xFF) << 8 | bytes[2 * i + 1] & 0xFF;
    int start = 0;
    int length = 0;
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && groups[end] == 0) end++;
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    if (length < 2) return joined(groups, 0, GROUPS);
    return joined(groups, 0, start) + "::" + joined(groups, start + length, GROUPS);
  }

  private static String joined(int[] groups, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) text.append(i > from ? ":" : "").append(Integer.toHexString(groups[i]));
    return text.toString();
  }
}
