package org.understudy.rdb;

import org.understudy.bytes.Bytes;

/**
 * RDB data that cannot be read: damaged, of an unknown version, or with a module's data. Says where, and in which key.
 */
public final class RdbException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final int SHOWN_KEY_BYTES = 128;

  private final String reason;
  /** The key that is to blame; null for the one that was being read. */
  private final byte[] key;

  RdbException(String reason) {
    this(reason, reason, null);
  }

  private RdbException(String reason, String message, byte[] key) {
    super(message, null, false, false);
    this.reason = reason;
    this.key = key;
  }

  /** A key comes twice, which may have been noticed later than it was read. */
  public static RdbException duplicate(int database, byte[] key) {
    String reason = "RDB has duplicated key in DB " + database;
    return new RdbException(reason, reason, key);
  }

  /**
   * The same with its place.
   *
   * @param offset in bytes from the beginning
   * @param keyBeingRead or null
   */
  RdbException at(long offset, byte[] keyBeingRead) {
    String place = " at offset " + offset;
    byte[] shown = key == null ? keyBeingRead : key;
    if (shown != null) place += " in key '" + Bytes.string(shown, 0, Math.min(shown.length, SHOWN_KEY_BYTES)) + "'";
    return new RdbException(reason, reason + place, key);
  }

  /** Without the place. */
  public String reason() {
    return reason;
  }
}
