package org.understudy.sentinel.state;

import java.util.List;
import org.understudy.resp.Reply;

/** What happens to a sentinel. */
public sealed interface Event {
  /**
   * Time has passed. Due when {@link SentinelState#nextTickMillis} is reached; earlier does no harm.
   *
   * @param wallMillis Unix time, for texts and records only; no decision depends on it
   */
  record Tick(long wallMillis) implements Event {}

  // Links

  /** A connection stands and its greeting was sent. @param localIp our end of it, told to others in hellos */
  record Connected(LinkId link, Connection connection, String localIp) implements Event {}

  /** A connection could not be made or is gone; what was sent over it stays without an answer. */
  record Disconnected(LinkId link, Connection connection, String reason) implements Event {}

  /** The reply to a {@link Effect.Send}; to a transaction EXEC's. */
  record Answered(LinkId link, InstanceId instance, Request request, Reply reply) implements Event {}

  /**
   * Anything came over a subscribed connection.
   *
   * @param hello the message, or null for what else came (SUBSCRIBE's reply)
   */
  record HelloHeard(LinkId link, String hello) implements Event {}

  /** A name was resolved, anew at each connect. @param ip null: it could not be */
  record Resolved(String name, String ip) implements Event {}

  // What others ask of us. A token comes back in the answer.

  /** PUBLISH of a hello by another sentinel. */
  record HelloReceived(String hello) implements Event {}

  /** SENTINEL IS-MASTER-DOWN-BY-ADDR; answered by {@link Answer.Down}. @param candidate or {@code *} */
  record AskedDown(long token, String ip, int port, long epoch, String candidate) implements Event {}

  // Commands of operators; answered by Done or Refused unless something else is said

  record FailoverAsked(long token, String primary) implements Event {}

  record MonitorAsked(long token, String primary, Address address, int quorum) implements Event {}

  record RemoveAsked(long token, String primary) implements Event {}

  /** SENTINEL RESET; answered by {@link Answer.Count}. */
  record ResetAsked(long token, String pattern) implements Event {}

  /** One option of SENTINEL SET. @param words as {@code +set} shows them, passwords already hidden */
  record SettingsChanged(String primary, PrimarySettings settings, List<String> words) implements Event {}

  /** SENTINEL CONFIG SET. */
  record GlobalSettingsChanged(Settings settings) implements Event {}

  /** SENTINEL FLUSHCONFIG, and the end of SENTINEL SET. */
  record FlushAsked(long token) implements Event {}

  /** SENTINEL SIMULATE-FAILURE. */
  record FailureSimulated(boolean crashAfterElection, boolean crashAfterPromotion) implements Event {}

  /**
   * SENTINEL FORGET (ours).
   *
   * @param what {@code REPLICA ip port} or {@code SENTINEL id}
   * @param local whether another sentinel asks, so that it is not told on
   */
  record ForgetAsked(long token, String primary, List<String> what, boolean local) implements Event {}

  // The file

  /** The outcome of a {@link Effect.Persist}. @param failure null: it is on disk */
  record Persisted(long version, String failure) implements Event {}
}
