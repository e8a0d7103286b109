package org.understudy.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RespClient;

/** Users and their rules, on the real server and on ours. */
@NeedsRealRedis
class AclComparisonTest {
  @RegisterExtension
  static final BothServers servers = BothServers.realWith().oursWith().oursWith("io-threads 3");

  @AfterEach
  void forgetUsers() {
    servers.each(client -> {
      client.call("AUTH", "default", "any");
      client.call("ACL", "SETUSER", "default", "reset", "on", "nopass", "~*", "&*", "+@all");
      client.call("ACL", "DELUSER", "u", "v");
      client.call("ACL", "LOG", "RESET");
      client.call("CONFIG", "SET", "acl-pubsub-default", "resetchannels");
    });
  }

  /** Compares the replies to all lines, sent one after the other by one client. Words are separated by spaces. */
  private static void assertSame(String... lines) {
    servers.assertAlike(port -> conversation(port, lines));
  }

  private static List<String> conversation(int port, String... lines) {
    List<String> replies = new ArrayList<>();
    try (RespClient client = RespClient.connect(port).exact()) {
      for (String line : lines) {
        client.send((Object[]) line.split(" "));
        String reply = String.valueOf(client.readOrEnd());
        if (line.startsWith("HELLO") && !reply.startsWith("RespError")) continue; // tells the client's id
        replies.add(line + " -> " + (line.startsWith("ACL GETUSER") ? inAnyOrder(reply) : reply));
      }
    }
    return replies;
  }

  /** Single commands are told in the order of a hash table. */
  private static String inAnyOrder(String reply) {
    return Stream.of(reply.split("[ ,]+")).sorted().collect(Collectors.joining(" "));
  }

  /** Each ends with what became of the user. */
  @ParameterizedTest
  @ValueSource(strings = {
      "on >pass ~a* %R~b* %W~c* &ch* +get +set", "+config|get", "+select|0", "+select|0 +select|1 +SELECT|0",
      "+@hash -hset", "+@all -@write", "allcommands -get -@admin", "+@all -@dangerous -@slow", "+@read -get",
      "+@string +@list -lpush", "+foo", "+@foo", "-@foo", "bar", "+config|foo", "+config|get|x", "+get|",
      "-config|foo", "<none", "#abc", "!abc", "%Q~x", "%RW~c*", "%wr~c*", "%RR~c", "%R~a %W~a", "~a ~a", "~a\tb",
      "&a\tb", "(", "(+get", "(+get ~x)", "( +get ~x )", "(+get ~x) (%R~q +set)", "(+nosuch)", "+get)",
      "(~* +get) clearselectors", "allkeys ~x", "~* ~x", "allchannels &x", "&* &x", "allkeys resetkeys ~foo",
      "nopass", ">a nopass", "nopass >a", ">a >b >a", ">a <a", ">a resetpass", "on off", "+ping|x -ping|x",
      "+debug|object", "+debug|object +debug", "skip-sanitize-payload", "sanitize-payload", "reset",
      "on >a ~b +get (~c) reset", "+@all +get|x", "-@all +@connection -auth", "ON NoPass AllKeys AllCommands",
      "+client -client|kill +client|kill", "-client +client|list", "+GeT -SET|x", "&a &b &a"})
  void rulesAreTakenAndToldAlike(String rules) {
    assertSame("ACL SETUSER u " + rules, "ACL GETUSER u", "HELLO 3", "ACL GETUSER u");
  }

  @Test
  void channelsOfNewUsersAreAsConfigured() {
    assertSame("CONFIG SET acl-pubsub-default allchannels", "ACL SETUSER u on (+get)", "ACL GETUSER u",
        "ACL SETUSER u resetchannels reset", "ACL GETUSER u");
  }

  static Stream<Arguments> dryRuns() {
    return Stream.of(
        Arguments.of("+get ~a* %R~b* %W~c*", "get a1|get b1|get c1|set a1 x|get|nosuch|config"),
        Arguments.of("+@all %R~r* %W~w* ~b*", "get r|get w|set r 1|set w 1|set w 1 get|set b 1 get|copy r w|copy w r|"
            + "rename b b2|rename r w|rename w w2|append w x|lmove w b left left|sort r store w|sort w store r|"
            + "zunionstore w 2 r r|zunionstore r 1 w|mget r b|mget r w|exists w|exists x|type w|del w|del r|"
            + "touch r x|bitfield r get u8 0|bitfield r set u8 0 1|georadius r 0 0 1 m|georadius r 0 0 1 m store w|"
            + "xread streams r b 0 0|xread streams r w 0 0|restore w 0 x|migrate h 1 b 0 1|migrate h 1 w 0 1|"
            + "lmpop 1 b left|lmpop 1 r left|expire w 1|expire r 1|object encoding w|watch x|watch r"),
        Arguments.of("+@all -select +select|0 -config +config|get ~*",
            "select 0|select 1|config get x|config set a b|config|CONFIG GET x"),
        Arguments.of("+@all ~* &a* &b", "subscribe a1 b|subscribe c|psubscribe a*|psubscribe a1|psubscribe b|"
            + "publish b x|publish c x|ssubscribe a|spublish c x|unsubscribe c|punsubscribe c*|pubsub channels"),
        Arguments.of("+get ~a (+set ~b) (+@all -get ~c &ch)",
            "get a|set a 1|get b|set b 1|set c 1|get c|publish ch x|publish c x|mget c|auth x"));
  }

