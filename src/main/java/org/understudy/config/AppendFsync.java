package org.understudy.config;

/** When the append-only file is flushed to the disk (directive {@code appendfsync}). */
public enum AppendFsync {
  EVERYSEC, ALWAYS, NO;

  private static final AppendFsync[] ALL = values();

  static AppendFsync of(long number) {
    return ALL[(int) number];
  }
}
