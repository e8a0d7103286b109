package org.understudy.acl;

/** Why a rule of a user cannot be applied, in Redis's words. */
public final class RuleError extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean unknownCommand;

  private RuleError(String reason, boolean unknownCommand) {
    super(reason, null, false, false);
    this.unknownCommand = unknownCommand;
  }

  static RuleError of(String reason) {
    return new RuleError(reason, false);
  }

  static RuleError syntax() {
    return of("Syntax error");
  }

  static RuleError unknownCommand() {
    return new RuleError("Unknown command or category name in ACL", true);
  }

  /** Whether the rule names a command or category that there is not. */
  boolean isUnknownCommand() {
    return unknownCommand;
  }
}
