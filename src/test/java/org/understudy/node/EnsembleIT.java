package org.understudy.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.testing.Eventually;
import org.understudy.testing.RespClient;
import org.understudy.testing.Scratch;

/** The launcher of a whole ensemble, and the five minutes with it in README, performed. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class EnsembleIT {
  private static final Path ENSEMBLE = Launched.HOME.resolve("bin/understudy-ensemble");
  private static final int README_PORT = 7000;
  private static final Pattern MEMBER = Pattern.compile("(\\w+) +127\\.0\\.0\\.1:(\\d+)  process (\\d+)");

  @TempDir
  Path folder;

  private final int port = freeRange();

  /** Ports are taken from a range that nothing else is given by the system, mostly. */
  private static int freeRange() {
    return 10_000 + Scratch.freePort() % 10_000;
  }

  @Test
  void theFiveMinutesInReadmeGoAsWritten() throws IOException {
    List<ProcessHandle> members = new ArrayList<>();
    try (Launched ensemble = Launched.run(ENSEMBLE, Map.of(),
        List.of("-p", Integer.toString(port), "-d", folder.toString()))) {
      ensemble.awaitLine("Ctrl-C stops them all.");
      Matcher member = MEMBER.matcher(ensemble.output());
      while (member.find()) members.add(ProcessHandle.of(Long.parseLong(member.group(3))).orElseThrow());
      assertEquals(6, members.size());
      perform(members.get(0));
      assertEquals(0, ensemble.signal("INT").exitStatus());
      for (ProcessHandle process : members) assertFalse(process.isAlive());
      assertEquals("", ensemble.errors());
      assertTrue(Files.readString(folder.resolve("sentinel1/sentinel1.conf")).contains("sentinel current-epoch"));
    } finally {
      members.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private void perform(ProcessHandle primary) throws IOException {
    List<String> commands = readmeCommands();
    assertEquals("OK", call(commands.get(0)));
    assertEquals(List.of("127.0.0.1", Integer.toString(port)), call(commands.get(1)));
    Eventually.await("both replicas have what was written", () -> callAll(commands.subList(5, 7)).equals(
        List.of("apple", "apple")));
    awaitSentinels();
    assertTrue(commands.get(2).startsWith("kill -9 "));
    primary.destroyForcibly();
    Eventually.await("a replica has taken over", () ->
        !List.of("127.0.0.1", Integer.toString(port)).equals(call(commands.get(3))));
    Eventually.await("the leader tells about it", () -> callAll(List.of(commands.get(4),
        commands.get(4).replace("7012", "7011"),
        commands.get(4).replace("7012", "7010"))).toString().contains("switched"));
    assertEquals(List.of("apple", "apple"), callAll(commands.subList(5, 7)));
    awaitRolesInFiles(Integer.parseInt((String) ((List<?>) call(commands.get(3))).get(1)));
  }

  /** So that servers keep their new roles when they are started again. */
  private void awaitRolesInFiles(int promoted) {
    for (int number = 1; number <= 2; number++) {
      Path file = folder.resolve("replica" + number + "/replica" + number + ".conf");
      List<String> expected = port + number == promoted ? List.of() : List.of("replicaof 127.0.0.1 " + promoted);
      Eventually.await("the file of replica " + number + " says what it is now", () -> {
        try {
          List<String> lines = Files.readAllLines(file);
          return expected.equals(lines.stream().filter(line -> line.startsWith("replicaof")).toList());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    }
  }

  /** A reader takes longer than a test to come here: by then they have found each other. */
  private void awaitSentinels() {
    for (int number = 10; number <= 12; number++) {
      String command = "redis-cli -p " + (README_PORT + number) + " sentinel master mymaster";
      Eventually.await("the sentinels have found each other and the replicas", () -> {
        List<?> fields = (List<?>) call(command);
        return "2".equals(fields.get(fields.indexOf("num-other-sentinels") + 1))
            && "2".equals(fields.get(fields.indexOf("num-slaves") + 1));
      });
    }
  }

  /** The commands behind the start of the ensemble, in order. */
  private static List<String> readmeCommands() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String section = readme.substring(readme.indexOf("## The ensemble in five minutes"), readme.indexOf("## Test"));
    List<String> commands = section.lines().filter(line -> line.startsWith("    ")).map(String::strip).toList();
    assertEquals("target/understudy/bin/understudy-ensemble", commands.get(0));
    return commands.subList(1, commands.size());
  }

  private List<Object> callAll(List<String> commands) {
    List<Object> replies = new ArrayList<>();
    for (String command : commands) replies.add(call(command));
    return replies;
  }

  /** Does what {@code redis-cli -p port word …} does, at our ports. */
  private Object call(String command) {
    String[] words = command.split(" ");
    assertEquals(List.of("redis-cli", "-p"), List.of(words).subList(0, 2));
    try (RespClient client = RespClient.connect(port + Integer.parseInt(words[2]) - README_PORT)) {
      return client.call((Object[]) List.of(words).subList(3, words.length).toArray(new String[0]));
    }
  }

  @Test
  void whatCannotStartIsReportedAndTheRestStopped() {
    try (Launched first = Launched.run("--port", Integer.toString(port), "--bind", "127.0.0.1", "--save", "", "--dir",
        folder.toString()).awaitReady();
        Launched ensemble = Launched.run(ENSEMBLE, Map.of(), List.of("-p", Integer.toString(port)))) {
      assertEquals(1, ensemble.exitStatus());
      assertTrue(ensemble.errors().startsWith("understudy-ensemble: primary did not start"), ensemble.errors());
      assertEquals(0, first.signal("TERM").exitStatus());
    }
  }
}
