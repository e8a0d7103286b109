package org.understudy.acl;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiPredicate;
import org.understudy.bytes.Bytes;
import org.understudy.command.CommandTable;
import org.understudy.config.Config;
import org.understudy.config.Directive;

/**
 * The users of a server. Connections on any loop log in and ask; changes come from the shard's loop. There is always
 * the user {@code default}, at first allowed everything; {@code requirepass} is its password.
 */
public final class Users {
  public static final String DEFAULT = "default";

  private final Config config;
  private final Map<String, User> users = new ConcurrentSkipListMap<>();
  private Catalog catalog;
  private User defaultUser;

  /** Has no users before {@link #start}. */
  public Users(Config config) {
    this.config = config;
  }

  /** @param table what rules speak of, before anything was renamed */
  public void start(CommandTable table) {
    catalog = new Catalog(table);
    defaultUser = new User(DEFAULT, everything());
    users.put(DEFAULT, defaultUser);
    requirePassword(config);
    config.onChange(Directive.REQUIREPASS, this::requirePassword);
  }

  private UserRules everything() {
    return fresh().apply("+@all", "~*", "&*", "on", "nopass");
  }

  private UserRules fresh() {
    return new UserRules(catalog, channelsByDefault());
  }

  private boolean channelsByDefault() {
    return config.text(Directive.ACL_PUBSUB_DEFAULT).equals("allchannels");
  }

  private String requirePassword(Config now) {
    UserRules rules = defaultUser.rules().copy(channelsByDefault());
    if (now.requirepass().isEmpty()) rules.apply("nopass");
    else rules.apply("resetpass", ">" + now.requirepass());
    defaultUser.rules(rules);
    return null;
  }

  // ---- asking -------------------------------------------------------------------------------------------------------

  /** Who a connection is before it logs in. */
  public User defaultUser() {
    return defaultUser;
  }

  /** Whether any password will do for the default user. */
  public boolean defaultNeedsNoPassword() {
    return defaultUser.rules().needsNoPassword();
  }

  /** Whether connections start out logged in, as the default user. */
  public boolean admitsEverybody() {
    return defaultNeedsNoPassword() && defaultUser.rules().isOn();
  }

  /** The user of that name, or null. */
  public User find(byte[] name) {
    return users.get(Bytes.string(name));
  }

  /** The user, if that is its password and it may log in; else null. */
  public User logIn(byte[] name, byte[] password) {
    User user = find(name);
    return user != null && user.rules().admits(password) ? user : null;
  }

  /** In order of their names. */
  public Collection<User> all() {
    return Collections.unmodifiableCollection(users.values());
  }

  // ---- changing -----------------------------------------------------------------------------------------------------

  /** Whether a name can stand in a file of rules. */
  public static boolean isName(byte[] name) {
    return !UserRules.hasSpaces(Bytes.string(name));
  }

  /**
   * Creates a user, or changes one, by all of the rules or by none.
   *
   * @param lostChannels is told of a user whose subscriptions may have become illegal, before it changes: (user,
   *     patterns of channels that stay)
   * @return null, or the error message
   */
  public String set(String name, List<String> rules, ChannelsLost lostChannels) {
    User user = users.get(name);
    UserRules changed = user == null ? fresh() : user.rules().copy(channelsByDefault());
    String failure = applyAll(changed, rules);
    if (failure != null) return failure;
    if (user == null) {
      users.put(name, new User(name, changed));
      return null;
    }
    Collection<String> kept = channelsIfAnyLost(user.rules(), changed);
    user.rules(changed);
    if (kept != null) lostChannels.lost(user, (channel, isPattern) -> Selector.covers(kept, channel, isPattern));
    return null;
  }

  /** Who hears that a user has access to fewer channels than before. */
  @FunctionalInterface
  public interface ChannelsLost {
    /** @param stays whether a (channel, is it a pattern) may still be listened to */
    void lost(User user, BiPredicate<byte[], Boolean> stays);
  }

  private static String applyAll(UserRules to, List<String> rules) {
    List<String> joined;
    try {
      joined = joinSelectors(rules);
    } catch (RuleError error) {
      return error.getMessage();
    }
    for (String rule : joined) {
      try {
        to.apply(rule);
      } catch (RuleError error) {
        return "Error in ACL SETUSER modifier '" + rule + "': " + error.getMessage();
      }
    }
    return null;
  }

  /** The patterns of the new rules if any channel of the old ones is not among them, else null. */
  private static Collection<String> channelsIfAnyLost(UserRules before, UserRules after) {
    List<String> kept = new ArrayList<>();
    for (Selector selector : after.selectors()) {
      if (selector.allChannels()) return null;
      kept.addAll(selector.channels());
    }
    for (Selector selector : before.selectors()) {
      if (selector.allChannels() || !kept.containsAll(selector.channels())) return kept;
    }
    return null;
  }

