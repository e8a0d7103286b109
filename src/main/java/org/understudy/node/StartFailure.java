package org.understudy.node;

/** The node cannot start. The reason has been logged, or is the message; the process is to exit with status 1. */
final class StartFailure extends RuntimeException {
  StartFailure(String message) {
    super(message, null, false, false);
  }
}
