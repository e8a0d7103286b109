package org.understudy.command;

/**
 * What the user that a client is logged in as may do. Package {@code acl} decides; may be asked on any loop. A client
 * without any (the link to a primary) may do everything.
 */
public interface Permissions {
  /** Whether nothing is forbidden, so that nobody needs to look closer. */
  boolean unlimited();

  /** Whether a command that may run may also read keys that its arguments do not name (SORT BY and GET). */
  boolean mayReadAnyKey(CommandSpec spec, byte[][] argv);
}
