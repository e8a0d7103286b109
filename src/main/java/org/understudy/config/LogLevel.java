package org.understudy.config;

/** What is logged: all from this level up (directive {@code loglevel}). */
public enum LogLevel {
  DEBUG, VERBOSE, NOTICE, WARNING;

  private static final LogLevel[] ALL = values();

  static LogLevel of(long number) {
    return ALL[(int) number];
  }
}
