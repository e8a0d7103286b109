package org.understudy.bytes;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line into words as a shell-like reader does: inline requests, configuration files and command lines share
 * it. Double quotes know {@code \n \r \t \b \a \xHH \\ \"}, single quotes only {@code \'}; a closing quote must be
 * followed by a space or the end. Source: sdssplitargs, sds.c 7.0.15.
 */
public final class QuotedArguments {
  private static final byte[] HEX = Bytes.of("0123456789abcdef");

  private QuotedArguments() {}

  /** The words of the line, none for an empty one; null if quotes are not balanced. */
  public static byte[][] split(byte[] line) {
    List<byte[]> words = new ArrayList<>();
    int i = 0;
    while (true) {
      while (i < line.length && isSpace(line[i])) i++;
      if (i >= line.length || line[i] == 0) return words.toArray(new byte[0][]);
      ByteArrayOutputStream word = new ByteArrayOutputStream();
      boolean done = false;
      while (!done) {
        int c = i < line.length ? line[i] : 0;
        if (c == '"' || c == '\'') {
          i = c == '"' ? doubleQuoted(line, i + 1, word) : singleQuoted(line, i + 1, word);
          if (i < 0 || i < line.length && line[i] != 0 && !isSpace(line[i])) return null;
          done = true;
        } else if (c == 0 || c == ' ' || c == '\n' || c == '\r' || c == '\t') {
          done = true;
        } else {
          word.write(c);
          i++;
        }
      }
      words.add(word.toByteArray());
    }
  }

  /**
   * The bytes in double quotes, so that {@link #split} gives them back: what MONITOR, SLOWLOG and CONFIG REWRITE print.
   * Anything but printable ASCII is escaped. Source: sdscatrepr, sds.c 7.0.15.
   */
  public static byte[] quote(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 2);
    out.write('"');
    for (byte b : bytes) {
      switch (b) {
        case '\\', '"' -> escape(out, b);
        case '\n' -> escape(out, 'n');
        case '\r' -> escape(out, 'r');
        case '\t' -> escape(out, 't');
        case '\b' -> escape(out, 'b');
        case 7 -> escape(out, 'a');
        default -> {
          if (b >= ' ' && b < 127) {
            out.write(b);
          } else {
            escape(out, 'x');
            out.write(HEX[b >> 4 & 15]);
            out.write(HEX[b & 15]);
          }
        }
      }
    }
    out.write('"');
    return out.toByteArray();
  }

  private static void escape(ByteArrayOutputStream out, int letter) {
    out.write('\\');
    out.write(letter);
  }

  /** Reads up to the closing quote; returns the offset after it, or -1. */
  private static int doubleQuoted(byte[] line, int from, ByteArrayOutputStream word) {
    for (int i = from; i < line.length; i++) {
      byte c = line[i];
      if (c == '"') return i + 1;
      if (c == 0) return -1;
      if (c != '\\' || i + 1 >= line.length) {
        word.write(c);
      } else if (line[i + 1] == 'x' && i + 3 < line.length && hex(line[i + 2]) >= 0 && hex(line[i + 3]) >= 0) {
        word.write(hex(line[i + 2]) * 16 + hex(line[i + 3]));
        i += 3;
      } else {
        word.write(switch (line[++i]) {
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'b' -> '\b';
          case 'a' -> 7;
          default -> line[i];
        });
      }
    }
    return -1;
  }

  private static int singleQuoted(byte[] line, int from, ByteArrayOutputStream word) {
    for (int i = from; i < line.length; i++) {
      byte c = line[i];
      if (c == '\'') return i + 1;
      if (c == 0) return -1;
      if (c == '\\' && i + 1 < line.length && line[i + 1] == '\'') {
        word.write('\'');
        i++;
      } else {
        word.write(c);
      }
    }
    return -1;
  }

  /** C's isspace in the C locale. */
  private static boolean isSpace(byte c) {
    return c == ' ' || c >= '\t' && c <= '\r';
  }

  private static int hex(byte c) {
    return Character.digit((char) (c & 0xFF), 16);
  }
}
