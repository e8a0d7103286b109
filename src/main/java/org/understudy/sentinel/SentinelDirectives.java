package org.understudy.sentinel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.CNumbers;
import org.understudy.config.ConfigFileError;
import org.understudy.config.SentinelLine;
import org.understudy.sentinel.state.Address;
import org.understudy.sentinel.state.Login;
import org.understudy.sentinel.state.PrimarySettings;
import org.understudy.sentinel.state.SavedState;
import org.understudy.sentinel.state.SavedState.SavedPrimary;
import org.understudy.sentinel.state.SavedState.SavedSentinel;
import org.understudy.sentinel.state.Timing;

/**
 * Reads the lines of a configuration that start with {@code sentinel}. They may come in any order: first those about
 * the sentinel itself are taken, then the primaries, then what is said about these. Numbers are read as far as they
 * are numbers. Source: sentinelHandleConfiguration, sentinel.c 7.0.15.
 */
final class SentinelDirectives {
  private static final Logger log = LoggerFactory.getLogger(Sentinel.class);

  private static final int ID_LENGTH = 40;
  /** Directives about the sentinel itself: other lines depend on them. */
  private static final Set<String> FIRST = Set.of("announce-ip", "announce-port", "deny-scripts-reconfig",
      "sentinel-user", "sentinel-pass", "current-epoch", "myid", "resolve-hostnames", "announce-hostnames",
      "state-file", "forget-after");

  /** What is wrong with a line. */
  private static final class Wrong extends Exception {
    private static final long serialVersionUID = 1;

    Wrong(String reason) {
      super(reason, null, false, false);
    }
  }

  /** A primary as far as its lines have been read. */
  private static final class Primary {
    final String name;
    final Address address;
    PrimarySettings settings;
    long configEpoch;
    long leaderEpoch;
    /** By the names that replicas have. */
    final Map<String, Address> replicas = new LinkedHashMap<>();
    /** By id. */
    final Map<String, Address> sentinels = new LinkedHashMap<>();

    Primary(String name, Address address, PrimarySettings settings) {
      this.name = name;
      this.address = address;
      this.settings = settings;
    }

    SavedPrimary saved() {
      List<SavedSentinel> others = new ArrayList<>();
      sentinels.forEach((id, place) -> others.add(new SavedSentinel(place, id)));
      return new SavedPrimary(name, address, settings, configEpoch, leaderEpoch, List.copyOf(replicas.values()), others,
          List.of());
    }
  }

  private final NameResolver names;
  private final Predicate<Path> executable;
  private final Path folder;
  private final Timing timing = new Timing();
  private final Map<String, Primary> primaries = new LinkedHashMap<>();
  private SentinelOptions options = SentinelOptions.DEFAULTS;
  private String myId;
  private long currentEpoch;

  private SentinelDirectives(NameResolver names, Predicate<Path> executable, Path folder) {
    this.names = names;
    this.executable = executable;
    this.folder = folder;
  }

  /**
   * Reads all lines. Blocks where names have to be resolved.
   *
   * @param executable whether a file is there and may be run
   * @param folder that relative names of files start from
   * @throws ConfigFileError the sentinel must not start
   */
  static SentinelConfig read(List<SentinelLine> lines, NameResolver names, Predicate<Path> executable,
      Path folder) {
    SentinelDirectives directives = new SentinelDirectives(names, executable, folder);
    for (int round = 0; round < 3; round++) {
      for (SentinelLine line : lines) {
        if (directives.round(line) == round) directives.read(line);
      }
    }
    return directives.result();
  }

  private static String name(SentinelLine line) {
    return line.words().get(0).toLowerCase(Locale.ROOT);
  }

  private int round(SentinelLine line) {
    if (FIRST.contains(name(line))) return 0;
    return name(line).equals("monitor") ? 1 : 2;
  }

  private SentinelConfig result() {
    return SentinelConfig.of(options,
        new SavedState(myId, currentEpoch, primaries.values().stream().map(Primary::saved).toList()));
  }

  private void read(SentinelLine line) {
    try {
      boolean known = switch (round(line)) {
        case 0 -> readOption(name(line), line.words());
        case 1 -> readMonitor(line.words());
        default -> readAboutPrimary(name(line), line.words());
      };
      if (!known) throw new Wrong("Unrecognized sentinel configuration statement.");
    } catch (Wrong wrong) {
      throw line.wrong(wrong.getMessage());
    }
  }

  // ---- about the sentinel itself ---------------------------------------------------------------------------------

