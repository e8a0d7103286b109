package org.understudy.sentinel;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.understudy.bytes.AddressText;

/** Finds the addresses of names. */
@FunctionalInterface
public interface NameResolver {
  /** That of this machine. */
  NameResolver SYSTEM = name -> {
    try {
      return AddressText.of(InetAddress.getByName(name));
    } catch (UnknownHostException e) {
      return null;
    }
  };

  Pattern DOTTED = Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}");

  /** The IP address of a name, or null if it has none. May block. */
  String resolve(String name);

  /** Whether the text can be an IP address, so that looking it up asks nobody. */
  static boolean isNumeric(String text) {
    return DOTTED.matcher(text).matches() || text.indexOf(':') >= 0;
  }

  /** The address in the form that is shown if the text is an IP address, else null. Does not block. */
  static String literal(String text) {
    if (DOTTED.matcher(text).matches()) return text;
    if (text.indexOf(':') < 0 || text.indexOf('%') >= 0) return null;
    return SYSTEM.resolve(text); // with a colon it can be no name: nothing is asked for
  }
}
