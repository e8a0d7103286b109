package org.understudy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.understudy.command.NotifyClass;
import org.understudy.resp.CommandError;

class ConfigTest {
  private final Config config = Config.defaults();

  // ---- values ----------------------------------------------------------------------------------------------------

  @Test
  void gettersAgreeWithTheText() {
    config.assign(Directive.MAXMEMORY, "1gb");
    config.assign(Directive.CLIENT_OUTPUT_BUFFER_LIMIT, "replica 1kb 2kb 3");
    config.assign(Directive.MAXMEMORY_POLICY, "allkeys-lfu");
    config.assign(Directive.SHUTDOWN_ON_SIGINT, "force nosave");
    config.assign(Directive.SAVE, "1 2 3 4");
    assertEquals(1L << 30, config.maxmemory());
    assertEquals("1073741824", config.text(Directive.MAXMEMORY));
    assertEquals(new OutputLimit(1024, 2048, 3), config.clientOutputBufferLimit(ClientClass.REPLICA));
    assertEquals(new OutputLimit(0, 0, 0), config.clientOutputBufferLimit(ClientClass.NORMAL));
    assertEquals(MaxmemoryPolicy.ALLKEYS_LFU, config.maxmemoryPolicy());
    assertEquals("allkeys-lfu", config.maxmemoryPolicy().text());
    assertEquals(Config.SHUTDOWN_FORCE | Config.SHUTDOWN_NOSAVE, config.shutdownOnSigint());
    assertEquals("nosave force", config.text(Directive.SHUTDOWN_ON_SIGINT));
    assertEquals(List.of(new SavePoint(1, 2), new SavePoint(3, 4)), config.save());
  }

  @Test
  void notificationBitsAreThoseOfTheClasses() {
    for (NotifyClass type : NotifyClass.values()) {
      config.assign(Directive.NOTIFY_KEYSPACE_EVENTS, String.valueOf(type.letter()));
      assertEquals(type.bit(), config.notifyKeyspaceEvents(), type.name());
    }
    config.assign(Directive.NOTIFY_KEYSPACE_EVENTS, "A");
    int excluded = NotifyClass.KEYSPACE.bit() | NotifyClass.KEYEVENT.bit() | NotifyClass.KEY_MISS.bit()
        | NotifyClass.NEW.bit();
    assertEquals((1 << NotifyClass.values().length) - 1 & ~excluded, config.notifyKeyspaceEvents());
  }

  @Test
  void clientEvictionLimitIsWorkedOutOfMaxmemory() {
    assertEquals(0, config.clientEvictionLimitBytes());
    config.assign(Directive.MAXMEMORY_CLIENTS, "5%");
    assertEquals(0, config.clientEvictionLimitBytes());
    config.assign(Directive.MAXMEMORY, "100mb");
    assertEquals(5 << 20, config.clientEvictionLimitBytes());
    config.assign(Directive.MAXMEMORY_CLIENTS, "1");
    assertEquals(128 << 10, config.clientEvictionLimitBytes());
  }

  @Test
  void theTablesOfNamesHaveNoDuplicates() {
    List<String> names = new ArrayList<>();
    for (Directive.Name name : Directive.allNames()) names.add(name.text());
    assertEquals(names.size(), names.stream().distinct().count());
    for (Directive directive : Directive.values()) {
      assertEquals(directive, Directive.of(directive.directiveName().toUpperCase()));
    }
  }

  @Test
  void aFailoverLeavesItsPrimary() {
    config.assignReplicaof(new PrimaryAddress("10.0.0.1", 7000));
    assertEquals("10.0.0.1 7000", config.text(Directive.REPLICAOF));
    config.assignReplicaof(null);
    assertEquals(Optional.empty(), config.replicaof());
  }

  @Test
  void assignRefusesWhatTheDirectiveDoesNotTake() {
    assertThrows(IllegalArgumentException.class, () -> config.assign(Directive.PORT, "70000"));
    assertEquals(6379, config.port());
  }

  // ---- CONFIG GET ------------------------------------------------------------------------------------------------

  @Test
  void aNameIsAnsweredAsItWasAskedForAndOnlyOnce() {
    assertEquals(List.of(setting("MaxMemory", "0"), setting("port", "6379"), setting("maxmemory-samples", "5")),
        config.get(List.of("MaxMemory", "maxmemory", "port", "maxmemory-s*", "PORT")));
  }

  @Test
  void anAliasHasTheValueOfItsDirective() {
    config.assign(Directive.REPLICA_PRIORITY, "7");
    assertEquals(List.of(setting("replica-priority", "7"), setting("slave-priority", "7")),
        config.get(List.of("*-priority")));
  }

  @Test
  void hiddenDirectivesAreNotFoundByPatterns() {
    assertEquals(List.of(), config.get(List.of("watchdog*", "nothing")));
    assertEquals(List.of(setting("watchdog-period", "0")), config.get(List.of("watchdog-period")));
  }

  // ---- CONFIG SET ------------------------------------------------------------------------------------------------

  @Test
  void aBadValueLeavesTheOthersUntouched() {
    assertEquals("ERR CONFIG SET failed (possibly related to argument 'hz') -"
        + " argument couldn't be parsed into an integer",
        refusal("timeout", "9", "hz", "fast"));
    assertEquals(0, config.timeout());
  }

  @Test
  void theFirstFaultIsReported() {
    String failed = "ERR CONFIG SET failed (possibly related to argument '";
    assertEquals("ERR Unknown option or number of arguments for CONFIG SET - 'No'",
        refusal("No", "1", "daemonize", "yes"));
    assertEquals(failed + "DAEMONIZE') - can't set immutable config", refusal("DAEMONIZE", "yes", "no", "1"));
    assertEquals(failed + "Dir') - can't set protected config", refusal("Dir", "/", "timeout", "x"));
    assertEquals(failed + "TIMEOUT') - duplicate parameter", refusal("timeout", "1", "TIMEOUT", "2"));
  }

