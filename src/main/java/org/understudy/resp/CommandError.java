package org.understudy.resp;

/**
 * An error that a command answers with. Thrown by argument parsing, caught by the executor, which writes it as the
 * reply. Has no stack trace: it is an answer, not a fault.
 */
public final class CommandError extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** @param message the error line without the leading dash: a code in capitals, a space, the text */
  public CommandError(String message) {
    super(message, null, false, false);
  }

  /** For text that does not carry a code of its own: {@code ERR} is put before it. */
  public static CommandError err(String text) {
    return new CommandError("ERR " + text);
  }
}
