package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.understudy.testing.RespClient;
import org.understudy.testing.RespReader.RespError;
import org.understudy.testing.TestServer;

/** What a change of users does to those who are connected, and to files. */
class AclCommandsTest {
  private TestServer server;

  @AfterEach
  void stop() {
    if (server != null) server.close();
  }

  private RespClient user(String name) {
    RespClient client = server.client();
    assertEquals("OK", client.call("AUTH", name, "any"));
    return client;
  }

  private static String error(Object reply) {
    return ((RespError) reply).message();
  }

  @Test
  void rulesHoldForTheVeryNextRequestOfAPipeline() {
    server = TestServer.start();
    try (RespClient client = server.client()) {
      List<Object> replies = client.pipeline(List.of(new Object[] {"SET", "k", "v"},
          new Object[] {"ACL", "SETUSER", "default", "-get"}, new Object[] {"GET", "k"},
          new Object[] {"ACL", "SETUSER", "default", "+get"}, new Object[] {"GET", "k"}));
      assertEquals("NOPERM this user has no permissions to run the 'get' command", error(replies.get(2)));
      assertEquals("v", replies.get(4));
    }
  }

  @Test
  void whatWasQueuedIsCheckedAgainWhenItRuns() {
    server = TestServer.start();
    try (RespClient admin = server.client()) {
      admin.call("ACL", "SETUSER", "alice", "on", "nopass", "~*", "+@all");
      try (RespClient alice = user("alice")) {
        alice.call("MULTI");
        alice.call("SET", "k", "v");
        alice.call("INCR", "n");
        admin.call("ACL", "SETUSER", "alice", "-set");
        List<?> replies = (List<?>) alice.call("EXEC");
        assertEquals("NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call."
            + " This command is no longer allowed for the following reason: no permission to execute the command or"
            + " subcommand", error(replies.get(0)));
        assertEquals(1L, replies.get(1));
      }
      String told = admin.call("ACL", "LOG").toString();
      assertTrue(told.contains("context, multi, object, set, username, alice"), told);
    }
  }

  @Test
  void aDeletedUsersConnectionsAreClosedAndTheCallerIsAnsweredFirst() {
    server = TestServer.start();
    try (RespClient admin = server.client()) {
      admin.call("ACL", "SETUSER", "alice", "on", "nopass", "~*", "+@all");
      try (RespClient one = user("alice"); RespClient two = user("alice")) {
        assertEquals(1L, one.call("ACL", "DELUSER", "alice", "nobody"));
        assertTrue(one.isClosedByServer());
        assertTrue(two.isClosedByServer());
      }
      assertEquals("PONG", admin.call("PING"));
    }
  }

  @Test
  void whoListensToWhatItMayNotAnyMoreIsClosed() {
    server = TestServer.start();
    try (RespClient admin = server.client()) {
      admin.call("ACL", "SETUSER", "alice", "on", "nopass", "+@all", "&a*", "&b*");
      try (RespClient listensToA = user("alice"); RespClient listensToB = user("alice");
          RespClient none = user("alice")) {
        listensToA.call("SUBSCRIBE", "a1");
        listensToB.call("PSUBSCRIBE", "b*");
        admin.call("ACL", "SETUSER", "alice", "&c*");
        admin.call("ACL", "SETUSER", "alice", "resetchannels", "&a*");
        assertTrue(listensToB.isClosedByServer());
        assertEquals("alice", none.call("ACL", "WHOAMI"));
        admin.call("PUBLISH", "a1", "hello");
        assertEquals(List.of("message", "a1", "hello"), listensToA.read());
      }
    }
  }

  @Test
  void usersAreSavedToTheirFileAndLoadedFromIt() throws IOException {
    Path file = Files.createTempFile("users", ".acl");
    Files.writeString(file, "user alice on nopass ~a* +get\n\n  user default on nopass ~* &* +@all\n");
    server = TestServer.start("aclfile " + file);
    try (RespClient admin = server.client(); RespClient alice = user("alice")) {
      assertEquals(List.of("alice", "default"), admin.call("ACL", "USERS"));
      admin.call("ACL", "SETUSER", "bob", "on", ">secret");
      assertEquals("OK", admin.call("ACL", "SAVE"));
      List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
      assertEquals(3, lines.size());
      assertTrue(lines.get(1).startsWith("user bob on #"), lines.get(1));

      Files.writeString(file, "user alice on nopass ~a* +set\nuser carol\n");
      assertEquals("OK", admin.call("ACL", "LOAD"));
      assertTrue(alice.isClosedByServer()); // the old one is no more
      assertEquals(List.of("alice", "carol", "default"), admin.call("ACL", "USERS"));
      assertEquals(List.of("nopass", "on"), ((List<?>) ((List<?>) admin.call("ACL", "GETUSER", "default")).get(1))
          .stream().map(Object::toString).sorted().toList());
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void aFileWithAMistakeChangesNothing() throws IOException {
    Path file = Files.createTempFile("users", ".acl");
    Files.writeString(file, "user alice on nopass\n");
    server = TestServer.start("aclfile " + file);
    try (RespClient admin = server.client(); RespClient alice = user("alice")) {
      Files.writeString(file, "user bob on +nosuch\nalice\nuser a on (+get\nuser bob on\nuser c foo bar\n");
      assertEquals("ERR " + file + ":1: Error in applying operation '+nosuch': Unknown command or category name in"
          + " ACL. " + file + ":2 should start with user keyword followed by the username. " + file
          + ":3: Unmatched parenthesis in selector definition.WARNING: Duplicate user 'bob' found on line 4. " + file
          + ":5: Syntax error. WARNING: ACL errors detected, no change to the previously active ACL rules was"
          + " performed", error(admin.call("ACL", "LOAD")));
      assertEquals(List.of("alice", "default"), admin.call("ACL", "USERS"));
      assertFalse(alice.call("ACL", "WHOAMI").toString().isEmpty());
      Files.delete(file);
      assertEquals("ERR Error loading ACLs, opening file '" + file + "': No such file or directory",
          error(admin.call("ACL", "LOAD")));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  @Test
  void usersOfTheConfigurationAreThereAtTheStart() {
    server = TestServer.start("user alice on nopass ~a* +get", "user default on >secret ~* &* +@all");
    try (RespClient alice = user("alice"); RespClient stranger = server.client()) {
      assertEquals("NOPERM this user has no permissions to access one of the keys used as arguments",
          error(alice.call("GET", "b")));
      assertEquals("NOAUTH Authentication required.", error(stranger.call("GET", "b")));
      assertEquals("OK", stranger.call("AUTH", "secret"));
    }
  }
}
