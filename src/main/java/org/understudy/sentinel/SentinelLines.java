package org.understudy.sentinel;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.QuotedArguments;
import org.understudy.config.ConfigRewriter.SentinelOption;
import org.understudy.sentinel.state.Address;
import org.understudy.sentinel.state.Login;
import org.understudy.sentinel.state.PrimarySettings;
import org.understudy.sentinel.state.SavedState;
import org.understudy.sentinel.state.SavedState.SavedPrimary;
import org.understudy.sentinel.state.SavedState.SavedSentinel;
import org.understudy.sentinel.state.Timing;

/**
 * The lines that start with {@code sentinel}, in the order in which Redis appends them: what
 * {@link SentinelDirectives} reads. Source: rewriteConfigSentinelOption, sentinel.c 7.0.15.
 */
final class SentinelLines {
  /** Lines with these that are written no more go from the file. */
  static final Set<String> OWNED = Set.of("sentinel myid", "sentinel deny-scripts-reconfig",
      "sentinel resolve-hostnames", "sentinel announce-hostnames", "sentinel monitor",
      "sentinel down-after-milliseconds", "sentinel failover-timeout", "sentinel parallel-syncs",
      "sentinel notification-script", "sentinel client-reconfig-script", "sentinel auth-pass", "sentinel auth-user",
      "sentinel master-reboot-down-after-period", "sentinel config-epoch", "sentinel leader-epoch",
      "sentinel known-replica", "sentinel known-slave", "sentinel known-sentinel", "sentinel rename-command",
      "sentinel current-epoch", "sentinel announce-ip", "sentinel announce-port", "sentinel sentinel-user",
      "sentinel sentinel-pass");

  private static final String PLAIN = "[\\x21-\\x7e&&[^\"'\\\\]]+";

  private final List<SentinelOption> lines = new ArrayList<>();
  private final boolean byName;

  private SentinelLines(boolean byName) {
    this.byName = byName;
  }

  /** All that there is to say. */
  static List<SentinelOption> of(SentinelOptions options, SavedState state) {
    SentinelLines file = new SentinelLines(options.announceHostnames());
    file.add("myid", state.myId());
    file.flag("deny-scripts-reconfig", options.denyScriptsReconfig(), SentinelOptions.DEFAULTS.denyScriptsReconfig());
    file.flag("resolve-hostnames", options.resolveHostnames(), SentinelOptions.DEFAULTS.resolveHostnames());
    file.flag("announce-hostnames", options.announceHostnames(), SentinelOptions.DEFAULTS.announceHostnames());
    for (SavedPrimary primary : state.primaries()) {
      file.monitor(primary);
      file.settings(primary.name(), primary.settings());
      file.learned(primary);
      primary.settings().renamedCommands()
          .forEach((from, to) -> file.add("rename-command", primary.name(), word(from), word(to)));
    }
    file.add("current-epoch", state.currentEpoch());
    if (options.announceIp() != null) file.add("announce-ip", quoted(options.announceIp()));
    if (options.announcePort() != 0) file.add("announce-port", options.announcePort());
    if (options.user() != null) file.add("sentinel-user", word(options.user()));
    if (options.password() != null) file.add("sentinel-pass", word(options.password()));
    return file.lines;
  }

  /**
   * What was learned, for a file of its own.
   *
   * @param configured the primaries of the configuration file: their settings are there
   */
  static List<String> learned(SentinelOptions options, SavedState state, Set<String> configured) {
    SentinelLines file = new SentinelLines(options.announceHostnames());
    file.add("myid", state.myId());
    for (SavedPrimary primary : state.primaries()) {
      file.monitor(primary);
      if (!configured.contains(primary.name())) file.settings(primary.name(), primary.settings());
      file.learned(primary);
    }
    file.add("current-epoch", state.currentEpoch());
    return file.lines.stream().map(SentinelOption::line).toList();
  }

  private void monitor(SavedPrimary primary) {
    Address address = primary.address();
    add("monitor", primary.name(), address.shown(byName), address.port(), primary.settings().quorum());
  }

  private void settings(String name, PrimarySettings settings) {
    PrimarySettings usual = PrimarySettings.defaults(settings.quorum(), new Timing());
    if (settings.downAfterMillis() != usual.downAfterMillis()) {
      add("down-after-milliseconds", name, settings.downAfterMillis());
    }
    if (settings.failoverTimeoutMillis() != usual.failoverTimeoutMillis()) {
      add("failover-timeout", name, settings.failoverTimeoutMillis());
    }
    if (settings.parallelSyncs() != usual.parallelSyncs()) add("parallel-syncs", name, settings.parallelSyncs());
    if (settings.notificationScript() != null) add("notification-script", name, word(settings.notificationScript()));
    if (settings.clientReconfigScript() != null) {
      add("client-reconfig-script", name, word(settings.clientReconfigScript()));
    }
    Login login = settings.login();
    if (login != null && login.password() != null) add("auth-pass", name, word(login.password()));
    if (login != null && login.user() != null) add("auth-user", name, word(login.user()));
    if (settings.rebootDownAfterMillis() != 0) {
      add("master-reboot-down-after-period", name, settings.rebootDownAfterMillis());
    }
  }

  private void learned(SavedPrimary primary) {
    add("config-epoch", primary.name(), primary.configEpoch());
    add("leader-epoch", primary.name(), primary.leaderEpoch());
    for (Address replica : primary.replicas()) {
      add("known-replica", primary.name(), replica.shown(byName), replica.port());
    }
    for (SavedSentinel other : primary.sentinels()) {
      add("known-sentinel", primary.name(), other.address().shown(byName), other.address().port(), other.id());
    }
  }

  private void flag(String name, boolean value, boolean usual) {
    put(name, value != usual, value ? "yes" : "no");
  }

  private void add(String name, Object... words) {
    put(name, true, words);
  }

  private void put(String name, boolean wanted, Object... words) {
    StringBuilder line = new StringBuilder("sentinel ").append(name);
    for (Object word : words) line.append(' ').append(word);
    lines.add(new SentinelOption("sentinel " + name, line.toString(), wanted));
  }

  /** A word that may hold anything: in quotes where it could not be read back without. */
  private static String word(String text) {
    return text.matches(PLAIN) ? text : quoted(text);
  }

  private static String quoted(String text) {
    return Bytes.string(QuotedArguments.quote(Bytes.of(text)));
  }
}
