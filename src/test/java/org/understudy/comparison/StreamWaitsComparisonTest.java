package org.understudy.comparison;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RespClient;

/**
 * Clients that wait for entries of streams, at the real server and at ours: each gets the same answers. A step is what
 * one client sends in one write, {@code a> command, command}; a client whose name ends with 3 speaks RESP3. Those who
 * still wait in the end are unblocked.
 */
@NeedsRealRedis
class StreamWaitsComparisonTest {
  @RegisterExtension
  static final BothServers servers = BothServers.realWith().oursWith();

  @ParameterizedTest
  @ValueSource(strings = {
      "a> xread block 0 streams s $; b> xread block 0 streams s 0; x> xadd s 1-1 f v; x> xadd s 2-1 f v",
      "x> xadd s 1-1 f v; a> xread block 0 streams s $; b> xread block 0 streams s 5; x> xadd s 2-1 f v, "
          + "xadd s 5-0 f v, xadd s 6-0 f v",
      "a3> xread block 0 streams s $; x> xadd s 1-1 f v g w",
      "x> xgroup create s g 0 mkstream; a3> xreadgroup group g c block 0 streams s >; x> xadd s 1-1 f v g w",
      "a> xread block 0 streams s t s 0 0 5; x> xadd t 1-1 f v; x> xadd s 6-1 f v",
      "a> xread block 0 streams s s $ 0; x> xadd s 1-1 f v",
      "a> xread count 1 block 0 streams s $; b> xread count 0 block 0 streams s $; "
          + "x> multi, xadd s 1-1 f v, xadd s 1-2 f v, exec",
      "a> xread block 0 streams s $; x> multi, xadd s 1-1 f v, del s, exec; x> xadd s 1-1 f v",
      "a> xread block 0 streams s $; x> multi, xadd s 1-1 f v, del s, set s x, exec; x> del s, xadd s 3-0 f v",
      "a> xread block 0 streams s $; x> multi, xadd s 1-1 f v, xdel s 1-1, exec; x> xadd s 2-0 f v",
      "a> xread block 0 streams s $; x> set s x; x> del s; x> xadd s 1-1 f v",
      "a> xread block 0 streams s $, ping; x> xgroup create s g $ mkstream; x> xsetid s 5-0; x> xadd s 6-0 f v",
      "x> xadd s 1-0 f v, xadd s 2-0 f v, xadd s 5-0 f v, xdel s 5-0; a> xread block 0 streams s 3; x> xdel s 1-0; "
          + "x> xtrim s maxlen 0; x> xadd s 6-0 f v",
      "x> xadd s 1-0 f v; a> xread block 0 streams s 1; x> rename s t; x> xadd t 2-0 f v; x> rename t s",
      "a> xread block 0 streams s 0; x> xadd t 2-0 f v; x> copy t s",
      "a> xread block 0 streams s 0; x> select 1, xadd s 2-0 f v, swapdb 0 1",
      "a> multi, xread block 0 streams s 0, xreadgroup group g c block 0 streams s >, exec",
      "a> xread block 1 streams s 0, ping; b> xread block 1 streams s $, xlen s",
      "a> xread block -1 streams s 0, xread block x streams s 0, xread block 9223372036854775807 streams s 0",
      "a> xread block 0 streams s $; x> xadd s 1-1 f v, xadd s 1-2 f v; a> xread block 0 streams s 1-1",
      "x> xgroup create s g $ mkstream; a> xreadgroup group g c block 0 streams s >; "
          + "b> xreadgroup group g d block 0 streams s >; x> xadd s 1-1 f v; x> xpending s g; x> xadd s 2-1 f v; "
          + "x> xpending s g",
      "x> xgroup create s g $ mkstream; a> xreadgroup group g c block 0 streams s >; "
          + "b> xreadgroup group g d block 0 streams s >; "
          + "x> multi, xadd s 1-1 f v, xadd s 2-1 f v, exec; x> xpending s g",
      "x> xgroup create s g $ mkstream; a> xreadgroup group g c count 1 block 0 streams s >; "
          + "b> xreadgroup group g d count 1 noack block 0 streams s >; "
          + "x> multi, xadd s 1-1 f v, xadd s 2-1 f v, exec; x> xpending s g, xinfo groups s",
      "x> xgroup create s g $ mkstream; a> xreadgroup group g c block 0 streams s >; x> xgroup destroy s g",
      "x> xgroup create s g $ mkstream; a> xreadgroup group g c block 0 streams s >; x> xgroup destroy s nosuch; "
          + "x> multi, xgroup destroy s g, xgroup create s g 0, exec; x> xadd s 1-1 f v",
      "x> xgroup create s g $ mkstream; a> xreadgroup group g c block 0 streams s >; x> del s",
      "x> xgroup create s g $ mkstream; a> xreadgroup group g c block 0 streams s >; x> unlink s, xadd s 1-1 f v",
      "x> xgroup create s g $ mkstream; a> xreadgroup group g c block 0 streams s >; x> set s x",
      "x> xgroup create s g $ mkstream; a> xreadgroup group g c block 0 streams s >; x> flushall",
      "x> xgroup create s g $ mkstream; a> xreadgroup group g c block 0 streams s >; x> select 1, swapdb 0 1",
      "x> xgroup create s g $ mkstream; a> xreadgroup group g c block 0 streams s >; x> rename s t",
      "x> xgroup create s g $ mkstream, set t x; a> xreadgroup group g c block 0 streams s >; x> rename t s",
      "x> xgroup create s g $ mkstream; a> xreadgroup group g c block 0 streams s >; x> pexpire s -1",
      "x> xgroup create s g $ mkstream; a> xreadgroup group g c block 0 streams s >; "
          + "x> multi, del s, xadd s 1-0 f v, exec",
      "x> xgroup create s g $ mkstream, xgroup create t g $ mkstream; "
          + "a> xreadgroup group g c block 0 streams s t > >; x> xadd t 1-1 f v; x> del s",
      "x> xgroup create s g $ mkstream, xadd s 1-0 f v, xadd s 2-0 f v; a> xreadgroup group g c block 0 streams s >; "
          + "a> xreadgroup group g c block 0 streams s >; x> xgroup setid s g 0; x> xdel s 1-0; x> xadd s 3-0 f v",
      "x> xgroup create s g $ mkstream; a> xreadgroup group g c block 0 streams s >; x> xadd s maxlen 0 1-0 f v; "
          + "x> xadd s 2-0 f v",
      "x> xgroup create s g $ mkstream, xadd s 1-0 f v; a> xreadgroup group g c block 0 streams s 0",
  })
  void clientsThatWaitGetTheSame(String steps) {
    servers.assertAlike(port -> converse(port, steps));
  }

