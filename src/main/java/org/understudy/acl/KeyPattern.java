package org.understudy.acl;

import java.util.Locale;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Glob;
import org.understudy.command.KeyFlag;

/**
 * Keys that a selector gives access to.
 *
 * @param pattern glob, one character a byte
 */
record KeyPattern(String pattern, boolean reads, boolean writes) {
  private static final int READS = KeyFlag.ACCESS.bit;
  private static final int WRITES = KeyFlag.mask(KeyFlag.INSERT, KeyFlag.DELETE, KeyFlag.UPDATE);

  /** @param rule {@code ~pattern}, {@code %R~pattern}, {@code %W~pattern} or {@code %RW~pattern} */
  static KeyPattern of(String rule) {
    if (rule.charAt(0) == '~') return checked(rule.substring(1), true, true);
    int tilde = rule.indexOf('~');
    String access = (tilde < 0 ? rule : rule.substring(0, tilde)).substring(1).toUpperCase(Locale.ROOT);
    return switch (access) {
      case "R" -> checked(rest(rule, tilde), true, false);
      case "W" -> checked(rest(rule, tilde), false, true);
      case "RW", "WR" -> checked(rest(rule, tilde), true, true);
      case "" -> checked(rest(rule, tilde), false, false);
      default -> throw RuleError.syntax();
    };
  }

  private static String rest(String rule, int tilde) {
    return tilde < 0 ? "" : rule.substring(tilde + 1);
  }

  private static KeyPattern checked(String pattern, boolean reads, boolean writes) {
    if (UserRules.hasSpaces(pattern) || !reads && !writes) throw RuleError.syntax();
    return new KeyPattern(pattern, reads, writes);
  }

  /** This pattern with the access of another one as well. */
  KeyPattern and(KeyPattern other) {
    return new KeyPattern(pattern, reads || other.reads, writes || other.writes);
  }

  /** Whether the access reaches as far as a command needs. @param keyFlags bits of {@link KeyFlag} */
  boolean suffices(int keyFlags) {
    return (reads || (keyFlags & READS) == 0) && (writes || (keyFlags & WRITES) == 0);
  }

  boolean matches(byte[] key) {
    return Glob.matches(Bytes.of(pattern), key, false);
  }

  @Override
  public String toString() {
    return (reads && writes ? "~" : reads ? "%R~" : "%W~") + pattern;
  }
}
