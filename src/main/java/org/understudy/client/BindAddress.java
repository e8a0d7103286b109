package org.understudy.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * One address to listen on, as the {@code bind} directive spells it.
 *
 * @param host host name or IP address; {@code *} and {@code ::*} become the wildcard
 * @param optional a leading dash: it is no error if the machine does not have this address
 * @param ipv4 whether IPv4 clients may come in here
 * @param ipv6 whether IPv6 clients may
 */
public record BindAddress(String host, boolean optional, boolean ipv4, boolean ipv6) {
  private static final String ANY = "::";
  private static final String ANY_IPV4 = "0.0.0.0";

  /**
   * The addresses of a {@code bind} directive. The wildcards of IPv4 and IPv6 become one: a Java socket on the IPv6
   * wildcard takes IPv4 clients as well, so the listener sorts out by family what the directive did not ask for.
   */
  public static List<BindAddress> of(List<String> directive) {
    List<BindAddress> addresses = new ArrayList<>();
    BindAddress any = null;
    for (String word : directive) {
      boolean optional = word.startsWith("-");
      String host = optional ? word.substring(1) : word;
      boolean any4 = host.equals("*") || host.equals(ANY_IPV4);
      boolean any6 = host.equals("::*") || host.equals(ANY);
      if (!any4 && !any6) {
        addresses.add(new BindAddress(host, optional, true, true));
      } else if (any == null) {
        any = new BindAddress(any4 ? ANY_IPV4 : ANY, optional, any4, any6);
      } else {
        any = new BindAddress(ANY_IPV4, any.optional && optional, any.ipv4 || any4, any.ipv6 || any6);
      }
    }
    if (any != null) addresses.add(any);
    return addresses;
  }

  /** How Redis names it in its log. */
  public String shown() {
    return host.equals(ANY_IPV4) ? "*" : host.equals(ANY) ? "::*" : host;
  }

  public boolean takes(InetSocketAddress client) {
    boolean v6 = client.getAddress() instanceof java.net.Inet6Address;
    return v6 ? ipv6 : ipv4;
  }

  /** Whether the port can be listened on; the reason, in the words of the operating system, if it cannot. */
  public String whyNot(int port) {
    try (ServerSocketChannel probe = ServerSocketChannel.open()) {
      probe.bind(new InetSocketAddress(host, port));
      return null;
    } catch (IOException | java.nio.channels.UnresolvedAddressException failure) {
      return reason(failure);
    }
  }

  static String reason(Throwable failure) {
    if (failure instanceof java.nio.channels.UnresolvedAddressException) return "Name or service not known";
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof java.net.SocketException) return "bind: " + cause.getMessage();
    }
    return String.valueOf(failure.getMessage());
  }

  /** Whether the machine does not have the address at all. */
  public boolean isMissing() {
    try {
      InetAddress address = InetAddress.getByName(host);
      return !address.isAnyLocalAddress() && !address.isLoopbackAddress()
          && java.net.NetworkInterface.getByInetAddress(address) == null;
    } catch (IOException unknown) {
      return true;
    }
  }
}
