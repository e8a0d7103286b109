package org.understudy.command;

/**
 * One function a command: reads {@link Call#argv}, acts on the keyspace or on what its family was constructed with, and
 * writes exactly one reply to {@link Call#reply}. Arity, permissions and state of the connection have been checked.
 * A {@link org.understudy.resp.CommandError} thrown before anything was changed becomes the reply.
 */
@FunctionalInterface
public interface Handler {
  void run(Call call);
}
