package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.config.ConfigFileError;
import org.understudy.node.Node;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RealRedis;
import org.understudy.testing.RespClient;
import org.understudy.testing.TestSentinel;

/** What the real sentinel accepts, refuses and writes, we do too. */
@NeedsRealRedis
class SentinelConfigComparisonTest {
  @TempDir
  Path folder;

  @ParameterizedTest
  @ValueSource(strings = {
      "sentinel monitor a 127.0.0.1 1", "sentinel monitor a 127.0.0.1 1 0", "sentinel monitor a 127.0.0.1 1 x",
      "sentinel monitor a 127.0.0.1 70000 1", "sentinel monitor a 127.0.0.1 -1 1",
      "sentinel monitor a no.such.host 1 1",
      "sentinel monitor p 127.0.0.1 2 2", "sentinel nonsense", "sentinel nonsense p 1", "sentinel myid 12",
      "sentinel down-after-milliseconds q 1", "sentinel down-after-milliseconds p 0",
      "sentinel down-after-milliseconds p", "sentinel failover-timeout p -1", "sentinel failover-timeout q 1",
      "sentinel notification-script p /no/such/script", "sentinel client-reconfig-script p /etc/passwd",
      "sentinel auth-pass q x", "sentinel auth-user q x", "sentinel config-epoch q 1", "sentinel leader-epoch q 1",
      "sentinel known-replica q 127.0.0.1 1", "sentinel known-replica p 127.0.0.1", "sentinel known-slave p host 1",
      "sentinel known-replica p 127.0.0.1 99999", "sentinel known-sentinel q 127.0.0.1 1 x",
      "sentinel rename-command p A B\nsentinel rename-command p a C", "sentinel rename-command q A B",
      "sentinel known-replica p 127.0.0.1 5\nsentinel known-slave p 127.0.0.1 5",
      "sentinel known-sentinel p 127.0.0.1 5 x\nsentinel known-sentinel p 127.0.0.1 6 x",
      "sentinel deny-scripts-reconfig maybe", "sentinel resolve-hostnames maybe", "sentinel announce-hostnames 1",
      "sentinel master-reboot-down-after-period p -1", "sentinel announce-ip", "sentinel parallel-syncs q 1"})
  void faultsAreReportedInTheSameWords(String lines) throws Exception {
    Path file = Files.writeString(folder.resolve("s.conf"), lines + "\nsentinel monitor p 127.0.0.1 1 1\nport 0\n");
    Process real = new ProcessBuilder("redis-server", file.toString(), "--sentinel").directory(folder.toFile())
        .redirectOutput(folder.resolve("out").toFile()).start();
    String expected = new String(real.getErrorStream().readAllBytes());
    assertEquals(1, real.waitFor());
    assertEquals(expected, assertThrows(ConfigFileError.class, () -> Node.sentinel(file)).report());
  }

  @Test
  void theFileIsRewrittenAlike() throws IOException {
    String[] lines = {"# a comment", "loglevel warning", "sentinel monitor b 127.0.0.1 2 2", "",
        "sentinel parallel-syncs b 3", "# and another", "sentinel monitor a 127.0.0.1 1 1",
        "sentinel down-after-milliseconds a 70000", "sentinel known-sentinel a 127.0.0.1 7 " + "a".repeat(40),
        "sentinel known-replica a 127.0.0.1 9", "sentinel known-slave b 127.0.0.1 8", "sentinel config-epoch b 5",
        "sentinel leader-epoch b 6", "sentinel announce-port 77", "sentinel announce-ip \"10.1.2.3\"",
        "sentinel rename-command b CONFIG GUESSED", "sentinel auth-pass b secret", "sentinel auth-user b me",
        "sentinel sentinel-pass s", "sentinel sentinel-user u", "sentinel resolve-hostnames no", "save 900 1",
        "sentinel master-reboot-down-after-period b 5000", "sentinel deny-scripts-reconfig no",
        "sentinel client-reconfig-script b /bin/true", "sentinel notification-script b /bin/true",
        "sentinel failover-timeout b 9000", "sentinel myid " + "b".repeat(40)};
    try (RealRedis real = RealRedis.startSentinel(lines); TestSentinel ours = TestSentinel.start(lines)) {
      try (RespClient realAdmin = real.connect(); RespClient ourAdmin = ours.client()) {
        for (RespClient admin : List.of(realAdmin, ourAdmin)) {
          admin.call("SENTINEL", "set", "b", "auth-pass", "", "quorum", 9);
          admin.call("SENTINEL", "config", "set", "announce-port", 0);
          admin.call("SENTINEL", "remove", "a");
          assertEquals("OK", admin.call("SENTINEL", "flushconfig"));
        }
      }
      assertEquals(lines(real.folder().resolve("sentinel.conf")), lines(ours.file()));
    }
  }

  /**
   * All but what names ports and folders. Not in order: the real one walks through hash tables. It also leaves lines
   * with the old name of known-replica, and refuses the file at its next start.
   */
  private static Set<String> lines(Path file) throws IOException {
    Set<String> lines = new TreeSet<>(Files.readAllLines(file));
    lines.removeIf(line -> line.startsWith("port ") || line.startsWith("dir ")
        || line.startsWith("sentinel known-slave "));
    return lines;
  }
}
