package org.understudy.sentinel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Glob;
import org.understudy.bytes.Numbers;
import org.understudy.resp.CommandError;
import org.understudy.sentinel.state.Address;
import org.understudy.sentinel.state.Event;
import org.understudy.sentinel.state.Login;
import org.understudy.sentinel.state.MonitoredPrimary;
import org.understudy.sentinel.state.PrimarySettings;
import org.understudy.sentinel.state.Timing.Period;

/**
 * What SENTINEL's subcommands change: SET for a primary, CONFIG for the sentinel, DEBUG and SIMULATE-FAILURE for tests.
 */
final class SentinelSettings {
  static final int CRASH_AFTER_ELECTION = 1;
  static final int CRASH_AFTER_PROMOTION = 2;

  private static final Logger log = LoggerFactory.getLogger(Sentinel.class);
  private static final String HIDDEN = "******";

  private SentinelSettings() {}

  // ---- SET -------------------------------------------------------------------------------------------------------

  /**
   * SENTINEL SET name option value [option value …]. Options take effect one after the other: those before one that is
   * wrong stay. Which scripts can be run is looked up first.
   */
  static void set(Sentinel sentinel, Inquiry inquiry) {
    inquiry.primary(sentinel);
    List<String> paths = new ArrayList<>();
    for (int i = 3; i + 1 < inquiry.argv.length; i++) {
      if (isScript(inquiry.text(i).toLowerCase(Locale.ROOT))) paths.add(inquiry.text(i + 1));
    }
    if (paths.isEmpty()) {
      set(sentinel, inquiry, Set.of());
      return;
    }
    sentinel.blocking().execute(() -> {
      Set<String> executable = new HashSet<>();
      for (String path : paths) {
        if (Files.isExecutable(sentinel.folder().resolve(Path.of(path)))) executable.add(path);
      }
      sentinel.later(back -> set(back, inquiry, executable));
    });
  }

  private static boolean isScript(String option) {
    return option.equals("notification-script") || option.equals("client-reconfig-script");
  }

  private static void set(Sentinel sentinel, Inquiry inquiry, Set<String> executable) {
    CommandError failure = null;
    boolean changed = false;
    for (int i = 3; i < inquiry.argv.length && failure == null; ) {
      String option = inquiry.text(i);
      int values = Bytes.is(inquiry.argv[i], "rename-command") ? 2 : 1;
      try {
        if (i + values >= inquiry.argv.length) throw unknown(option);
        MonitoredPrimary primary = inquiry.primary(sentinel);
        String first = inquiry.text(i + 1);
        PrimarySettings settings = values == 2 ? renamed(primary.settings(), option, first, inquiry.text(i + 2))
            : changed(sentinel, primary.settings(), option, first, executable);
        List<String> words = new ArrayList<>(List.of(option, Bytes.is(inquiry.argv[i], "auth-pass") ? HIDDEN : first));
        if (values == 2) words.add(inquiry.text(i + 2));
        sentinel.tell(new Event.SettingsChanged(primary.name(), settings, words));
        changed = true;
      } catch (CommandError error) {
        failure = error;
      }
      i += 1 + values;
    }
    if (failure != null) inquiry.error(failure);
    else if (changed) sentinel.ask(Event.FlushAsked::new, inquiry::answer);
  }

  private static CommandError unknown(String option) {
    return CommandError.err("Unknown option or number of arguments for SENTINEL SET '" + option + "'");
  }

  private static CommandError invalid(String option, String value) {
    return CommandError.err("Invalid argument '" + value + "' for SENTINEL SET '" + option + "'");
  }

  private static PrimarySettings changed(Sentinel sentinel, PrimarySettings settings, String option, String value,
      Set<String> executable) {
    String valueOrNull = value.isEmpty() ? null : value;
    Login login = settings.login() == null ? new Login(null, null) : settings.login();
    switch (option.toLowerCase(Locale.ROOT)) {
      case "down-after-milliseconds":
        return settings.withDownAfter(number(option, value, 1));
      case "failover-timeout":
        return settings.withFailoverTimeout(number(option, value, 1));
      case "parallel-syncs":
        return settings.withParallelSyncs((int) number(option, value, 1));
      case "quorum":
        return settings.withQuorum((int) number(option, value, 1));
      case "master-reboot-down-after-period":
        return settings.withRebootDownAfter(number(option, value, 0));
      case "auth-pass":
        return settings.withLogin(new Login(login.user(), valueOrNull));
      case "auth-user":
        return settings.withLogin(new Login(valueOrNull, login.password()));
      case "notification-script":
        checkScript(sentinel, value, executable, "Notification script seems non existing or non executable");
        return settings.withNotificationScript(valueOrNull);
      case "client-reconfig-script":
        checkScript(sentinel, value, executable, "Client reconfiguration script seems non existing or non executable");
        return settings.withClientReconfigScript(valueOrNull);
      default:
        throw unknown(option);
    }
  }

  private static void checkScript(Sentinel sentinel, String path, Set<String> executable, String otherwise) {
    if (sentinel.options().denyScriptsReconfig()) {
      throw CommandError.err("Reconfiguration of scripts path is denied for security reasons. Check the"
          + " deny-scripts-reconfig configuration directive in your Sentinel configuration");
    }
    if (!path.isEmpty() && !executable.contains(path)) throw CommandError.err(otherwise);
  }

  private static long number(String option, String value, long least) {
    if (!Numbers.isLong(Bytes.of(value))) throw invalid(option, value);
    long number = Numbers.parseLong(Bytes.of(value));
    if (number < least) throw invalid(option, value);
    return number;
  }