  @ParameterizedTest
  @MethodSource("dryRuns")
  void commandsAreAllowedAndDeniedAlike(String rules, String commands) {
    List<String> lines = new ArrayList<>(List.of("ACL SETUSER u on nopass " + rules));
    for (String command : commands.split("\\|(?! )")) lines.add("ACL DRYRUN u " + command);
    assertSame(lines.toArray(String[]::new));
  }

  @Test
  void aUserIsRefusedWhatItMayNotDo() {
    assertSame("SET k v", "ACL SETUSER u on >secret ~k* +get +set +client|info +multi +exec", "AUTH u wrong",
        "AUTH u secret", "GET k", "GET other", "DEL k", "CLIENT ID", "ACL WHOAMI", "MULTI", "GET k", "GET other",
        "EXEC", "NOSUCH", "GET", "PING", "SUBSCRIBE c", "AUTH default any", "INFO errorstats");
  }

  @Test
  void whatTheDefaultUserMayDoHoldsForThoseWhoDoNotLogIn() {
    assertSame("ACL SETUSER default -get", "GET k", "SET k v", "RESET", "GET k", "ACL SETUSER default resetpass >p",
        "SET k w", "RESET", "SET k x", "AUTH p", "AUTH default p", "SET k x", "CONFIG GET requirepass",
        "ACL SETUSER v on nopass ~* +@all", "ACL SETUSER default off", "PING", "RESET", "AUTH p", "PING", "AUTH v any",
        "ACL SETUSER default on nopass");
  }

  @Test
  void requirepassIsThePasswordOfTheDefaultUser() {
    assertSame("CONFIG SET requirepass foo", "ACL GETUSER default", "AUTH wrong", "AUTH foo",
        "HELLO 2 AUTH default bar", "CONFIG SET requirepass bar", "ACL GETUSER default", "CONFIG SET requirepass",
        "CONFIG SET requirepass ", "ACL GETUSER default");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ACL", "ACL FOO", "ACL HELP", "ACL CAT", "ACL CAT nosuch", "ACL CAT a b", "ACL DELUSER",
      "ACL DELUSER default", "ACL DELUSER none", "ACL DRYRUN none get x", "ACL GENPASS 0", "ACL GENPASS 4097",
      "ACL GENPASS x", "ACL GENPASS 1 2", "ACL GETUSER none", "ACL LOAD", "ACL LOG", "ACL LOG -1", "ACL LOG x",
      "ACL LOG 1 2", "ACL LOG RESET", "ACL SAVE", "ACL SETUSER", "ACL SETUSER a\tb", "ACL USERS", "ACL LIST",
      "ACL WHOAMI", "ACL WHOAMI x", "CLIENT KILL USER none", "CLIENT LIST USER"})
  void questionsAreAnsweredAlike(String line) {
    assertSame(line);
  }

  /** All in one write, so that what follows the transaction is there before it runs. */
  @ParameterizedTest
  @ValueSource(strings = {
      "MULTI; ACL SETUSER default -get; EXEC; GET a; PING; GET a",
      "ACL SETUSER u on nopass +@all; MULTI; AUTH u any; EXEC; GET a; ACL WHOAMI",
      "MULTI; CLIENT REPLY OFF; EXEC; GET a; CLIENT REPLY ON; GET a",
      "MULTI; SUBSCRIBE a; EXEC; GET a; MULTI; UNSUBSCRIBE a; EXEC; GET a",
      "MULTI; HELLO 3 AUTH default x SETNAME n; SUBSCRIBE a; EXEC; GET a; CLIENT GETNAME"})
  void whatATransactionChangedHoldsForTheRestOfThePipeline(String lines) {
    servers.assertAlike(port -> {
      try (RespClient client = RespClient.connect(port).exact()) {
        client.sendRaw(lines.replace("; ", "\r\n") + "\r\nQUIT\r\n");
        List<String> replies = new ArrayList<>();
        Object reply = client.readOrEnd();
        for (; reply != RespClient.END; reply = client.readOrEnd()) replies.add(String.valueOf(reply));
        return String.join("\n", replies).replaceAll("id=\\d+, ", "");
      }
    });
  }

  @Test
  void sortMayLookUpKeysOnlyForWhoMayReadAll() {
    assertSame("RPUSH l 1", "ACL SETUSER u on nopass ~l +sort", "ACL SETUSER v on nopass %R~* +sort", "AUTH u x",
        "SORT l BY w_*", "SORT l GET #", "SORT l BY nosort", "SORT l BY w_* GET", "SORT l DESC", "RESET", "AUTH v x",
        "SORT l BY w_* GET # GET d_*", "RESET");
  }
}
