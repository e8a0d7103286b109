package org.understudy.acl;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import org.understudy.bytes.Bytes;
import org.understudy.command.CommandSpec;

/** All that is said of a user. Built rule by rule; not changed any more once the user has been given it. */
final class UserRules {
  private static final String BAD_HASH =
      "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters";

  /** The first is the user's own, the others are those in parentheses. */
  private final List<Selector> selectors = new ArrayList<>();
  /** SHA-256 in hexadecimal digits. */
  private final Set<String> passwords = new LinkedHashSet<>();
  private final Catalog catalog;
  private final boolean channelsByDefault;
  private boolean on;
  private boolean noPassword;
  /** {@code sanitize-payload}, {@code skip-sanitize-payload}, or null if nothing is said. Every payload is checked. */
  private String sanitizing;

  /** A user that is off. @param channelsByDefault {@code acl-pubsub-default} is {@code allchannels} */
  UserRules(Catalog catalog, boolean channelsByDefault) {
    this.catalog = catalog;
    this.channelsByDefault = channelsByDefault;
    selectors.add(new Selector(catalog, channelsByDefault));
  }

  /** @param channelsByDefault as configured now */
  UserRules copy(boolean channelsByDefault) {
    UserRules copy = new UserRules(catalog, channelsByDefault);
    copy.selectors.clear();
    for (Selector selector : selectors) copy.selectors.add(selector.copy());
    copy.passwords.addAll(passwords);
    copy.on = on;
    copy.noPassword = noPassword;
    copy.sanitizing = sanitizing;
    return copy;
  }

  // ---- building -----------------------------------------------------------------------------------------------------

  UserRules apply(String... rules) {
    for (String rule : rules) apply(rule);
    return this;
  }

  /** @throws RuleError if it is none, or cannot follow those before it */
  void apply(String rule) {
    switch (rule.toLowerCase(Locale.ROOT)) {
      case "" -> { }
      case "on" -> on = true;
      case "off" -> on = false;
      case "skip-sanitize-payload", "sanitize-payload" -> sanitizing = rule.toLowerCase(Locale.ROOT);
      case "nopass" -> resetPasswords(true);
      case "resetpass" -> resetPasswords(false);
      case "clearselectors" -> selectors.subList(1, selectors.size()).clear();
      case "reset" -> reset();
      default -> {
        switch (rule.charAt(0)) {
          case '>' -> addPassword(hash(Bytes.of(rule.substring(1))));
          case '#' -> addPassword(checkedHash(rule.substring(1)));
          case '<' -> removePassword(hash(Bytes.of(rule.substring(1))));
          case '!' -> removePassword(checkedHash(rule.substring(1)));
          case '(' -> addSelector(rule);
          default -> root().apply(rule);
        }
      }
    }
  }

  private void resetPasswords(boolean none) {
    noPassword = none;
    passwords.clear();
  }

  private void reset() {
    apply("resetpass", "resetkeys", "resetchannels");
    if (channelsByDefault) apply("allchannels");
    apply("off", "sanitize-payload", "clearselectors", "-@all");
  }

  private void addPassword(String hash) {
    passwords.add(hash);
    noPassword = false;
  }

  private void removePassword(String hash) {
    if (!passwords.remove(hash)) {
      throw RuleError.of("The password you are trying to remove from the user does not exist");
    }
  }

  private void addSelector(String rule) {
    if (!rule.endsWith(")")) throw RuleError.syntax();
    Selector selector = new Selector(catalog, channelsByDefault);
    selector.applyAll(rule);
    selectors.add(selector);
  }

  private static String checkedHash(String hash) {
    if (!hash.matches("[0-9a-f]{64}")) throw RuleError.of(BAD_HASH);
    return hash;
  }

  static String hash(byte[] password) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(password));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-256", e);
    }
  }

  /** Spaces and NUL would not survive in a file of rules. */
  static boolean hasSpaces(String text) {
    return text.chars().anyMatch(c -> c == 0 || c == ' ' || c >= '\t' && c <= '\r');
  }

  // ---- asking -------------------------------------------------------------------------------------------------------

  Selector root() {
    return selectors.get(0);
  }

  List<Selector> selectors() {
    return selectors;
  }

  Set<String> passwords() {
    return passwords;
  }

  boolean isOn() {
    return on;
  }

  boolean needsNoPassword() {
    return noPassword;
  }

  /** Takes equally long wherever the password differs. */
  boolean admits(byte[] password) {
    if (!on) return false;
    if (noPassword) return true;
    byte[] hash = Bytes.of(hash(password));
    boolean match = false;
    for (String known : passwords) match |= MessageDigest.isEqual(Bytes.of(known), hash);
    return match;
  }

  /** Why the command is denied, null if it is not. */
  Denial check(CommandSpec spec, byte[][] argv) {
    Denial weightiest = new Denial(Denial.Reason.COMMAND, 0);
    for (Selector selector : selectors) {
      Denial denial = selector.check(spec, argv);
      if (denial == null) return null;
      if (denial.outweighs(weightiest)) weightiest = denial;
    }
    return weightiest;
  }

  // ---- telling ------------------------------------------------------------------------------------------------------

  /** What stands before passwords and selectors. */
  List<String> flags() {
    List<String> flags = new ArrayList<>();
    flags.add(on ? "on" : "off");
    if (noPassword) flags.add("nopass");
    if (sanitizing != null) flags.add(sanitizing);
    return flags;
  }

  /** All rules, as files have them. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(" ");
    flags().forEach(text::add);
    for (String hash : passwords) text.add("#" + hash);
    text.add(root().toString());
    for (Selector selector : selectors.subList(1, selectors.size())) text.add("(" + selector + ")");
    return text.toString();
  }
}