  private static PrimarySettings renamed(PrimarySettings settings, String option, String from, String to) {
    if (from.isEmpty() || to.isEmpty()) throw invalid(option, to.isEmpty() ? to : from);
    Map<String, String> names = new HashMap<>(settings.renamedCommands());
    names.remove(from.toUpperCase(Locale.ROOT));
    if (!from.equalsIgnoreCase(to)) names.put(from.toUpperCase(Locale.ROOT), to);
    return settings.withRenamedCommands(names);
  }

  // ---- CONFIG ----------------------------------------------------------------------------------------------------

  /** SENTINEL CONFIG GET pattern | SET name value. */
  static void config(Sentinel sentinel, Inquiry inquiry) {
    int words = inquiry.argv.length;
    if (Bytes.is(inquiry.argv[2], "set") && words == 5) configSet(sentinel, inquiry);
    else if (Bytes.is(inquiry.argv[2], "get") && words == 4) configGet(sentinel, inquiry);
    else throw CommandError.err("Only SENTINEL CONFIG GET <option> / SET <option> <value> are supported.");
  }

  private static void configGet(Sentinel sentinel, Inquiry inquiry) {
    SentinelOptions options = sentinel.options();
    Map<String, String> all = new LinkedHashMap<>();
    all.put("resolve-hostnames", options.resolveHostnames() ? "yes" : "no");
    all.put("announce-hostnames", options.announceHostnames() ? "yes" : "no");
    all.put("announce-ip", orEmpty(options.announceIp()));
    all.put("announce-port", String.valueOf(options.announcePort()));
    all.put("sentinel-user", orEmpty(options.user()));
    all.put("sentinel-pass", orEmpty(options.password()));
    all.keySet().removeIf(name -> !Glob.matches(inquiry.argv[3], Bytes.of(name), true));
    inquiry.reply(reply -> {
      reply.map(all.size());
      all.forEach((name, value) -> {
        reply.bulk(name);
        reply.bulk(value);
      });
    });
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  private static void configSet(Sentinel sentinel, Inquiry inquiry) {
    String name = inquiry.text(3);
    String value = inquiry.text(4);
    String valueOrNull = value.isEmpty() ? null : value;
    SentinelOptions options = sentinel.options();
    sentinel.configure(switch (name.toLowerCase(Locale.ROOT)) {
      case "resolve-hostnames" -> options.withResolveHostnames(yesNo(name, value));
      case "announce-hostnames" -> options.withAnnounceHostnames(yesNo(name, value));
      case "announce-ip" -> options.withAnnounceIp(valueOrNull);
      case "announce-port" -> options.withAnnouncePort(port(name, value));
      case "sentinel-user" -> options.withUser(valueOrNull);
      case "sentinel-pass" -> options.withPassword(valueOrNull);
      default -> throw CommandError.err("Invalid argument '" + name + "' to SENTINEL CONFIG SET");
    });
    sentinel.ask(Event.FlushAsked::new, inquiry::answer);
  }

  private static boolean yesNo(String name, String value) {
    if (value.equalsIgnoreCase("yes")) return true;
    if (value.equalsIgnoreCase("no")) return false;
    throw badConfig(name, value);
  }

  private static int port(String name, String value) {
    byte[] text = Bytes.of(value);
    long port = Numbers.isLong(text) ? Numbers.parseLong(text) : -1;
    if (!Address.isPort(port)) throw badConfig(name, value);
    return (int) port;
  }

  private static CommandError badConfig(String name, String value) {
    return CommandError.err("Invalid value '" + value + "' to SENTINEL CONFIG SET '" + name + "'");
  }

  // ---- for tests -------------------------------------------------------------------------------------------------

  /** SENTINEL DEBUG [period milliseconds …]. */
  static void debug(Sentinel sentinel, Inquiry inquiry) {
    byte[][] argv = inquiry.argv;
    if (argv.length == 2) {
      inquiry.reply(reply -> {
        reply.map(Period.values().length);
        for (Period period : Period.values()) {
          reply.bulk(period.shown());
          reply.bulk(sentinel.timing().millis(period));
        }
      });
      return;
    }
    for (int i = 2; i < argv.length; i += 2) {
      Period period = Period.named(inquiry.text(i));
      if (period == null || i + 1 == argv.length) {
        throw CommandError.err("Unknown option or number of arguments for SENTINEL DEBUG '" + inquiry.text(i) + "'");
      }
      long millis = Numbers.isLong(argv[i + 1]) ? Numbers.parseLong(argv[i + 1]) : 0;
      if (millis <= 0) {
        throw CommandError.err("Invalid argument '" + inquiry.text(i + 1) + "' for SENTINEL DEBUG '"
            + inquiry.text(i) + "'");
      }
      sentinel.timing().set(period, millis);
    }
    inquiry.ok();
  }

  /** SENTINEL SIMULATE-FAILURE [crash-after-election] [crash-after-promotion] [help]. */
  static void simulateFailure(Sentinel sentinel, Inquiry inquiry) {
    int failures = 0;
    sentinel.simulateFailures(failures);
    for (int i = 2; i < inquiry.argv.length; i++) {
      switch (Bytes.lowerString(inquiry.argv[i])) {
        case "crash-after-election" -> {
          failures |= CRASH_AFTER_ELECTION;
          log.warn("Failure simulation: this Sentinel will crash after being successfully elected as failover leader");
        }
        case "crash-after-promotion" -> {
          failures |= CRASH_AFTER_PROMOTION;
          log.warn("Failure simulation: this Sentinel will crash after promoting the selected replica to master");
        }
        case "help" -> {
          inquiry.reply(reply -> {
            reply.array(2);
            reply.bulk("crash-after-election");
            reply.bulk("crash-after-promotion");
          });
          return;
        }
        default -> throw CommandError.err("Unknown failure simulation specified");
      }
      sentinel.simulateFailures(failures);
    }
    inquiry.ok();
  }
}
