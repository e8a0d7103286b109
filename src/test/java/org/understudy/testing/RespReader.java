package org.understudy.testing;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.understudy.bytes.Bytes;

/**
 * Reads RESP2 and RESP3 into plain objects that can be compared: simple, bulk and verbatim strings as {@link String}
 * (one character a byte), integers as {@link Long}, doubles as {@link Double}, booleans, big numbers as {@link
 * BigInteger}, any null as null, arrays as {@link List}, maps as {@link Map}, sets as {@link Set}, and the records
 * below.
 */
public final class RespReader {
  /** An error reply, without the dash. */
  public record RespError(String message) {}

  /** A push message. */
  public record Push(List<Object> elements) {}

  /** A value with the attribute that came before it. */
  public record Attributed(Map<Object, Object> attributes, Object value) {}

  /** A simple string, if the reader is {@link #exact}. */
  public record Simple(String text) {}

  /** A verbatim string, if the reader is {@link #exact}. */
  public record Verbatim(String format, String text) {}

  private final InputStream in;
  private boolean exact;

  public RespReader(InputStream in) {
    this.in = in;
  }

  /** From now on the three kinds of strings are told apart. */
  public RespReader exact() {
    exact = true;
    return this;
  }

  /** The one reply that the bytes hold. */
  public static Object parse(byte[] reply) {
    return new RespReader(new ByteArrayInputStream(reply)).readOnly();
  }

  public static Object parseExact(byte[] reply) {
    return new RespReader(new ByteArrayInputStream(reply)).exact().readOnly();
  }

  private Object readOnly() {
    try {
      Object value = read();
      if (in.read() >= 0) throw new IllegalStateException("bytes behind the reply " + value);
      return value;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** @throws EOFException if the connection was closed, also within a reply */
  public Object read() throws IOException {
    int type = readByte();
    String rest = readLine();
    switch (type) {
      case '+':
        return exact ? new Simple(rest) : rest;
      case '-':
        return new RespError(rest);
      case ':':
        return Long.valueOf(rest);
      case '$':
        return rest.equals("-1") ? null : readText(Integer.parseInt(rest));
      case '=': {
        String text = readText(Integer.parseInt(rest));
        return exact ? new Verbatim(text.substring(0, 3), text.substring(4)) : text.substring(4);
      }
      case ',':
        return switch (rest) {
          case "inf" -> Double.POSITIVE_INFINITY;
          case "-inf" -> Double.NEGATIVE_INFINITY;
          case "nan" -> Double.NaN;
          default -> Double.valueOf(rest);
        };
      case '#':
        if (!rest.equals("t") && !rest.equals("f")) throw new IOException("boolean #" + rest);
        return rest.equals("t");
      case '(':
        return new BigInteger(rest);
      case '_':
        return null;
      case '*':
        return rest.equals("-1") ? null : readList(Integer.parseInt(rest));
      case '>':
        return new Push(readList(Integer.parseInt(rest)));
      case '~':
        return readSet(Integer.parseInt(rest));
      case '%':
        return readMap(Integer.parseInt(rest));
      case '|':
        return new Attributed(readMap(Integer.parseInt(rest)), read());
      default:
        throw new IOException("no reply type: " + (char) type + rest);
    }
  }

  private List<Object> readList(int length) throws IOException {
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < length; i++) list.add(read());
    return list;
  }

  private Set<Object> readSet(int length) throws IOException {
    Set<Object> set = new LinkedHashSet<>();
    for (int i = 0; i < length; i++) {
      Object element = read();
      if (!set.add(element)) throw new IOException("twice in a set: " + element);
    }
    return set;
  }

  private Map<Object, Object> readMap(int pairs) throws IOException {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs; i++) {
      Object key = read();
      if (map.containsKey(key)) throw new IOException("twice in a map: " + key);
      map.put(key, read());
    }
    return map;
  }

  private String readText(int length) throws IOException {
    byte[] text = in.readNBytes(length);
    if (text.length < length) throw new EOFException("closed within a string");
    if (readByte() != '\r' || readByte() != '\n') throw new IOException("string longer than announced");
    return Bytes.string(text);
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = readByte(); b != '\r'; b = readByte()) line.append((char) b);
    if (readByte() != '\n') throw new IOException("carriage return within the line " + line);
    return line.toString();
  }

  private int readByte() throws IOException {
    int b = in.read();
    if (b < 0) throw new EOFException("closed");
    return b;
  }
}
