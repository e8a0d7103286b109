package org.understudy.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.RespClient;
import org.understudy.testing.Scratch;

/** What a server that is killed, or whose disk fails, has kept of what it acknowledged. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class AofDurabilityIT {
  private static final int KILLS = 5;
  private static final int CLIENTS = 4;
  private static final int MOST_REWRITES = 20;
  private static final int GOES_ON = 50;

  @TempDir
  Path folder;

  private final int port = Scratch.freePort();

  private Launched start(String... more) {
    return start(Launched.SERVER, more);
  }

  private Launched start(Path program, String... more) {
    List<String> arguments = new ArrayList<>(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--dir",
        folder.toString(), "--save", "", "--appendonly", "yes"));
    arguments.addAll(Arrays.asList(more));
    return Launched.run(program, Map.of(), arguments);
  }

  /** Counts up in a key of its own until the server is gone; what it last heard is in {@code acknowledged}. */
  private Thread writer(int client, AtomicInteger acknowledged) {
    Thread thread = new Thread(() -> {
      try (RespClient connection = RespClient.connect(port)) {
        while (true) acknowledged.set(Math.toIntExact((Long) connection.call("INCR", "counter:" + client)));
      } catch (RuntimeException gone) {
        // as expected
      }
    });
    thread.start();
    return thread;
  }

  private void assertKept(AtomicInteger[] acknowledged) {
    try (RespClient client = RespClient.connect(port)) {
      for (int i = 0; i < CLIENTS; i++) {
        int kept = Integer.parseInt(String.valueOf(client.call("INCRBY", "counter:" + i, "0")));
        assertTrue(kept >= acknowledged[i].get(), "of " + acknowledged[i] + " acknowledged " + kept + " are there");
      }
    }
  }

  /** What is written survives the process, only what is safe on disk also the machine: this is about the process. */
  @ParameterizedTest
  @ValueSource(strings = {"always", "everysec", "no"})
  void whatWasAcknowledgedSurvivesBeingKilledAgainAndAgainAlsoDuringRewrites(String appendfsync)
      throws InterruptedException {
    AtomicInteger[] acknowledged = new AtomicInteger[CLIENTS];
    Arrays.setAll(acknowledged, i -> new AtomicInteger());
    for (int round = 1; round <= KILLS; round++) {
      try (Launched server = start("--appendfsync", appendfsync).awaitReady()) {
        assertKept(acknowledged);
        int goal = acknowledged[0].get() + 50 * round;
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) writers.add(writer(i, acknowledged[i]));
        try (RespClient client = RespClient.connect(port)) {
          // not more, since nobody reads what the server logs meanwhile
          for (int rewrites = 0; acknowledged[0].get() < goal; rewrites++) {
            client.call(rewrites < MOST_REWRITES ? "BGREWRITEAOF" : "PING");
          }
        }
        server.signal("KILL");
        for (Thread writer : writers) writer.join();
      }
    }
    try (Launched server = start().awaitReady()) {
      assertKept(acknowledged);
      assertEquals(0, server.signal("TERM").exitStatus());
    }
  }

  /**
   * A launcher under a name of its own: the server with a call to the system that fails for the first increment.
   *
   * @param when which of these calls, counted for each thread: {@code 20+}, {@code 20..22}
   */
  private Path failing(String call, String error, String when) throws IOException {
    boolean installed = Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(path -> Files.isExecutable(Path.of(path, "strace")));
    Assumptions.assumeTrue(installed, "needs strace");
    Path script = folder.resolve("failing-server");
    Files.writeString(script, "#!/bin/sh\nexec strace -f -qq -o /dev/null -P " + folder
        + "/appendonlydir/appendonly.aof.1.incr.aof -e trace=" + call + " -e inject=" + call + ":error=" + error
        + ":when=" + when + " " + Launched.SERVER + " \"$@\"\n");
    assertTrue(script.toFile().setExecutable(true));
    return script;
  }

  @ParameterizedTest
  @CsvSource({"fdatasync, EIO", "write, ENOSPC"})
  void underAlwaysAFailureOfTheDiskEndsTheServerAndNothingAcknowledgedIsLost(String call, String error)
      throws IOException, InterruptedException {
    AtomicInteger[] acknowledged = new AtomicInteger[CLIENTS];
    Arrays.setAll(acknowledged, i -> new AtomicInteger());
    Path program = failing(call, error, "20+");
    try (Launched server = start(program, "--appendfsync", "always").awaitReady()) {
      writer(0, acknowledged[0]).join();
      assertEquals(1, server.exitStatus());
      assertTrue(server.output().contains("'always'"), server.output());
    }
    assertTrue(acknowledged[0].get() > 0);
    try (Launched server = start().awaitReady()) {
      assertKept(acknowledged);
    }
  }

  /**
   * Counts up until that has been refused and then has worked again for a while: the change whose write failed, and so
   * is answered before it is written, is there by then.
   *
   * @return the refusal
   */
  private static String incrementThroughAFailure(RespClient client, AtomicInteger acknowledged) {
    String refusal = null;
    int since = 0;
    while (since < GOES_ON) {
      Object answer = client.call("INCR", "counter:0");
      if (answer instanceof Long count) {
        acknowledged.set(Math.toIntExact(count));
        if (refusal != null) since++;
      } else {
        refusal = answer.toString();
      }
    }
    return refusal;
  }

  private static void kill(RespClient client) {
    Matcher processId = Pattern.compile("process_id:(\\d+)").matcher(client.call("INFO", "server").toString());
    assertTrue(processId.find());
    ProcessHandle.of(Long.parseLong(processId.group(1))).orElseThrow().destroyForcibly();
  }

  @ParameterizedTest
  @CsvSource({"write, ENOSPC, 20..22, No space left on device", "write, EIO, 20..22, Input/output error",
      "fdatasync, EIO, 1+, Input/output error", "fdatasync, ENOSPC, 1+, No space left on device"})
  void underEverysecAFailureOfTheDiskRefusesChangesUntilItIsOverAndNothingAcknowledgedIsLost(String call, String error,
      String when, String reason) throws IOException {
    AtomicInteger[] acknowledged = new AtomicInteger[CLIENTS];
    Arrays.setAll(acknowledged, i -> new AtomicInteger());
    try (Launched server = start(failing(call, error, when), "--appendfsync", "everysec").awaitReady();
        RespClient client = RespClient.connect(port)) {
      String refusal = incrementThroughAFailure(client, acknowledged[0]);
      assertTrue(refusal.contains("MISCONF Errors writing to the AOF file: " + reason), refusal);
      kill(client); // strace does not take along what it follows
      server.exitStatus();
    }
    try (Launched server = start().awaitReady()) {
      assertKept(acknowledged);
    }
  }
}
