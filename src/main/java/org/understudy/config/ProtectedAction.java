package org.understudy.config;

/** Who may do something dangerous (directives {@code enable-debug-command}, {@code enable-protected-configs} …). */
public enum ProtectedAction {
  NO, YES, LOCAL;

  private static final ProtectedAction[] ALL = values();

  static ProtectedAction of(long number) {
    return ALL[(int) number];
  }

  /** @param local the client is on this machine: a loopback address or a Unix socket */
  public boolean allows(boolean local) {
    return this == YES || this == LOCAL && local;
  }
}
