package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RespClient;

/**
 * Conversations of one or several clients, held with the real server and with ours: every client gets the same, in the
 * same order, messages that answer nothing included.
 */
@NeedsRealRedis
class ClientsComparisonTest {
  private static final String FENCE = "fence";

  /** One of ours has connections on other threads than the keyspace. */
  @RegisterExtension
  static final BothServers servers =
      BothServers.realWith("--enable-debug-command", "yes").oursWith().oursWith("io-threads 3");

  @AfterEach
  void forgetData() {
    servers.each(client -> {
      client.call("FLUSHALL");
      client.call("CONFIG", "SET", "tracking-table-max-keys", 1_000_000);
    });
  }

  /** Sends all lines in one write and reads up to the end of the connection. */
  private static String pipelined(int port, String lines) {
    try (RespClient client = RespClient.connect(port)) {
      client.sendRaw(lines.replace("; ", "\r\n") + "\r\nquit\r\n");
      StringBuilder all = new StringBuilder();
      while (true) {
        Object reply = client.readOrEnd();
        if (reply == RespClient.END) return masked(all.toString());
        all.append(reply).append('\n');
      }
    }
  }

  private static String masked(String replies) {
    return replies.replaceAll("id=\\d+", "id=N").replaceAll("\\d{10}\\.\\d{6}", "TIME")
        .replaceAll("127\\.0\\.0\\.1:\\d+", "ADDRESS");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "subscribe a b; ping; get x; ping hello; unsubscribe b; unsubscribe; ping",
      "subscribe a a; subscribe a; unsubscribe b; unsubscribe a; get x",
      "psubscribe a* b*; subscribe a1; ssubscribe a1; sunsubscribe; unsubscribe zz; punsubscribe b*; sunsubscribe; "
          + "unsubscribe",
      "unsubscribe; punsubscribe; sunsubscribe; punsubscribe x y",
      "subscribe a; multi; publish a b; client id; reset; get x",
      "hello 3; subscribe a; get x; publish a b; multi; publish a c; ssubscribe y; exec; punsubscribe",
      "multi; subscribe a; psubscribe b; unsubscribe; punsubscribe; exec; get x",
      "hello 3; psubscribe *; publish x 1; subscribe x; publish x 2; ssubscribe x; spublish x 3; publish y 4",
      "pubsub foo; pubsub; pubsub channels; pubsub channels a b; pubsub numsub; pubsub numsub a b; pubsub numpat",
      "pubsub shardchannels; pubsub shardnumsub x; pubsub numpat x; pubsub help",
      "exec; exec a; multi; set a; exec; multi; exec 1; multi; set a b; discard; exec; multi; multi; watch a; exec",
      "multi; nosuch; set a 1; exec; get a",
      "client reply skip; ping; ping; client reply off; ping; get x; client reply on; client reply; client reply x",
      "client reply skip; client reply skip; ping; ping",
      "client reply off; subscribe x; publish x y; unsubscribe; client reply skip; client reply on; ping",
      "client reply skip; multi; set a b; client reply skip; exec; ping; ping",
      "multi; client reply off; set a b; client reply on; exec; get a",
      "reset; multi; reset; exec; client setname x; select 3; set a b; reset; client getname; get a; reset a",
      "subscribe a; reset; get x; client reply off; reset; ping; hello 3; reset; get x",
      "multi; monitor; exec",
      "monitor; ping",
      "monitor; ping; multi; echo a; exec; ping x; select 3; client getname; echo; ping; get x; reset; ping",
      "client foo; client; client list type x; client list type; client list id a; client list id 1000000; client help",
      "client kill id 0; client kill id x; client kill type foo; client kill user nouser; client kill skipme maybe",
      "client kill 1.1.1.1:1; client kill addr; client kill addr x laddr; client kill id 1000000; client kill a b c",
      "client unblock x; client unblock 5 foo; client unblock 999 error; client unblock 1 2 3 4",
      "client pause x; client pause -1; client pause 1 x; client pause 1 all x; client unpause; client unpause 1",
      "client no-evict x; client no-evict on; client no-evict; client getredir; client trackinginfo",
      "client setname \"a b\"; client setname foo; client getname; client setname \"\"; client getname; client id x",
      "client tracking x; client tracking on redirect; client tracking on redirect x; "
          + "client tracking on redirect 999999",
      "client tracking on prefix a; client tracking on bcast optin; client tracking on optin optout; "
          + "client caching yes",
      "client tracking on; client tracking on bcast; client caching yes; client caching no; client caching foo",
      "client tracking on bcast prefix a prefix ab; client tracking on bcast prefix foo; "
          + "client tracking on bcast prefix fo",
      "client tracking on optin; client tracking on optout; client tracking on; client trackinginfo; client getredir",
      "hello 3; client tracking on; get x; set x 1; multi; get x; set x 2; get x; exec; flushall; get x; flushdb; "
          + "set x 1",
      "hello 3; client tracking on optin; client caching yes; get x; get y; client trackinginfo; set x 1; set y 1",
      "hello 3; client tracking on optin; client caching yes; client trackinginfo; multi; get x; get y; exec; "
          + "set x 1; set y 1",
      "hello 3; client tracking on optin; client caching yes; ping; get x; set x 1; client caching yes; nosuch; "
          + "get x; set x 2",
      "hello 3; client tracking on optout; client caching no; get a; get b; set a 1; set b 1; multi; "
          + "client caching no; get b; "
          + "exec; set b 1",
      "hello 3; client tracking on noloop; get a; set a 1; client tracking on; get a; set a 2; client tracking off; "
          + "set a 1",
      "hello 3; client tracking on bcast noloop; set a 1; del a; client trackinginfo",
      "hello 3; client tracking on bcast; set a 1; ping; set b 1",
      "hello 3; client tracking on; mget a b c; rename a b; set a 1; set b 1; rename a c; copy c d; getex d; del d",
  })
  void aPipelineIsAnsweredAlike(String lines) {
    servers.assertAlike(port -> pipelined(port, lines));
  }

  /** Several clients by name, and what each gets. */
  private static final class Conversation implements AutoCloseable {
    private final int port;
    private final Map<String, RespClient> clients = new LinkedHashMap<>();
    private final Map<String, Long> ids = new LinkedHashMap<>();
    private final List<String> heard = new ArrayList<>();

    private Conversation(int port) {
      this.port = port;
    }

    private void step(String line) {
      String name = line.substring(0, line.indexOf(' '));
      String command = line.substring(line.indexOf(' ') + 1);
      if (command.equals("leaves")) {
        clients.remove(name).call("QUIT");
        return;
      }
      RespClient client = clients.computeIfAbsent(name, n -> {
        RespClient opened = RespClient.connect(port);
        ids.put(n, (Long) opened.call("CLIENT", "ID"));
        return opened;
      });
      for (Map.Entry<String, Long> id : ids.entrySet()) {
        command = command.replace('@' + id.getKey(), id.getValue().toString());
      }
      client.send((Object[]) command.split(" "));
      if (!listen(name, client)) clients.remove(name).close();
      clients.entrySet().removeIf(other -> !other.getKey().equals(name) && !listen(other.getKey(), other.getValue()));
    }

    /** Everything up to the answer to a PING; false if the connection ended before. */
    private boolean listen(String name, RespClient client) {
      client.tell("PING", FENCE);
      while (true) {
        Object reply = client.readOrEnd();
        if (FENCE.equals(reply) || List.of("pong", FENCE).equals(reply)) return true;
        String text = masked(String.valueOf(reply));
        for (Map.Entry<String, Long> id : ids.entrySet()) {
          if (text.contains("redir")) text = text.replace(id.getValue().toString(), '@' + id.getKey());
        }
        heard.add(name + " hears " + text);
        if (reply == RespClient.END) return false;
      }
    }

    @Override
    public void close() {
      clients.values().forEach(RespClient::close);
    }
  }

  private static String held(int port, String... steps) {
    try (Conversation conversation = new Conversation(port)) {
      for (String step : steps) conversation.step(step);
      return String.join("\n", conversation.heard);
    }
  }

  private static void alike(String... steps) {
    servers.assertAlike(port -> held(port, steps));
  }

  @Test
  void messagesReachSubscribersOfChannelsAndPatterns() {
    alike("a subscribe news", "b psubscribe n*", "c publish news hello", "c pubsub channels", "c pubsub numpat",
        "c pubsub numsub news other", "a unsubscribe news", "c publish news again", "c pubsub channels");
  }

  @Test
  void shardChannelsAreOnTheirOwn() {
    alike("a ssubscribe news", "b subscribe news", "b psubscribe *", "c spublish news hello", "c publish news hello",
        "c pubsub shardchannels n*", "c pubsub shardnumsub news", "a sunsubscribe", "c spublish news again");
  }

  @Test
  void keyspaceEventsArePublished() {
    alike("a psubscribe __key*", "b config set notify-keyspace-events KEA", "b set k v", "b del k", "b incr n",
        "b config set notify-keyspace-events _".replace("_", "\"\""));
  }

  @Test
  void aReaderHearsOnceThatItsKeyChanged() {
    alike("a hello 3", "a client tracking on", "a get k", "b set k 1", "b set k 2", "a get k", "b del k",
        "b set other 1");
  }

  @Test
  void invalidationsAreRedirected() {
    alike("b subscribe __redis__:invalidate", "a client tracking on redirect @b", "a get k", "c set k 1",
        "c flushall", "a client trackinginfo");
  }

  @Test
  void aBrokenRedirectionIsReported() {
    alike("a hello 3", "b ping", "a client tracking on redirect @b", "a get k", "b leaves", "c set k 1",
        "a client trackinginfo");
  }

  @Test
  void broadcastsTellOfPrefixes() {
    alike("a hello 3", "a client tracking on bcast prefix user: prefix item:", "b hello 3",
        "b client tracking on bcast noloop",
        "c mset user:1 a item:2 b other c user:0 d", "b set user:5 x", "c flushall", "a client trackinginfo");
  }

  @Test
  void theTableOfReadersIsLimited() {
    alike("a hello 3", "a client tracking on", "a get k1", "b config set tracking-table-max-keys 1", "a get k1",
        "b ping");
  }

  @Test
  void monitorsSeeWhatRuns() {
    alike("a monitor", "b set k v", "b get \"x\"", "b select 3", "b auth secret", "b config get databases",
        "b client getname", "b nosuch", "b ping", "a ping");
  }

  @Test
  void clientsAreKilledByWhatIsKnownOfThem() {
    alike("a client setname first", "b subscribe x", "c client kill id @a", "c client kill type pubsub",
        "c client kill id @b");
  }

  @Test
  void aClientMayKillItself() {
    alike("a client kill id @a skipme no");
  }

  /** The fields of CLIENT LIST and their order, without their values. */
  @Test
  void aLineOfClientListHasTheSameFields() {
    servers.assertAlike(ClientsComparisonTest::fields);
  }

  private static String fields(int port) {
    try (RespClient client = RespClient.connect(port)) {
      return ((String) client.call("CLIENT", "INFO")).replaceAll("=[^ ]*", "");
    }
  }

  @Test
  void aPausedWriterWaitsAndAReaderDoesNot() {
    for (int port : servers.ports()) {
      try (RespClient admin = RespClient.connect(port); RespClient writer = RespClient.connect(port)) {
        admin.call("CLIENT", "PAUSE", 100_000, "WRITE");
        writer.send("SET", "k", "v");
        while (!((String) admin.call("INFO", "clients")).contains("blocked_clients:1")) Thread.onSpinWait();
        assertEquals(null, admin.call("GET", "k"));
        admin.call("CLIENT", "UNPAUSE");
        assertEquals("OK", writer.read());
        assertEquals("v", admin.call("GET", "k"));
      }
    }
  }
}