  /** @return false if there is no such directive with that many words */
  private boolean readOption(String name, List<String> words) throws Wrong {
    if (words.size() != 2) return false;
    String value = words.get(1);
    String textOrNull = value.isEmpty() ? null : value;
    switch (name) {
      case "announce-ip" -> options = options.withAnnounceIp(textOrNull);
      case "announce-port" -> options = options.withAnnouncePort((int) CNumbers.leading(value));
      case "sentinel-user" -> options = options.withUser(textOrNull);
      case "sentinel-pass" -> options = options.withPassword(textOrNull);
      case "deny-scripts-reconfig" -> options = options.withDenyScriptsReconfig(
          yesNo(value, "Please specify yes or no for the deny-scripts-reconfig options."));
      case "resolve-hostnames" -> options = options.withResolveHostnames(
          yesNo(value, "Please specify yes or no for the resolve-hostnames option."));
      case "announce-hostnames" -> options = options.withAnnounceHostnames(
          yesNo(value, "Please specify yes or no for the announce-hostnames option."));
      case "current-epoch" -> currentEpoch = Math.max(currentEpoch, CNumbers.leading(value));
      case "myid" -> {
        if (value.length() != ID_LENGTH) throw new Wrong("Malformed Sentinel id in myid option.");
        myId = value;
      }
      case "state-file" -> options = options.withStateFile(value.isEmpty() ? null : folder.resolve(value));
      case "forget-after" -> {
        if (CNumbers.leading(value) < 0) throw new Wrong("negative time parameter.");
        options = options.withForgetAfterMillis(CNumbers.leading(value));
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static boolean yesNo(String word, String otherwise) throws Wrong {
    if (word.equalsIgnoreCase("yes")) return true;
    if (word.equalsIgnoreCase("no")) return false;
    throw new Wrong(otherwise);
  }

  // ---- about a primary -------------------------------------------------------------------------------------------

  /** monitor name host port quorum. */
  private boolean readMonitor(List<String> words) throws Wrong {
    if (words.size() != 5) return false;
    int quorum = (int) CNumbers.leading(words.get(4));
    if (quorum <= 0) throw new Wrong("Quorum must be 1 or greater.");
    Address address = address(words.get(2), words.get(3));
    String name = words.get(1);
    if (primaries.containsKey(name)) throw new Wrong("Duplicate master name.");
    primaries.put(name, new Primary(name, address, PrimarySettings.defaults(quorum, timing)));
    return true;
  }

  private boolean readAboutPrimary(String name, List<String> words) throws Wrong {
    if (name.equals("can-failover") && words.size() == 3) {
      log.warn("'sentinel can-failover' has no meaning any more and is ignored");
      return true;
    }
    if (name.equals("known-sentinel") && words.size() == 4) return true; // without an id, as old versions wrote it
    boolean four = Set.of("known-replica", "known-slave", "rename-command").contains(name);
    int expected = name.equals("known-sentinel") ? 5 : four ? 4 : 3;
    if (words.size() != expected || !isAboutPrimary(name)) return false;
    Primary primary = primaries.get(words.get(1));
    if (primary == null) throw new Wrong("No such master with specified name.");
    switch (name) {
      case "known-replica", "known-slave" -> {
        Address address = address(words.get(2), words.get(3));
        String known = address.withPort(options.announceHostnames());
        if (primary.replicas.putIfAbsent(known, address) != null) {
          throw new Wrong("Duplicate hostname and port for replica.");
        }
      }
      case "known-sentinel" -> {
        Address address = address(words.get(2), words.get(3));
        if (primary.sentinels.putIfAbsent(words.get(4), address) != null) {
          throw new Wrong("Duplicate runid for sentinel.");
        }
      }
      case "rename-command" -> rename(primary, words.get(2), words.get(3));
      case "config-epoch" -> {
        primary.configEpoch = CNumbers.leading(words.get(2));
        currentEpoch = Math.max(currentEpoch, primary.configEpoch);
      }
      case "leader-epoch" -> primary.leaderEpoch = CNumbers.leading(words.get(2));
      default -> primary.settings = changed(primary.settings, name, words.get(2));
    }
    return true;
  }

  private static boolean isAboutPrimary(String name) {
    return switch (name) {
      case "known-replica", "known-slave", "known-sentinel", "rename-command", "config-epoch", "leader-epoch",
          "down-after-milliseconds", "failover-timeout", "parallel-syncs", "notification-script",
          "client-reconfig-script", "auth-pass", "auth-user", "master-reboot-down-after-period" -> true;
      default -> false;
    };
  }

  private PrimarySettings changed(PrimarySettings settings, String name, String value) throws Wrong {
    Login login = settings.login() == null ? new Login(null, null) : settings.login();
    return switch (name) {
      case "down-after-milliseconds" -> settings.withDownAfter(positive(value));
      case "failover-timeout" -> settings.withFailoverTimeout(positive(value));
      case "parallel-syncs" -> settings.withParallelSyncs((int) CNumbers.leading(value));
      case "notification-script" -> settings.withNotificationScript(
          script(value, "Notification script seems non existing or non executable."));
      case "client-reconfig-script" -> settings.withClientReconfigScript(
          script(value, "Client reconfiguration script seems non existing or non executable."));
      case "auth-pass" -> settings.withLogin(new Login(login.user(), value));
      case "auth-user" -> settings.withLogin(new Login(value, login.password()));
      case "master-reboot-down-after-period" -> {
        if (CNumbers.leading(value) < 0) throw new Wrong("negative time parameter.");
        yield settings.withRebootDownAfter(CNumbers.leading(value));
      }
      default -> throw new IllegalStateException("no setting: " + name);
    };
  }

  private static long positive(String millis) throws Wrong {
    if (CNumbers.leading(millis) <= 0) throw new Wrong("negative or zero time parameter.");
    return CNumbers.leading(millis);
  }

  private String script(String path, String otherwise) throws Wrong {
    if (!executable.test(folder.resolve(path))) throw new Wrong(otherwise);
    return path;
  }

  private static void rename(Primary primary, String from, String to) throws Wrong {
    Map<String, String> renamed = new HashMap<>(primary.settings.renamedCommands());
    if (renamed.putIfAbsent(from.toUpperCase(Locale.ROOT), to) != null) {
      throw new Wrong("Same command renamed multiple times with rename-command.");
    }
    primary.settings = primary.settings.withRenamedCommands(renamed);
  }

  private Address address(String host, String port) throws Wrong {
    long number = CNumbers.leading(port);
    if (!Address.isPort(number)) throw new Wrong("Invalid port number.");
    String ip = NameResolver.literal(host);
    if (ip == null && options.resolveHostnames()) ip = names.resolve(host);
    if (ip == null) {
      log.warn("Failed to resolve hostname '{}'", host);
      if (!options.resolveHostnames()) throw new Wrong("Can't resolve instance hostname.");
    }
    return new Address(host, ip, (int) number);
  }
}
