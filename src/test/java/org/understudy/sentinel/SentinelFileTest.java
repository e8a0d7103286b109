package org.understudy.sentinel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.config.Config;
import org.understudy.config.ConfigFileError;
import org.understudy.config.ConfigReader;
import org.understudy.config.SentinelLine;
import org.understudy.persistence.MemoryFileSystem;
import org.understudy.sentinel.state.Address;
import org.understudy.sentinel.state.FailoverRecord;
import org.understudy.sentinel.state.FailoverStage;
import org.understudy.sentinel.state.SavedState;
import org.understudy.sentinel.state.SavedState.SavedPrimary;
import org.understudy.sentinel.state.SavedState.SavedSentinel;

class SentinelFileTest {
  private static final Path FILE = Path.of("/etc/sentinel.conf");
  private static final Path HISTORY = Path.of("/etc/sentinel.conf.history");
  private static final Path STATE = Path.of("/var/sentinel.state");
  private static final String ID = "0123456789012345678901234567890123456789";

  private static final int EPOCH = 1_234;

  private final MemoryFileSystem files = new MemoryFileSystem();

  private Config config;

  /** Reads the file as a start would. */
  private SentinelConfig read() {
    return read(files);
  }

  private SentinelConfig read(MemoryFileSystem from) {
    config = Config.defaults();
    config.file(FILE);
    List<SentinelLine> lines = new ArrayList<>();
    new ConfigReader(config).sentinel(lines::add).readText(Bytes.string(from.get(FILE)));
    return SentinelConfig.read(lines, FILE, name -> null, from, script -> true, Path.of("/"));
  }

  private String text(Path file) {
    return Bytes.string(files.get(file));
  }

  private void write(SentinelConfig before, SavedState state) throws IOException {
    new SentinelFile(files, config, before).write(1, before.options(), state, null);
  }

  private void configure(String... lines) {
    files.put(FILE, Bytes.of(String.join("\n", lines) + "\n"));
  }

  private static SavedState after(SavedState before, Address primary, int voteEpoch, FailoverRecord... failovers) {
    SavedPrimary old = before.primaries().get(0);
    return new SavedState(ID, voteEpoch, List.of(new SavedPrimary(old.name(), primary, old.settings(), voteEpoch,
        voteEpoch, List.of(Address.literal("10.0.0.2", 2), Address.literal("::1", 3)),
        List.of(new SavedSentinel(Address.literal("10.0.0.9", 9), "x".repeat(40))), List.of(failovers))));
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    configure("sentinel monitor p 10.0.0.1 1 2", "sentinel auth-pass p \"two words\"", "sentinel auth-user p me",
        "sentinel rename-command p CONFIG guessed", "sentinel down-after-milliseconds p 500",
        "sentinel failover-timeout p 600", "sentinel parallel-syncs p 7", "sentinel notification-script p /bin/n",
        "sentinel client-reconfig-script p /bin/c", "sentinel master-reboot-down-after-period p 800",
        "sentinel announce-ip 10.9.9.9", "sentinel announce-port 99", "sentinel sentinel-user u",
        "sentinel sentinel-pass \"\\x00\"", "sentinel deny-scripts-reconfig no", "sentinel announce-hostnames yes");
    SentinelConfig before = read();
    assertEquals("two words", before.state().primaries().get(0).settings().login().password());
    SavedState state = after(before.state(), Address.literal("10.0.0.2", 6), 4);
    write(before, state);
    SentinelConfig again = read();
    assertEquals(before.options(), again.options());
    assertEquals(state, again.state());
  }

  @Test
  void commentsAndOrderStay() throws IOException {
    configure("# mine", "sentinel down-after-milliseconds p 500", "port 5", "", "# below",
        "SENTINEL monitor p 10.0.0.1 1 2");
    SentinelConfig before = read();
    write(before, after(before.state(), Address.literal("10.0.0.7", 7), 1));
    List<String> lines = text(FILE).lines().limit(6).toList();
    assertEquals(List.of("# mine", "sentinel down-after-milliseconds p 500", "port 5", "", "# below",
        "sentinel monitor p 10.0.0.7 7 2"), lines);
  }

