package org.understudy.persistence;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.QuotedArguments;
import org.understudy.config.CNumbers;

/**
 * Which files make up the append-only file: one base, a snapshot, and behind it increments, commands in the order of
 * their numbers. What a newer base has replaced is history, which nobody reads and which is to be deleted.
 *
 * <p>On disk a line a file: {@code file NAME seq NUMBER type b|h|i}, the base first, then history, then increments.
 * Further pairs of words in a line, and lines that begin with {@code #}, are ignored. Source: aof.c 7.0.15.
 *
 * @param base null if there is none
 * @param history newest first
 * @param increments oldest first; commands go to the last
 * @param baseSequence number of the newest base so far, 0 if there was none; {@code incrementSequence} alike
 */
record AofManifest(File base, List<File> history, List<File> increments, long baseSequence, long incrementSequence) {
  static final AofManifest EMPTY = new AofManifest(null, List.of(), List.of(), 0, 0);
  /** With its end. */
  private static final int MAX_LINE_BYTES = 1024;

  enum Type {
    BASE('b'), HISTORY('h'), INCREMENT('i');

    private final char letter;

    Type(char letter) {
      this.letter = letter;
    }
  }

  /** @param name within the folder, one character a byte */
  record File(String name, long sequence, Type type) {
    private File asHistory() {
      return new File(name, sequence, Type.HISTORY);
    }
  }

  /** The bytes are no manifest. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;
    /** Number of the line from 1 on, and its text without the spaces around it; null if it is not even a line. */
    final int lineNumber;
    final String line;