  /** A selector may be spread over several words. */
  private static List<String> joinSelectors(List<String> rules) {
    List<String> joined = new ArrayList<>();
    StringBuilder open = null;
    String start = null;
    for (String rule : rules) {
      if (rule.startsWith("(") && !rule.endsWith(")")) {
        open = new StringBuilder(rule);
        start = rule;
      } else if (open == null) {
        joined.add(rule);
      } else {
        open.append(' ').append(rule);
        if (!rule.endsWith(")")) continue;
        joined.add(open.toString());
        open = null;
      }
    }
    if (open != null) throw RuleError.of("Unmatched parenthesis in acl selector starting at '" + start + "'.");
    return joined;
  }

  /** Forgets a user. @return it, or null if there is none */
  public User remove(byte[] name) {
    return users.remove(Bytes.string(name));
  }

  // ---- configuration and file ---------------------------------------------------------------------------------------

  /** Lines of all users, as configuration and file have them. */
  public List<String> lines() {
    return users.values().stream().map(User::toString).toList();
  }

  /**
   * Tries the rules of a {@code user} line of the configuration.
   *
   * @param words behind {@code user}; unknown commands are told at the start only, see {@link #configured}
   * @throws IllegalArgumentException in the words of a configuration error
   */
  public void tryOut(List<String> words) {
    List<String> joined;
    try {
      joined = joinSelectors(words.subList(1, words.size()));
    } catch (RuleError error) {
      throw new IllegalArgumentException("Error in user declaration '" + words.get(0) + "': " + error.getMessage());
    }
    UserRules rules = fresh();
    for (String rule : joined) {
      try {
        rules.apply(rule);
      } catch (RuleError error) {
        if (error.isUnknownCommand()) continue;
        throw new IllegalArgumentException("Error in user declaration '" + rule + "': " + error.getMessage());
      }
    }
  }

  /**
   * Makes a user of the configuration.
   *
   * @return null, or a message for the log: the server must not start
   */
  public String configured(List<String> words) {
    String name = words.get(0);
    if (UserRules.hasSpaces(name)) return "Spaces not allowed in ACL usernames";
    UserRules rules = fresh();
    if (name.equals(DEFAULT)) rules.apply("reset");
    for (String rule : joinSelectors(words.subList(1, words.size()))) {
      try {
        rules.apply(rule);
      } catch (RuleError error) {
        return "Error loading ACL rule '" + rule + "' for the user named '" + name + "': " + error.getMessage();
      }
    }
    if (name.equals(DEFAULT)) defaultUser.rules(rules);
    else users.put(name, new User(name, rules));
    return null;
  }

  /** Whether a user can log in. */
  public boolean isOn(String name) {
    return users.get(name).rules().isOn();
  }

  /** What {@link #load} did. @param removed users that are no more; @param errors null if it succeeded */
  public record Loaded(List<User> removed, String errors) {}

  /**
   * Replaces all users by those of a file, or none if anything is wrong in it.
   *
   * @param file its name, for messages
   */
  public Loaded load(String text, String file) {
    Map<String, UserRules> loaded = new TreeMap<>();
    StringBuilder errors = new StringBuilder();
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (!line.isEmpty()) loadLine(line, file + ":" + (i + 1), i + 1, loaded, errors);
    }
    if (!errors.isEmpty()) {
      errors.append("WARNING: ACL errors detected, no change to the previously active ACL rules was performed");
      return new Loaded(List.of(), errors.toString());
    }
    List<User> removed = new ArrayList<>(users.values());
    removed.remove(defaultUser);
    users.keySet().removeIf(name -> !name.equals(DEFAULT));
    defaultUser.rules(loaded.containsKey(DEFAULT) ? loaded.remove(DEFAULT) : everything());
    loaded.forEach((name, rules) -> users.put(name, new User(name, rules)));
    return new Loaded(removed, null);
  }

  private void loadLine(String line, String place, int number, Map<String, UserRules> loaded, StringBuilder errors) {
    List<String> words = List.of(line.split(" ", -1));
    if (!words.get(0).equals("user") || words.size() < 2) {
      errors.append(place).append(" should start with user keyword followed by the username. ");
      return;
    }
    String name = words.get(1);
    if (UserRules.hasSpaces(name)) {
      errors.append("'").append(place).append(": username '").append(name).append("' contains invalid characters. ");
      return;
    }
    UserRules rules = fresh();
    if (loaded.putIfAbsent(name, rules) != null) {
      errors.append("WARNING: Duplicate user '").append(name).append("' found on line ").append(number).append(". ");
      return;
    }
    List<String> joined;
    try {
      joined = joinSelectors(words.subList(2, words.size()));
    } catch (RuleError error) {
      errors.append(place).append(": Unmatched parenthesis in selector definition.");
      return;
    }
    boolean told = false;
    for (String rule : joined) {
      try {
        rules.apply(rule.strip());
      } catch (RuleError error) {
        if (error.isUnknownCommand()) {
          errors.append(place).append(": Error in applying operation '").append(rule).append("': ")
              .append(error.getMessage()).append(". ");
        } else if (!told) {
          errors.append(place).append(": ").append(error.getMessage()).append(". ");
          told = true;
        }
      }
    }
  }
}
