package org.understudy.replication;

/**
 * Gets what the commands did, in order, encoded as commands: the append-only file. It keeps count of the database that
 * is selected where the bytes go.
 */
public interface EffectSink {
  /**
   * Adds one whole command, which may be MULTI or EXEC.
   *
   * @param database that the command is meant for; for MULTI that of the first command in it, for EXEC that of the last
   * @param bytes the command in {@code [from, from + length)}; the caller's: what is kept has to be copied
   */
  void add(int database, byte[] bytes, int from, int length);
}
