package org.understudy.sentinel.state;

import java.util.List;
import org.understudy.config.LogLevel;

/** What a step wants done, in the order of the list. */
public sealed interface Effect {
  /**
   * Make a connection, resolving the address's host anew if it is a name, and send the greeting (AUTH, CLIENT SETNAME,
   * SUBSCRIBE), of which no reply is reported. Answered by {@link Event.Connected} or {@link Event.Disconnected}.
   */
  record Connect(LinkId link, Connection connection, Address address, List<List<String>> greeting) implements Effect {}

  /** Close one connection if it stands or is being made. Not answered; nothing of it may be reported any more. */
  record Disconnect(LinkId link, Connection connection) implements Effect {}

  /** The link is not used any more: close both connections and forget it. */
  record Release(LinkId link) implements Effect {}

  /**
   * Send commands over the command connection and report the last one's reply with {@link Event.Answered}.
   *
   * @param commands as they are to be sent, renamed already
   */
  record Send(LinkId link, InstanceId instance, Request request, List<List<String>> commands) implements Effect {}

  /** A line for the log only. */
  record Log(LogLevel level, String text) implements Effect {}

  /** An event: {@code name payload} in the log and, above DEBUG, a message on the channel {@code name}. */
  record Publish(LogLevel level, String name, String payload) implements Effect {}

  /** Queue a script. */
  record RunScript(String path, List<String> arguments) implements Effect {}

  /**
   * Write the state to disk durably and report {@link Event.Persisted}. Of several that wait only the last has to be
   * written; its version stands for those before it.
   */
  record Persist(long version, SavedState state) implements Effect {}

  /** The answer to the command with that token. */
  record Reply(long token, Answer answer) implements Effect {}

  /**
   * What was being done stays undone because of a fault of ours; the rest goes on.
   *
   * @param what in words for the log
   */
  record Fault(String what, RuntimeException cause) implements Effect {}

  /** End the process at once with code 99 (SENTINEL SIMULATE-FAILURE). */
  record Crash() implements Effect {}
}