  @Test
  void wordsThatAreNotOursStayAndWhatIsNoMoreGoes() throws IOException {
    configure("sentinel monitor p 10.0.0.1 1 2", "sentinel can-failover p yes", "sentinel monitor q 10.0.0.3 3 1",
        "sentinel parallel-syncs q 3");
    SentinelConfig before = read();
    write(before, after(before.state(), Address.literal("10.0.0.1", 1), 1));
    assertTrue(text(FILE).contains("sentinel can-failover p yes\n"));
    assertTrue(!text(FILE).contains(" q "), text(FILE));
  }

  @Test
  void aCrashLeavesTheOldFileOrTheNewOne() throws IOException {
    configure("sentinel monitor p 10.0.0.1 1 2");
    SentinelConfig before = read();
    byte[] old = files.get(FILE);
    List<byte[]> found = new ArrayList<>();
    Random random = new Random(1);
    files.beforeStep = () -> {
      for (int i = 0; i < 20; i++) found.add(files.crashed(random).get(FILE));
    };
    write(before, after(before.state(), Address.literal("10.0.0.1", 1), 3));
    byte[] written = files.get(FILE);
    for (int i = 0; i < 20; i++) assertEquals(Bytes.string(written), Bytes.string(files.crashed(random).get(FILE)));
    for (byte[] each : found) {
      String text = Bytes.string(each);
      assertTrue(text.equals(Bytes.string(old)) || text.equals(Bytes.string(written)), text);
    }
  }

  /** Three states one after the other, a crash before each step on the disk: a vote that was written stays given. */
  @ParameterizedTest
  @ValueSource(strings = {"sentinel announce-port 5", "sentinel state-file /var/sentinel.state"})
  void aStartAfterACrashFindsTheLastStateThatWasWrittenOrTheOneThatWasBeing(String line) throws IOException {
    configure("sentinel monitor p 10.0.0.1 1 2", line);
    SentinelConfig before = read();
    SentinelFile file = new SentinelFile(files, config, before);
    Random random = new Random(1);
    List<Long> writtenThen = new ArrayList<>();
    List<SavedState> found = new ArrayList<>();
    long[] written = {0};
    files.beforeStep = () -> {
      for (int i = 0; i < 10; i++) {
        writtenThen.add(written[0]);
        found.add(read(files.crashed(random)).state());
      }
    };
    for (int epoch = 1; epoch <= 3; epoch++) {
      FailoverRecord failover = new FailoverRecord("p", epoch, false, 1000, Address.literal("10.0.0.1", 1),
          Address.literal("10.0.0.2", 2), "switched", Map.of(), List.of(), List.of(), 9, 7);
      SavedState next = after(before.state(), Address.literal("10.0.0.1", epoch), epoch, failover);
      file.write(epoch, before.options(), next, null);
      written[0] = epoch;
    }
    assertTrue(found.size() > 100, () -> "only " + found.size() + " crashes");
    for (int i = 0; i < found.size(); i++) {
      SavedPrimary primary = found.get(i).primaries().get(0);
      long epoch = primary.leaderEpoch();
      long decided = primary.configEpoch();
      for (long each : new long[] {epoch, decided}) {
        assertTrue(each == writtenThen.get(i) || each == writtenThen.get(i) + 1, () -> "epoch " + each);
      }
      assertTrue(epoch >= decided);
      assertEquals(epoch, found.get(i).currentEpoch());
      if (decided > 0) assertEquals(Address.literal("10.0.0.1", (int) decided), primary.address());
    }
  }

  @Test
  void whatIsOlderIsNotWrittenOverWhatIsYounger() throws IOException {
    configure("sentinel monitor p 10.0.0.1 1 2");
    SentinelConfig before = read();
    SentinelFile file = new SentinelFile(files, config, before);
    file.write(2, before.options(), after(before.state(), Address.literal("10.0.0.2", 2), 2), null);
    file.write(1, before.options(), after(before.state(), Address.literal("10.0.0.1", 1), 1), null);
    assertEquals(2, read().state().currentEpoch());
  }