    private Malformed(String reason, int lineNumber, String line) {
      super(reason);
      this.lineNumber = lineNumber;
      this.line = line;
    }
  }

  AofManifest {
    history = List.copyOf(history);
    increments = List.copyOf(increments);
  }

  // ---- text --------------------------------------------------------------------------------------------------------

  /** @throws Malformed with Redis's words for the reason */
  static AofManifest parse(byte[] bytes) throws Malformed {
    if (bytes.length == 0) throw new Malformed("Found an empty AOF manifest", 0, null);
    AofManifest manifest = EMPTY;
    int from = 0;
    for (int number = 1; from < bytes.length; number++) {
      int end = lineEnd(bytes, from);
      if (bytes[from] != '#') {
        if (!isLine(bytes, from, end)) {
          throw new Malformed("The AOF manifest file contains too long line", number, null);
        }
        String line = trimmed(Bytes.string(bytes, from, end - from));
        try {
          manifest = manifest.with(file(line));
        } catch (IllegalArgumentException e) {
          throw new Malformed(e.getMessage(), number, line);
        }
      }
      from = end;
    }
    return manifest;
  }

  /** Where the line ends that begins there; what is longer than a line may be counts as several. */
  private static int lineEnd(byte[] bytes, int from) {
    int limit = Math.min(bytes.length, from + MAX_LINE_BYTES);
    for (int i = from; i < limit; i++) {
      if (bytes[i] == '\n') return i + 1;
    }
    return limit;
  }

  /** Whether it ends as a line does, without a zero byte in it: text ends there. */
  private static boolean isLine(byte[] bytes, int from, int end) {
    for (int i = from; i < end; i++) {
      if (bytes[i] == 0) return false;
    }
    return bytes[end - 1] == '\n';
  }

  private static String trimmed(String line) {
    int from = 0;
    int to = line.length();
    while (from < to && " \t\r\n".indexOf(line.charAt(from)) >= 0) from++;
    while (to > from && " \t\r\n".indexOf(line.charAt(to - 1)) >= 0) to--;
    return line.substring(from, to);
  }

  private static File file(String line) {
    byte[][] words = line.isEmpty() ? null : QuotedArguments.split(Bytes.of(line));
    if (words == null || words.length < 6 || words.length % 2 != 0) throw invalid();
    String name = null;
    long sequence = 0;
    String type = "";
    for (int i = 0; i < words.length; i += 2) {
      String value = Bytes.string(words[i + 1]);
      switch (Bytes.string(words[i]).toLowerCase(Locale.ROOT)) {
        case "file" -> {
          name = value;
          if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
            throw new IllegalArgumentException("File can't be a path, just a filename");
          }
        }
        case "seq" -> sequence = CNumbers.leading(value);
        case "type" -> type = value;
        default -> { } // later versions may say more
      }
    }
    if (name == null || sequence == 0 || type.isEmpty()) throw invalid();
    for (Type known : Type.values()) {
      if (known.letter == type.charAt(0)) return new File(name, sequence, known);
    }
    throw new IllegalArgumentException("Unknown AOF file type");
  }

  private static IllegalArgumentException invalid() {
    return new IllegalArgumentException("Invalid AOF manifest file format");
  }

  private AofManifest with(File file) {
    return switch (file.type) {
      case BASE -> {
        if (base != null) throw new IllegalArgumentException("Found duplicate base file information");
        yield new AofManifest(file, history, increments, file.sequence, incrementSequence);
      }
      case HISTORY -> new AofManifest(base, plus(history, file), increments, baseSequence, incrementSequence);
      case INCREMENT -> {
        if (file.sequence <= incrementSequence) {
          throw new IllegalArgumentException("Found a non-monotonic sequence number");
        }
        yield new AofManifest(base, history, plus(increments, file), baseSequence, file.sequence);
      }
    };
  }

  byte[] print() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (File file : files()) {
      byte[] name = Bytes.of(file.name);
      out.writeBytes(Bytes.of("file "));
      out.writeBytes(needsQuotes(name) ? QuotedArguments.quote(name) : name);
      out.writeBytes(Bytes.of(" seq " + file.sequence + " type " + file.type.letter + "\n"));
    }
    return out.toByteArray();
  }

  private static boolean needsQuotes(byte[] name) {
    for (byte b : name) {
      if (b <= ' ' || b >= 127 || b == '\\' || b == '"' || b == '\'') return true;
    }
    return name.length == 0;
  }

  // ---- files -------------------------------------------------------------------------------------------------------

  private List<File> files() {
    List<File> all = new ArrayList<>();
    if (base != null) all.add(base);
    all.addAll(history);
    all.addAll(increments);
    return all;
  }

  /** What is loaded, in this order. */
  List<File> loaded() {
    return base == null ? increments : prepended(base, increments);
  }

  boolean isEmpty() {
    return base == null && increments.isEmpty();
  }

  /** The increment that commands go to; null if there is none. */
  File lastIncrement() {
    return increments.isEmpty() ? null : increments.get(increments.size() - 1);
  }

  // ---- changes -----------------------------------------------------------------------------------------------------

  /** Takes the single file of a version before 7.0 as base. */
  AofManifest upgraded(String fileName) {
    return new AofManifest(new File(fileName, 1, Type.BASE), history, increments, 1, incrementSequence);
  }

  /** With one more increment, that commands go to from now on. @param fileName {@code appendfilename} */
  AofManifest withNewIncrement(String fileName) {
    long next = incrementSequence + 1;
    File file = new File(fileName + "." + next + ".incr.aof", next, Type.INCREMENT);
    return new AofManifest(base, history, plus(increments, file), baseSequence, next);
  }

  /** With a new base; the old one becomes history. @param rdb its format: RDB, or commands */
  AofManifest withNewBase(String fileName, boolean rdb) {
    long next = baseSequence + 1;
    File file = new File(fileName + "." + next + ".base." + (rdb ? "rdb" : "aof"), next, Type.BASE);
    List<File> older = base == null ? history : prepended(base.asHistory(), history);
    return new AofManifest(file, older, increments, next, incrementSequence);
  }

  /** All increments but the last {@code kept} become history: the base holds what they say. */
  AofManifest rewritten(int kept) {
    int replaced = Math.max(0, increments.size() - kept);
    List<File> older = history;
    for (int i = replaced - 1; i >= 0; i--) older = prepended(increments.get(i).asHistory(), older);
    return new AofManifest(base, older, increments.subList(replaced, increments.size()), baseSequence,
        incrementSequence);
  }

  AofManifest withoutHistory() {
    return new AofManifest(base, List.of(), increments, baseSequence, incrementSequence);
  }

  private static List<File> plus(List<File> files, File last) {
    List<File> more = new ArrayList<>(files);
    more.add(last);
    return more;
  }

  private static List<File> prepended(File first, List<File> files) {
    List<File> more = new ArrayList<>(files.size() + 1);
    more.add(first);
    more.addAll(files);
    return more;
  }
}
