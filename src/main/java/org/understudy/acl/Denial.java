package org.understudy.acl;

import java.util.Locale;
import org.understudy.command.CommandSpec;

/**
 * Why a user may not run a command.
 *
 * @param position index of the key or channel among the arguments; 0 for a command
 */
public record Denial(Reason reason, int position) {
  /** In order of weight: of several selectors' reasons the weightiest is told. */
  public enum Reason {
    COMMAND("no permission to execute the command or subcommand"),
    KEY("no permission to touch the specified keys"),
    /** A log-in that failed. */
    AUTH(""),
    CHANNEL("no permission to access one of the channels used as arguments to the command");

    /** As ACL LOG names it. */
    public final String word = name().toLowerCase(Locale.ROOT);
    private final String change;

    Reason(String change) {
      this.change = change;
    }
  }

  /** The error that a command is answered with. */
  public String error(CommandSpec command) {
    return reason == Reason.COMMAND
        ? "NOPERM this user has no permissions to run the '" + command.fullName + "' command"
        : "NOPERM this user has no permissions to access one of the " + reason.word + "s used as arguments";
  }

  /** The error instead for a command that was allowed when it was queued. */
  public String errorInExec() {
    return "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. This"
        + " command is no longer allowed for the following reason: " + reason.change;
  }

  boolean outweighs(Denial other) {
    int weight = reason.compareTo(other.reason);
    return weight > 0 || weight == 0 && position > other.position;
  }
}