  private static Map<String, String> converse(int port, String steps) {
    Map<String, RespClient> clients = new TreeMap<>();
    Map<String, Object> ids = new TreeMap<>();
    Map<String, String> answers = new TreeMap<>();
    try (RespClient control = RespClient.connect(port); RespClient fence = RespClient.connect(port)) {
      control.call("FLUSHALL");
      fence.call("SUBSCRIBE", "fence");
      for (String step : steps.split("; ")) {
        String[] parts = step.split("> ", 2);
        RespClient client = clients.computeIfAbsent(parts[0],
            name -> name.endsWith("3") ? RespClient.connect3(port) : RespClient.connect(port));
        if (!ids.containsKey(parts[0])) ids.put(parts[0], client.call("CLIENT", "ID"));
        // The message arrives once the rest of what came with it has run, too.
        client.sendRaw("PUBLISH fence x\r\n" + parts[1].replace(", ", "\r\n") + "\r\n");
        fence.read();
      }
      for (Object id : ids.values()) control.call("CLIENT", "UNBLOCK", id);
      for (String name : clients.keySet()) {
        try (RespClient client = clients.get(name)) {
          client.sendRaw("QUIT\r\n");
          StringBuilder all = new StringBuilder();
          for (Object reply = client.readOrEnd(); reply != RespClient.END; reply = client.readOrEnd()) {
            all.append(reply).append('\n');
          }
          answers.put(name, all.toString());
        }
      }
    }
    return answers;
  }
}
