package org.understudy.sentinel.state;

/**
 * Where an instance listens.
 *
 * @param host as it was configured or reported: a name or an address
 * @param ip what the host was resolved to last; equals {@code host} where that is an address, null as long as a name
 *     could not be resolved
 * @param port 1 to 65535, or 0 for an address known to be wrong
 */
public record Address(String host, String ip, int port) {
  private static final int HIGHEST_PORT = 65_535;

  /** Whether a number is that of a port, or 0. */
  public static boolean isPort(long number) {
    return number >= 0 && number <= HIGHEST_PORT;
  }

  /** An address whose host is an IP address. */
  public static Address literal(String ip, int port) {
    return new Address(ip, ip, port);
  }

  /** Whether both mean the same place: the same port, and the same IP address or the same name. */
  public boolean same(Address other) {
    return port == other.port && (ip != null && ip.equals(other.ip) || host.equalsIgnoreCase(other.host));
  }

  public Address withIp(String resolved) {
    return new Address(host, resolved, port);
  }

  /** What is told to others. @param byName directive {@code sentinel announce-hostnames} */
  public String shown(boolean byName) {
    return byName || ip == null ? host : ip;
  }

  /** {@code host:port}, IPv6 addresses in brackets. */
  public String withPort(boolean byName) {
    String shown = shown(byName);
    return shown.indexOf(':') >= 0 ? "[" + shown + "]:" + port : shown + ":" + port;
  }
}
