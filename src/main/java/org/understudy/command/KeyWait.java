package org.understudy.command;

import org.understudy.keyspace.Type;
import org.understudy.resp.CommandError;

/**
 * What a command that found nothing waits for, handed over by {@link Call#awaitKeys}: how to finish it once one of its
 * keys holds a value of the right type. It is kept while the client waits, so it knows its arguments by itself and
 * holds nothing of the call.
 */
public interface KeyWait {
  /** The type of the values that may serve the client; keys of other types are passed over. */
  Type type();

  /**
   * Tries to finish the command with a key that holds a value of {@link #type}. Called after the command, transaction
   * or script that changed the key, for each waiting client in the order in which they came. The call is the waiting
   * client's: its arguments, its database, its reply buffer. As in the reference implementation, where the change
   * itself has been reported already, taking elements away is told by {@link Call#alsoChangedIn} and not counted as
   * dirty; what is to be propagated has to be given by {@link Call#effect}.
   *
   * @return whether the client is answered; a {@link CommandError} thrown answers it too
   */
  boolean serve(Call call, byte[] key);

  /**
   * The error that ends the command when a key vanishes or gets a value of another type (XREADGROUP, whose group is
   * gone then); null to wait on.
   */
  default CommandError lostKey() {
    return null;
  }
}