  @Test
  void whileLoadingSomeDirectivesCannotChange() {
    CommandError error = assertThrows(CommandError.class,
        () -> config.set(List.of(setting("appendonly", "yes")), true, true));
    assertEquals("LOADING Redis is loading the dataset in memory", error.getMessage());
    config.set(List.of(setting("timeout", "3")), true, true);
    assertEquals(3, config.timeout());
  }

  @Test
  void localClientsMayChangeProtectedDirectivesWhenAllowedTo() {
    Config local = Config.parse(List.of("enable-protected-configs local"));
    local.set(List.of(setting("dbfilename", "a.rdb")), true, false);
    assertThrows(CommandError.class, () -> local.set(List.of(setting("dbfilename", "b.rdb")), false, false));
    assertEquals("a.rdb", local.dbfilename());
  }

  @Test
  void hooksRunOnceWithTheNewValuesAndOnlyForChanges() {
    List<String> calls = new ArrayList<>();
    Config.Hook both = now -> {
      calls.add(now.timeout() + "/" + now.hz());
      return null;
    };
    config.onChange(Directive.TIMEOUT, both);
    config.onChange(Directive.HZ, both);
    config.set(List.of(setting("hz", "10"), setting("timeout", "0")), true, false);
    assertEquals(List.of(), calls);
    config.set(List.of(setting("hz", "20"), setting("timeout", "5")), true, false);
    assertEquals(List.of("5/20"), calls);
  }

  @Test
  void setsThatAlwaysCountRunTheirHooks() {
    List<String> calls = new ArrayList<>();
    config.onChange(Directive.SAVE, now -> {
      calls.add(now.text(Directive.SAVE));
      return null;
    });
    config.set(List.of(setting("save", "3600 1 300 100 60 10000")), true, false);
    assertEquals(1, calls.size());
  }

  @Test
  void aRefusingHookBringsAllOldValuesBackAndTheOtherHooksSeeThem() {
    List<Integer> ports = new ArrayList<>();
    config.onChange(Directive.PORT, now -> {
      ports.add(now.port());
      return null;
    });
    config.onChange(Directive.MAXCLIENTS, now -> now.maxclients() > 20000 ? "too many" : null);
    assertEquals("ERR CONFIG SET failed (possibly related to argument 'maxclients') - too many",
        refusal("port", "7000", "maxclients", "30000", "timeout", "3"));
    assertEquals(List.of(7000, 6379), ports);
    assertEquals(6379, config.port());
    assertEquals(0, config.timeout());
    assertEquals(10000, config.maxclients());
  }

  @Test
  void aChangeCanBeTakenBackLater() {
    ConfigChange change = config.set(List.of(setting("port", "7000")), true, false);
    assertTrue(change.changes(Directive.PORT));
    assertFalse(change.changes(Directive.BIND));
    assertEquals(7000, config.port());
    assertEquals("ERR CONFIG SET failed (possibly related to argument 'port') - taken",
        change.rollBack(Directive.PORT, "taken").getMessage());
    assertEquals(6379, config.port());
  }

  @Test
  void readersNeverSeeHalfOfAChange() throws Exception {
    Thread writer = new Thread(() -> {
      for (int i = 1; i <= 20000; i++) {
        String limit = i + " " + i + " " + i;
        config.set(List.of(setting("client-output-buffer-limit", "normal " + limit)), true, false);
      }
    });
    writer.start();
    OutputLimit last = config.clientOutputBufferLimit(ClientClass.NORMAL);
    while (writer.isAlive()) {
      OutputLimit limit = config.clientOutputBufferLimit(ClientClass.NORMAL);
      assertEquals(limit.hardBytes(), limit.softSeconds());
      assertTrue(limit.hardBytes() >= last.hardBytes());
      last = limit;
    }
    writer.join();
    assertEquals(20000, config.clientOutputBufferLimit(ClientClass.NORMAL).hardBytes());
  }

  @Test
  void whatIsNotOfferedCannotBeSwitchedOn() {
    String failed = "ERR CONFIG SET failed (possibly related to argument '";
    assertEquals(failed + "tls-port') - TLS is not supported by Understudy", refusal("tls-port", "6380"));
    assertEquals(failed + "tls-replication') - TLS is not supported by Understudy", refusal("tls-replication", "yes"));
    config.set(List.of(setting("tls-port", "0"), setting("tls-cert-file", "x")), true, false);
    assertEquals("x", config.text(Directive.TLS_CERT_FILE));
    ConfigFileError error = assertThrows(ConfigFileError.class, () -> Config.parse(List.of("", "cluster-enabled yes")));
    assertEquals("cluster mode is not supported by Understudy", error.getMessage());
    assertEquals(2, error.line());
  }

  @Test
  void secretsAreMarked() {
    assertTrue(Directive.of("requirepass").sensitive());
    assertTrue(Directive.of("masterauth").sensitive());
    assertFalse(Directive.of("port").sensitive());
    assertTrue(Directive.of("masteruser").sensitive());
  }

  private String refusal(String... pairs) {
    List<Config.Setting> settings = new ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) settings.add(setting(pairs[i], pairs[i + 1]));
    return assertThrows(CommandError.class, () -> config.set(settings, false, false)).getMessage();
  }

  private static Config.Setting setting(String name, String value) {
    return new Config.Setting(name, value);
  }
}
