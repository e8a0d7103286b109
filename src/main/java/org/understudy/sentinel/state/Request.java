package org.understudy.sentinel.state;

import java.util.ArrayList;
import java.util.List;

/** What is asked of an instance over its command connection; comes back with the reply. */
public sealed interface Request {
  /** The channel of hello messages. */
  String HELLO_CHANNEL = "__sentinel__:hello";

  record Ping() implements Request {}

  record Info() implements Request {}

  /** PUBLISH of a hello message. */
  record Hello(String payload) implements Request {}

  /** SENTINEL IS-MASTER-DOWN-BY-ADDR. @param candidate the id to vote for, or {@code *} to ask for no vote */
  record AskDown(String ip, int port, long epoch, String candidate) implements Request {}

  /**
   * REPLICAOF, CONFIG REWRITE and the closing of its clients' connections in one transaction; the reply is EXEC's.
   *
   * @param primary null: NO ONE
   */
  record Reconfigure(Address primary, boolean byName) implements Request {}

  /** SCRIPT KILL, to a busy instance. */
  record KillScript() implements Request {}

  /** FAILOVER TO, which hands over at equal offsets, to a primary that is up. */
  record HandOver(Address replica, boolean byName, long timeoutMillis) implements Request {}

  /** FAILOVER ABORT, to a primary that did not hand over in time. */
  record AbortHandOver() implements Request {}

  /** SENTINEL FORGET (ours), to another sentinel. @param what REPLICA and an address, or SENTINEL and an id */
  record Forget(String primary, List<String> what) implements Request {}

  /** The commands, before renaming. Several are sent at once and answered one by one; the last reply counts. */
  default List<List<String>> commands() {
    if (this instanceof Ping) return List.of(List.of("PING"));
    if (this instanceof Info) return List.of(List.of("INFO"));
    if (this instanceof Hello hello) return List.of(List.of("PUBLISH", HELLO_CHANNEL, hello.payload));
    if (this instanceof AskDown ask) {
      return List.of(List.of("SENTINEL", "is-master-down-by-addr", ask.ip, String.valueOf(ask.port),
          String.valueOf(ask.epoch), ask.candidate));
    }
    if (this instanceof Reconfigure to) {
      return List.of(
          List.of("MULTI"),
          to.primary == null ? List.of("SLAVEOF", "NO", "ONE")
              : List.of("SLAVEOF", to.primary.shown(to.byName), String.valueOf(to.primary.port())),
          List.of("CONFIG", "REWRITE"),
          List.of("CLIENT", "KILL", "TYPE", "normal"),
          List.of("CLIENT", "KILL", "TYPE", "pubsub"),
          List.of("EXEC"));
    }
    if (this instanceof KillScript) return List.of(List.of("SCRIPT", "KILL"));
    if (this instanceof HandOver to) {
      return List.of(List.of("FAILOVER", "TO", to.replica.shown(to.byName), String.valueOf(to.replica.port()),
          "TIMEOUT", String.valueOf(to.timeoutMillis)));
    }
    if (this instanceof AbortHandOver) return List.of(List.of("FAILOVER", "ABORT"));
    Forget forget = (Forget) this;
    List<String> words = new ArrayList<>(List.of("SENTINEL", "FORGET", forget.primary));
    words.addAll(forget.what);
    words.add("LOCAL");
    return List.of(words);
  }
}