  @Test
  void aFullDiskIsReportedAndLeavesTheOldFile() throws IOException {
    configure("sentinel monitor p 10.0.0.1 1 2");
    SentinelConfig before = read();
    String old = text(FILE);
    int steps = 0;
    while (true) {
      files.steps.clear();
      files.failingStep = steps;
      try {
        write(before, after(before.state(), Address.literal("10.0.0.1", 1), 3));
        break;
      } catch (IOException full) {
        assertEquals(MemoryFileSystem.NO_SPACE, full.getMessage());
        assertFalse(files.list().toString().contains(".new"), files.list()::toString);
        steps++;
      }
      if (text(FILE).equals(old)) continue;
      assertTrue(files.steps.stream().anyMatch(step -> step.startsWith("rename")), files.steps::toString);
    }
    assertTrue(steps >= 4, () -> "only these steps could fail: " + files.steps);
  }

  @Test
  void aStateFileTakesWhatIsLearnedAndLeavesTheConfigurationAlone() throws IOException {
    String[] lines = {"sentinel monitor p 10.0.0.1 1 2", "sentinel down-after-milliseconds p 500",
        "sentinel state-file /var/sentinel.state"};
    configure(lines);
    SentinelConfig before = read();
    SavedState state = after(before.state(), Address.literal("10.0.0.2", 6), 4);
    String old = text(FILE);
    write(before, state);
    assertEquals(old, text(FILE));
    assertEquals(state, read().state());

    lines[1] = "sentinel down-after-milliseconds p 900";
    configure(lines);
    SavedPrimary changed = read().state().primaries().get(0);
    assertEquals(900, changed.settings().downAfterMillis());
    assertEquals(Address.literal("10.0.0.2", 6), changed.address());
  }

  @Test
  void aPrimaryThatWasAddedAtRunTimeIsWhollyInTheStateFile() throws IOException {
    configure("sentinel state-file /var/sentinel.state");
    SentinelConfig before = read();
    files.put(STATE, Bytes.of("sentinel monitor new 10.0.0.1 1 2\nsentinel parallel-syncs new 6\n"));
    SavedState state = new SavedState(ID, 0, read().state().primaries());
    write(before, state);
    assertEquals(state, read().state());
    assertEquals(6, state.primaries().get(0).settings().parallelSyncs());
  }

  @Test
  void aDamagedStateFileIsAnErrorAtStart() {
    configure("sentinel state-file /var/sentinel.state");
    files.put(STATE, Bytes.of("sentinel monitor p 10.0.0.1 1 2\nsentinel config-ep"));
    assertThrows(ConfigFileError.class, this::read);
    files.put(STATE, Bytes.of("port 5\n"));
    assertThrows(ConfigFileError.class, this::read);
  }

  @Test
  void failoversAreKeptInAFileOfTheirOwn() throws IOException {
    configure("sentinel monitor p 10.0.0.1 1 2");
    FailoverRecord failover = new FailoverRecord("p", 4, false, 1000, Address.literal("10.0.0.1", 1),
        Address.literal("10.0.0.2", 2), "switched", Map.of(ID, ID),
        List.of(new FailoverRecord.Candidate("10.0.0.2:2", "run", 100, 7, null)),
        List.of(new FailoverRecord.StageTime(FailoverStage.WAIT_START, 5)), 9, 7);
    SentinelConfig before = read();
    SavedState state = after(before.state(), Address.literal("10.0.0.2", 2), 4, failover);
    write(before, state);
    assertEquals(state, read().state());
    files.put(HISTORY, Bytes.of("nonsense\n"));
    assertEquals(List.of(), read().state().primaries().get(0).failovers());
    assertNull(files.get(Path.of("/etc/sentinel.conf.new")));
  }

  // ---- files that were cut off or replaced -------------------------------------------------------------------------

