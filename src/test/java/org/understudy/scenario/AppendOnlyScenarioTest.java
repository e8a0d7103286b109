package org.understudy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.understudy.testing.RespClient;
import org.understudy.testing.TestServer;

/** What clients may rely on while the server keeps an append-only file. */
class AppendOnlyScenarioTest {
  private static final String SLOW_DISK_MICROS = "200000";

  /** Whoever deals with the commands: the connection (PING, MULTI, QUIT, errors) or the shard (INCR, EXEC). */
  @ParameterizedTest
  @CsvSource(delimiter = '>', value = {
      "PING INCR                > PONG 1",
      "INCR PING                > 1 PONG",
      "PING INCR PING INCR PING > PONG 1 PONG 2 PONG",
      "MULTI INCR INCR EXEC PING > OK QUEUED QUEUED [1,2] PONG",
      "MULTI INCR EXEC MULTI INCR EXEC > OK QUEUED [1] OK QUEUED [2]",
      "INCR MULTI INCR          > 1 OK QUEUED",
      "INCR QUIT PING           > 1 OK end",
      "PING INCR PING QUIT      > PONG 1 PONG OK end"})
  void theRepliesToAChunkComeInOrderOnceItsChangesAreOnDisk(String chunk, String replies) throws IOException {
    try (TestServer server = TestServer.start("appendonly yes", "appendfsync always");
        RespClient client = server.client()) {
      client.call("DEBUG", "AOF-FLUSH-SLEEP", SLOW_DISK_MICROS);
      client.sendRaw(chunk.trim().replace(" ", "\r\n").replace("INCR", "INCR counter") + "\r\n");
      List<String> got = new ArrayList<>();
      for (String expected : replies.split(" ")) {
        Object reply = expected.equals("end") ? client.readOrEnd() : client.read();
        if (got.isEmpty()) assertTrue(increment(server).contains("INCR"), "the first reply came before the write");
        got.add(reply == RespClient.END ? "end" : reply.toString().replace(" ", ""));
      }
      assertEquals(replies, String.join(" ", got));
    }
  }

  private static String increment(TestServer server) throws IOException {
    return Files.readString(server.folder().resolve("appendonlydir/appendonly.aof.1.incr.aof"));
  }
}
