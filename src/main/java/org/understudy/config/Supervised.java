package org.understudy.config;

/** Which service manager is told about readiness (directive {@code supervised}). */
public enum Supervised {
  UPSTART, SYSTEMD, AUTO, NO;

  private static final Supervised[] ALL = values();

  static Supervised of(long number) {
    return ALL[(int) number];
  }
}