  /** A sentinel of two primaries that has voted about both. @return the file that holds its state */
  private Path writtenFile(String... lines) throws IOException {
    configure(lines);
    SentinelConfig before = read();
    List<SavedPrimary> primaries = new ArrayList<>();
    for (SavedPrimary each : before.state().primaries()) {
      primaries.add(new SavedPrimary(each.name(), each.address(), each.settings(), EPOCH - 1, EPOCH,
          List.of(Address.literal("10.0.0.2", 6380)), List.of(new SavedSentinel(Address.literal("10.0.0.9", 9), ID)),
          List.of()));
    }
    write(before, new SavedState(ID, EPOCH, primaries));
    return before.stateFile() == null ? FILE : before.stateFile();
  }

  @ParameterizedTest
  @ValueSource(strings = {"port 26380", "sentinel state-file /var/sentinel.state"})
  void aFileThatIsCutOffAnywhereIsAnErrorOrAStartInWhichNoVoteIsGivenTwice(String line) throws IOException {
    Path file = writtenFile(line, "sentinel monitor p 10.0.0.1 6379 2", "sentinel down-after-milliseconds p 500",
        "sentinel monitor q 10.0.0.1 7000 2", "sentinel auth-pass q \"two words\"");
    byte[] whole = files.get(file);
    int starts = 0;
    for (int length = 0; length <= whole.length; length++) {
      files.put(file, Arrays.copyOf(whole, length));
      SavedState state;
      try {
        state = read().state();
      } catch (ConfigFileError error) {
        assertFalse(error.report().isBlank());
        continue;
      }
      starts++;
      assertEquals(EPOCH, state.currentEpoch(), "cut at " + length);
      for (SavedPrimary primary : state.primaries()) assertEquals(EPOCH, primary.leaderEpoch(), "cut at " + length);
    }
    assertTrue(starts > 5 && starts < whole.length, starts + " starts");
  }

  /** Damaged digits may be other digits: what counts is that no epoch comes back. */
  @Test
  void aFileOfWhichAnyByteIsDamagedIsAnErrorOrAStartInWhichNoVoteIsGivenTwice() throws IOException {
    writtenFile("sentinel monitor p 10.0.0.1 6379 2", "sentinel down-after-milliseconds p 500");
    byte[] whole = files.get(FILE);
    int starts = 0;
    for (int at = 0; at < whole.length; at++) {
      for (char damage : new char[] {0, '0', 'x', ' ', '\n', '"', '\\', 0xff}) {
        byte[] damaged = whole.clone();
        damaged[at] = (byte) damage;
        files.put(FILE, damaged);
        SavedState state;
        try {
          state = read().state();
        } catch (ConfigFileError error) {
          assertFalse(error.report().isBlank());
          continue;
        }
        starts++;
        assertTrue(state.currentEpoch() >= EPOCH);
        for (SavedPrimary primary : state.primaries()) {
          if (primary.name().equals("p")) assertTrue(primary.leaderEpoch() >= EPOCH, "damaged at " + at);
        }
      }
    }
    assertTrue(starts > 100, starts + " starts");
  }

  @Test
  void aHistoryThatIsCutOffAnywhereTakesNothingFromWhatTheFileSays() throws IOException {
    writtenFile("sentinel monitor p 10.0.0.1 6379 2");
    byte[] whole = files.get(HISTORY);
    for (int length = 0; length <= whole.length; length++) {
      files.put(HISTORY, Arrays.copyOf(whole, length));
      SavedState state = read().state();
      assertEquals(EPOCH, state.currentEpoch());
      assertEquals(EPOCH, state.primaries().get(0).leaderEpoch());
    }
  }

  @Test
  void aPrimaryThatALostLineNamedHasItsVotesWhenTheLineIsBack() throws IOException {
    writtenFile("sentinel monitor p 10.0.0.1 6379 2", "sentinel monitor q 10.0.0.1 7000 2");
    configure("sentinel monitor p 10.0.0.1 6379 2");
    SentinelConfig cut = read();
    write(cut, cut.state());
    configure("sentinel monitor q 10.0.0.1 7000 2");
    assertEquals(EPOCH, read().state().primaries().get(0).leaderEpoch());
  }
}
