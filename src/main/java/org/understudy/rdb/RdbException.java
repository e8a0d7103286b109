package org.understudy.rdb;

import org.understudy.bytes.Bytes;

/**
 * RDB data that cannot be read: damaged, of an unknown version, or with a module's data. Says where, and in which key.
 */
public final class RdbException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final int SHOWN_KEY_BYTES = 128;

  private final String reason;

  RdbException(String reason) {
    this(reason, reason);
  }

  private RdbException(String reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /**
   * The same with its place.
   *
   * @param offset in bytes from the beginning
   * @param key that was being read, or null
   */
  RdbException at(long offset, byte[] key) {
    String place = " at offset " + offset;
    if (key != null) place += " in key '" + Bytes.string(key, 0, Math.min(key.length, SHOWN_KEY_BYTES)) + "'";
    return new RdbException(reason, reason + place);
  }

  /** Without the place. */
  public String reason() {
    return reason;
  }
}
