package org.understudy.acl;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Glob;
import org.understudy.bytes.QuotedArguments;
import org.understudy.command.CommandSpec;
import org.understudy.command.KeyFlag;
import org.understudy.command.KeyPositions;

/**
 * Commands, and the keys and channels that they may touch. A user has one and may have more: what any of them allows as
 * a whole is allowed. Built rule by rule; not changed any more once its user has been given it.
 */
final class Selector {
  private static final RuleError AFTER_ALL_KEYS = RuleError.of("Adding a pattern after the * pattern (or the 'allkeys'"
      + " flag) is not valid and does not have any effect. Try 'resetkeys' to start with an empty list of patterns");
  private static final RuleError AFTER_ALL_CHANNELS = RuleError.of("Adding a pattern after the * pattern (or the"
      + " 'allchannels' flag) is not valid and does not have any effect. Try 'resetchannels' to start with an empty"
      + " list of channels");

  private final CommandRules commands;
  private boolean allKeys;
  private boolean allChannels;
  private final List<KeyPattern> keys = new ArrayList<>();
  /** Globs, one character a byte. */
  private final List<String> channels = new ArrayList<>();

  /** One that allows no command and no key. @param allChannels {@code acl-pubsub-default} */
  Selector(Catalog catalog, boolean allChannels) {
    commands = new CommandRules(catalog);
    this.allChannels = allChannels;
  }

  private Selector(Selector other) {
    commands = other.commands.copy();
    allKeys = other.allKeys;
    allChannels = other.allChannels;
    keys.addAll(other.keys);
    channels.addAll(other.channels);
  }

  Selector copy() {
    return new Selector(this);
  }

  // ---- building -----------------------------------------------------------------------------------------------------

  /** @param rules in parentheses, separated by spaces */
  void applyAll(String rules) {
    byte[][] words = QuotedArguments.split(Bytes.of(rules.substring(1, rules.length() - 1)));
    if (words == null) return; // Redis takes unbalanced quotes for no rules at all
    for (byte[] word : words) apply(Bytes.string(word));
  }

  /** @throws RuleError if it is none, or cannot follow those before it */
  void apply(String rule) {
    switch (rule.toLowerCase(Locale.ROOT)) {
      case "allkeys", "~*" -> resetKeys(true);
      case "resetkeys" -> resetKeys(false);
      case "allchannels", "&*" -> resetChannels(true);
      case "resetchannels" -> resetChannels(false);
      case "allcommands", "+@all" -> commands.allowAll();
      case "nocommands", "-@all" -> commands.denyAll();
      case "" -> throw RuleError.syntax();
      default -> {
        switch (rule.charAt(0)) {
          case '~', '%' -> addKeys(rule);
          case '&' -> addChannels(rule.substring(1));
          case '+', '-' -> commands.apply(rule);
          default -> throw RuleError.syntax();
        }
      }
    }
  }

  private void resetKeys(boolean all) {
    allKeys = all;
    keys.clear();
  }

  private void resetChannels(boolean all) {
    allChannels = all;
    channels.clear();
  }

  private void addKeys(String rule) {
    if (allKeys) throw AFTER_ALL_KEYS;
    KeyPattern added = KeyPattern.of(rule);
    for (int i = 0; i < keys.size(); i++) {
      if (!keys.get(i).pattern().equals(added.pattern())) continue;
      keys.set(i, keys.get(i).and(added));
      return;
    }
    keys.add(added);
  }

  private void addChannels(String pattern) {
    if (allChannels) throw AFTER_ALL_CHANNELS;
    if (UserRules.hasSpaces(pattern)) throw RuleError.syntax();
    if (!channels.contains(pattern)) channels.add(pattern);
  }

  // ---- asking -------------------------------------------------------------------------------------------------------

  boolean unlimited() {
    return allKeys && allChannels && commands.all();
  }

  boolean allChannels() {
    return allChannels;
  }

  List<String> channels() {
    return channels;
  }

  /** Why the command is denied, null if it is not. */
  Denial check(CommandSpec spec, byte[][] argv) {
    if (!commands.permit(spec, argv)) return new Denial(Denial.Reason.COMMAND, 0);
    int key = allKeys || !spec.hasKeys() ? 0 : deniedKey(spec, argv);
    if (key > 0) return new Denial(Denial.Reason.KEY, key);
    int channel = allChannels ? 0 : deniedChannel(spec, argv);
    return channel > 0 ? new Denial(Denial.Reason.CHANNEL, channel) : null;
  }

  /** Index of the first key that is out of reach, 0 if none is. */
  private int deniedKey(CommandSpec spec, byte[][] argv) {
    KeyPositions found = new KeyPositions();
    spec.findKeys(argv, found);
    for (int i = 0; i < found.size(); i++) {
      if (!reaches(argv[found.position(i)], found.flags(i))) return found.position(i);
    }
    return 0;
  }

  private boolean reaches(byte[] key, int keyFlags) {
    for (KeyPattern pattern : keys) {
      if (pattern.suffices(keyFlags) && pattern.matches(key)) return true;
    }
    return false;
  }

  /** Whether all keys may be read. */
  boolean readsAnyKey() {
    return allKeys
        || keys.stream().anyMatch(pattern -> pattern.suffices(KeyFlag.ACCESS.bit) && pattern.pattern().equals("*"));
  }

  /** The same for a channel: commands that leave channels need no permission. */
  private int deniedChannel(CommandSpec spec, byte[][] argv) {
    int end = switch (spec.fullName) {
      case "publish", "spublish" -> 2;
      case "subscribe", "ssubscribe", "psubscribe" -> argv.length;
      default -> 0;
    };
    boolean patterns = spec.fullName.equals("psubscribe");
    for (int i = 1; i < end; i++) {
      if (!covers(channels, argv[i], patterns)) return i;
    }
    return 0;
  }

  /** Whether one of the patterns covers a channel; a pattern to subscribe to has to be literally one of them. */
  static boolean covers(Collection<String> patterns, byte[] channel, boolean isPattern) {
    if (isPattern) return patterns.contains(Bytes.string(channel));
    return patterns.stream().anyMatch(pattern -> Glob.matches(Bytes.of(pattern), channel, false));
  }

  // ---- telling ------------------------------------------------------------------------------------------------------

  String commandRules() {
    return commands.toString();
  }

  String keyRules() {
    if (allKeys) return "~*";
    StringJoiner text = new StringJoiner(" ");
    for (KeyPattern pattern : keys) text.add(pattern.toString());
    return text.toString();
  }

  String channelRules() {
    if (allChannels) return "&*";
    StringJoiner text = new StringJoiner(" ");
    for (String pattern : channels) text.add("&" + pattern);
    return text.toString();
  }

  /** All rules, in the order in which files have them. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(" ");
    if (allKeys || !keys.isEmpty()) text.add(keyRules());
    if (!allChannels) text.add("resetchannels");
    if (allChannels || !channels.isEmpty()) text.add(channelRules());
    return text.add(commandRules()).toString();
  }
}
