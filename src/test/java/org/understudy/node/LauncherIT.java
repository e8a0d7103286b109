package org.understudy.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.Eventually;
import org.understudy.testing.RespClient;
import org.understudy.testing.Scratch;

/** The launcher's contract, seen from outside. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class LauncherIT {
  private static final String LOG_LINE =
      "\\d+:[XCSM] \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d\\.\\d{3} [.*#-] .+";

  @TempDir
  Path folder;

  private final int port = Scratch.freePort();

  private Launched start(String... more) {
    return start(Launched.SERVER, Map.of(), more);
  }

  private Launched start(Path program, Map<String, String> environment, String... more) {
    List<String> arguments = Stream.concat(
        Stream.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--dir", folder.toString(), "--save", ""),
        Arrays.stream(more)).toList();
    return Launched.run(program, environment, arguments);
  }

  @Test
  void servesUnderItsOwnProcessIdAndStopsInOrderOnSigterm() {
    try (Launched server = start("--always-show-logo", "yes")) {
      server.awaitLine(" PID: " + server.pid()).awaitReady();
      assertEquals("PONG", Launched.ping(port));
      assertEquals(0, server.signal("TERM").exitStatus());
      assertTrue(server.output().contains(":signal-handler ("));
      assertTrue(server.output().contains("Received SIGTERM scheduling shutdown..."));
      assertTrue(server.output().contains("ready to exit, bye bye..."));
      assertEquals("", server.errors());
    }
  }

  @Test
  void sigintStopsInOrderAndSighupDoesNothing() {
    try (Launched server = start().awaitReady()) {
      server.signal("HUP");
      assertEquals("PONG", Launched.ping(port));
      assertEquals(0, server.signal("INT").exitStatus());
      assertTrue(server.output().contains("Received SIGINT scheduling shutdown..."));
    }
  }

  /** As scripts start their background processes: with SIGINT ignored. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void sigintStopsAlsoAServerThatAScriptPutIntoTheBackground() throws IOException {
    Path script = Files.writeString(folder.resolve("start"), "trap '' INT\nexec " + Launched.SERVER + " \"$@\"\n");
    List<String> arguments = List.of(script.toString(), "--port", Integer.toString(port), "--save", "");
    try (Launched server = Launched.run(Path.of("sh"), Map.of(), arguments).awaitReady()) {
      assertEquals(0, server.signal("INT").exitStatus());
    }
  }

  @Test
  void aSecondSigintEndsTheLastSaveAndLeavesNothingOfIt() throws IOException {
    try (Launched server = start("--rdb-key-save-delay", "100000000").awaitReady()) {
      try (RespClient client = RespClient.connect(port)) {
        client.call("CONFIG", "SET", "save", "3600 1");
        client.call("SET", "a", "1");
      }
      Path unfinished = folder.resolve("temp-" + server.pid() + ".rdb");
      server.signal("INT");
      Eventually.await("the last save has begun", () -> Files.exists(unfinished));
      assertEquals(1, server.signal("INT").exitStatus());
      assertTrue(server.output().contains("You insist... exiting now."));
      try (Stream<Path> left = Files.list(folder)) {
        assertEquals(List.of(), left.toList());
      }
    }
  }

  @Test
  void everyLogLineHasTheFormatThatToolsParse() {
    try (Launched server = start().awaitReady()) {
      for (String line : server.output().lines().toList()) {
        assertTrue(line.matches(LOG_LINE), line);
        assertTrue(line.startsWith(server.pid() + ":"), line);
      }
      assertTrue(server.output().contains(":C "));
      assertTrue(server.output().contains(":M "));
      assertTrue(server.output().contains("Running mode=standalone, port=" + port + "."));
    }
  }

  static Stream<Path> installedJdks() throws IOException {
    Path all = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(all)) return Stream.of(Path.of(System.getProperty("java.home")));
    try (Stream<Path> found = Files.list(all)) {
      List<Path> jdks = found.filter(jdk -> !Files.isSymbolicLink(jdk) && Files.isExecutable(jdk.resolve("bin/java"))
          && Files.exists(jdk.resolve("release"))).toList();
      return jdks.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("installedJdks")
  void noJvmSaysAnythingOfItsOwn(Path jdk) {
    try (Launched server = start(Launched.SERVER, Map.of("UNDERSTUDY_JAVA_HOME", jdk.toString())).awaitReady()) {
      assertEquals(0, server.signal("TERM").exitStatus());
      server.output().lines().forEach(line -> assertTrue(line.startsWith(server.pid() + ":"), line));
      assertEquals("", server.errors());
    }
  }

  @ParameterizedTest
  @MethodSource("installedJdks")
  void aCopiedFolderStartsWhoseClassArchivesDoNotFit(Path jdk) throws IOException {
    Path copy = folder.resolve("a copy");
    try (Stream<Path> files = Files.walk(Launched.HOME)) {
      for (Path file : files.toList()) Files.copy(file, copy.resolve(Launched.HOME.relativize(file).toString()));
    }
    try (Stream<Path> archives = Files.list(copy.resolve("lib"))) {
      for (Path archive : archives.filter(file -> file.toString().matches(".*\\.(aot|jsa)")).toList()) {
        archive.toFile().setWritable(true);
        Files.writeString(archive, "no archive");
      }
    }
    Map<String, String> environment = Map.of("UNDERSTUDY_JAVA_HOME", jdk.toString());
    try (Launched server = start(copy.resolve("bin/understudy-server"), environment)) {
      assertEquals(0, server.awaitReady().signal("TERM").exitStatus());
      assertEquals("", server.errors());
    }
  }

  @Test
  void aLinkNamedRedisServerStartsIt() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("redis-server"), Launched.SERVER);
    Path linkToLink = Files.createSymbolicLink(folder.resolve("server"), Path.of("redis-server"));
    try (Launched server = start(linkToLink, Map.of()).awaitReady()) {
      assertEquals("PONG", Launched.ping(port));
    }
    try (Launched version = Launched.run(link, Map.of(), List.of("-v"))) {
      assertEquals(0, version.exitStatus());
    }
  }

  @Test
  void aSentinelByWhateverNameNeedsAFileToKeepItsStateIn() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("redis-sentinel"), Launched.SERVER);
    for (List<String> how : List.of(List.of(link.toString()), List.of(Launched.SERVER.toString(), "--sentinel"),
        List.of(Launched.HOME.resolve("bin/understudy-sentinel").toString()))) {
      try (Launched sentinel = Launched.run(Path.of(how.get(0)), Map.of(), how.subList(1, how.size()))) {
        assertEquals(1, sentinel.exitStatus());
        assertTrue(sentinel.output().contains(":X "), sentinel.output());
        assertTrue(sentinel.output().contains("# Sentinel needs config file on disk to save state. Exiting..."),
            sentinel.output());
      }
    }
  }

  @Test
  void versionAndHelpAreTold() {
    try (Launched version = Launched.run("--version"); Launched help = Launched.run("-h")) {
      assertEquals(0, version.exitStatus());
      assertTrue(version.output().matches("(?s).* v=7\\.0\\.15 .*"), version.output());
      assertEquals(1, help.exitStatus());
      assertTrue(help.errors().startsWith("Usage: "));
    }
  }

  @Test
  void whatItCannotCheckItRefuses() {
    try (Launched memory = Launched.run("--test-memory", "10"); Launched system = Launched.run("--check-system")) {
      assertEquals(1, memory.exitStatus());
      assertFalse(memory.errors().isEmpty());
      assertEquals(1, system.exitStatus());
      assertFalse(system.errors().isEmpty());
    }
  }

  @Test
  void aFaultyDirectiveIsToldInThreeLines() {
    try (Launched server = Launched.run("--port", "6379", "--nosuch", "1")) {
      assertEquals(1, server.exitStatus());
      assertEquals("""

          *** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***
          Reading the configuration file, at line 3
          >>> 'nosuch "1"'
          Bad directive or wrong number of arguments
          """, server.errors());
      assertEquals("", server.output());
    }
  }

  @Test
  void aBusyPortIsToldInTheLog() {
    try (Launched first = start().awaitReady(); Launched second = start()) {
      assertEquals(1, second.exitStatus());
      assertTrue(second.output().contains("# Warning: Could not create server TCP listening socket 127.0.0.1:" + port
          + ": bind: Address already in use"), second.output());
      assertTrue(second.output().contains("# Failed listening on port " + port + " (TCP), aborting."));
      assertFalse(second.output().contains("Running mode"));
      assertEquals("PONG", Launched.ping(port));
    }
  }

  @Test
  void aDamagedRdbFileEndsItAndTheLogSaysWhereItIsDamaged() throws IOException {
    Files.writeString(folder.resolve("dump.rdb"), "REDIS0010\0\3key\5value~");
    try (Launched server = start()) {
      assertEquals(1, server.exitStatus());
      assertTrue(server.output().contains("# Internal error in RDB reading: Unknown RDB encoding type 126"));
      assertTrue(server.output().contains("# --- RDB ERROR DETECTED ---"));
      assertTrue(server.output().contains("# [offset 21] Unknown RDB encoding type 126"), server.output());
      assertTrue(server.output().contains("# Terminating server after rdb file reading failure."));
      assertFalse(server.output().contains("Ready to accept connections"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--port 0", "--bind -192.0.2.1"})
  void aServerThatWouldListenNowhereDoesNotStart(String options) {
    try (Launched server = start(options.split(" "))) {
      assertEquals(1, server.exitStatus());
      assertTrue(server.output().contains("# Configured to not listen anywhere, exiting."), server.output());
    }
  }

  @Test
  void configurationIsReadFromStandardInput() {
    try (Launched server = Launched.run("-").type("port " + port + "\nbind 127.0.0.1\nalways-show-logo yes\n")) {
      server.awaitLine(" Port: " + port).awaitReady();
    }
  }

  @Test
  void logFileAndPidFileAreRelativeToDir() throws IOException {
    Path log = folder.resolve("server.log");
    Path pidFile = folder.resolve("server.pid");
    try (Launched server = start("--logfile", "server.log", "--pidfile", "server.pid")) {
      await(() -> Files.exists(log) && Files.readString(log).contains("Ready to accept connections"));
      assertEquals(server.pid() + "\n", Files.readString(pidFile));
      Files.move(log, folder.resolve("rotated.log"));
      assertEquals(0, server.signal("TERM").exitStatus());
      assertTrue(Files.readString(log).contains("Removing the pid file."));
      assertFalse(Files.exists(pidFile));
      assertEquals("", server.output());
    }
  }

  @Test
  void aDaemonOutlivesItsParentAndReadsTheSameStandardInput() throws IOException {
    Path pidFile = folder.resolve("daemon.pid");
    Path log = folder.resolve("daemon.log");
    try (Launched parent = Launched.run("-").type(String.join("\n", "daemonize yes", "port " + port, "bind 127.0.0.1",
        "save ''", "dir " + folder, "pidfile daemon.pid", "logfile daemon.log", ""))) {
      assertEquals(0, parent.exitStatus());
      new Socket(InetAddress.getLoopbackAddress(), port).close(); // it listens by now
      await(() -> Files.exists(log) && Files.readString(log).contains("Ready to accept connections"));
      long pid = Long.parseLong(Files.readString(pidFile).strip());
      ProcessHandle daemon = ProcessHandle.of(pid).orElseThrow();
      try {
        assertEquals("PONG", Launched.ping(port));
        daemon.destroy();
        daemon.onExit().join();
        assertFalse(Files.exists(pidFile));
        assertTrue(Files.readString(log).contains("bye bye"));
      } finally {
        daemon.destroyForcibly();
      }
    }
  }

  @Test
  void systemdIsTold() throws IOException {
    Path told = folder.resolve("told");
    Path tool = Files.writeString(folder.resolve("systemd-notify"), "#!/bin/sh\necho \"$@\" >> " + told + "\n");
    assertTrue(tool.toFile().setExecutable(true));
    Map<String, String> environment =
        Map.of("PATH", folder + ":" + System.getenv("PATH"), "NOTIFY_SOCKET", folder.resolve("socket").toString());
    try (Launched server = start(Launched.SERVER, environment, "--supervised", "auto", "--daemonize", "yes")) {
      server.awaitReady();
      await(() -> Files.exists(told) && Files.readString(told).contains("--pid=" + server.pid() + " ")
          && Files.readString(told).contains("READY=1"));
    }
  }

  @Test
  void sigabrtLeavesACrashReport() {
    try (Launched server = start().awaitReady()) {
      assertEquals(128 + 6, server.signal("ABRT").exitStatus());
      assertTrue(server.output().contains("=== REDIS BUG REPORT START"), server.output());
      assertTrue(server.output().contains("crashed by signal: 6"));
      assertTrue(server.output().contains("------ STACK TRACE ------"));
      assertTrue(server.output().contains("=== REDIS BUG REPORT END"));
    }
  }

  /** A condition outside of this process that nothing announces. */
  private static void await(Condition condition) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!condition.holds()) {
      assertTrue(System.nanoTime() < deadline, "waited in vain");
      Thread.onSpinWait();
    }
  }

  private interface Condition {
    boolean holds() throws IOException;
  }
}
