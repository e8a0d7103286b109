package org.understudy.acl;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.understudy.command.CommandSpec;
import org.understudy.command.Permissions;

/** Somebody to log in as. The same object as long as the user exists; its rules are exchanged as a whole. */
public final class User implements Permissions {
  private final String name;
  private volatile UserRules rules;
  private volatile boolean unlimited;

  User(String name, UserRules rules) {
    this.name = name;
    rules(rules);
  }

  void rules(UserRules given) {
    rules = given;
    unlimited = given.root().unlimited();
  }

  UserRules rules() {
    return rules;
  }

  /** One character a byte. */
  public String name() {
    return name;
  }

  @Override
  public boolean unlimited() {
    return unlimited;
  }

  /** Why the command is denied, null if it is not. */
  public Denial check(CommandSpec spec, byte[][] argv) {
    return unlimited ? null : rules.check(spec, argv);
  }

  @Override
  public boolean mayReadAnyKey(CommandSpec spec, byte[][] argv) {
    if (unlimited) return true;
    for (Selector selector : rules.selectors()) {
      if (selector.readsAnyKey() && selector.check(spec, argv) == null) return true;
    }
    return false;
  }

  /** {@code on} or {@code off}, {@code nopass} … */
  public List<String> flags() {
    return rules.flags();
  }

  /** SHA-256 in hexadecimal digits. */
  public Collection<String> passwords() {
    return rules.passwords();
  }

  /** The rules of a selector. Patterns are separated by spaces. */
  public record Description(String commands, String keys, String channels) {}

  /** The user's own rules, then those in parentheses. */
  public List<Description> selectors() {
    List<Description> all = new ArrayList<>();
    for (Selector selector : rules.selectors()) {
      all.add(new Description(selector.commandRules(), selector.keyRules(), selector.channelRules()));
    }
    return all;
  }

  /** A line of a file: {@code user name rules}. */
  @Override
  public String toString() {
    return "user " + name + " " + rules;
  }
}
