package org.understudy.resp;

import java.util.Arrays;
import java.util.List;
import org.understudy.bytes.Bytes;

/** A reply or a push message, as a client of another server gets it. Attributes of RESP3 are not kept. */
public sealed interface Reply {
  /** A simple string: {@code +text}. */
  record Status(String text) implements Reply {}

  /** An error: {@code -message}, where the first word of the message mostly is a code. */
  record Failure(String message) implements Reply {
    /** The first word. */
    public String code() {
      int space = message.indexOf(' ');
      return space < 0 ? message : message.substring(0, space);
    }
  }

  /** {@code :value}. */
  record Int(long value) implements Reply {}

  /** A bulk string; a verbatim one without its format. */
  record Bulk(byte[] bytes) implements Reply {
    @Override
    public boolean equals(Object other) {
      return other instanceof Bulk bulk && Arrays.equals(bytes, bulk.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "Bulk[" + Bytes.string(bytes) + "]";
    }
  }

  /** The nulls of RESP2, for a string and for an array, and the one of RESP3. */
  record Null() implements Reply {}

  record Real(double value) implements Reply {}

  record Bool(boolean value) implements Reply {}

  /** A big number, in decimal digits. */
  record BigNumber(String digits) implements Reply {}

  /** @param elements of a map: key, value, key, value, … */
  record Aggregate(Kind kind, List<Reply> elements) implements Reply {}

  /** The kinds of an {@link Aggregate}. */
  enum Kind { ARRAY, SET, MAP, PUSH }

  /** The text of a simple or bulk string or an error, one character a byte; null for anything else. */
  default String text() {
    if (this instanceof Status status) return status.text;
    if (this instanceof Bulk bulk) return Bytes.string(bulk.bytes);
    if (this instanceof Failure failure) return failure.message;
    return null;
  }

  /** The elements of an aggregate of any kind; none for anything else. */
  default List<Reply> elements() {
    return List.of();
  }
}
