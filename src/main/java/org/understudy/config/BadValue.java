package org.understudy.config;

/**
 * A value that its directive does not take; the message is the reason in Redis's words. An answer, hence no stack
 * trace.
 */
final class BadValue extends Exception {
  private static final long serialVersionUID = 1;

  BadValue(String reason) {
    super(reason, null, false, false);
  }
}
