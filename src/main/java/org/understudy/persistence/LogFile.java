package org.understudy.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Crc64;
import org.understudy.config.FileNames;
import org.understudy.replication.LogExcerpt;

/**
 * Keeps the newest bytes of the replication log from one run of the server to the next. The file:
 *
 * <pre>
 * understudy-replication-log 1 ID FIRST\n   the history, and the offset before the bytes
 * the bytes
 * 8 bytes                                   CRC-64 of everything before, as in RDB files
 * </pre>
 */
public final class LogFile {
  private static final Logger log = LoggerFactory.getLogger(LogFile.class);
  private static final String MAGIC = "understudy-replication-log";
  private static final String VERSION = "1";
  private static final int WORDS = 4;

  private LogFile() {}

  /** Writes the file at once, under another name first. A failure is logged. */
  public static void save(FileSystem files, Path path, LogExcerpt excerpt, long processId) {
    byte[] head = Bytes.of(String.join(" ", MAGIC, VERSION, excerpt.id(), Long.toString(excerpt.first())) + "\n");
    long checksum = Crc64.update(Crc64.of(head), excerpt.bytes(), 0, excerpt.bytes().length);
    Path temporary = path.resolveSibling("temp-" + processId + "-" + path.getFileName());
    try {
      try (FileSystem.Output output = files.create(temporary)) {
        output.write(ByteBuffer.wrap(head));
        output.write(ByteBuffer.wrap(excerpt.bytes()));
        output.write(ByteBuffer.allocate(Long.BYTES).putLong(0, checksum));
        output.sync();
      }
      files.rename(temporary, path);
      files.syncFolder(path.getParent());
    } catch (IOException e) {
      log.warn("Cannot save the replication log: {}. Replicas that lag may need a full resync after the restart.",
          FileNames.reason(e));
      discard(files, temporary);
    }
  }

  private static void discard(FileSystem files, Path temporary) {
    try {
      files.delete(temporary);
    } catch (IOException e) {
      log.debug("Cannot delete {}: {}", temporary, FileNames.reason(e));
    }
  }

  /** Reads the file; null if there is none, or none that can be used, which is logged. */
  public static LogExcerpt read(FileSystem files, Path path) {
    try (FileSystem.Input input = files.open(path)) {
      byte[] content = new byte[Math.toIntExact(input.size())];
      int read = 0;
      while (read < content.length) {
        byte[] piece = new byte[content.length - read];
        int length = input.read(piece);
        if (length < 0) return unusable("it is shorter than it was");
        System.arraycopy(piece, 0, content, read, length);
        read += length;
      }
      return parse(content);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      return unusable(FileNames.reason(e));
    } catch (ArithmeticException e) {
      return unusable("it is too long");
    }
  }

  private static LogExcerpt parse(byte[] content) {
    int lineEnd = 0;
    while (lineEnd < content.length && content[lineEnd] != '\n') lineEnd++;
    String[] words = Bytes.string(Arrays.copyOf(content, lineEnd)).split(" ");
    int bytesEnd = content.length - Long.BYTES;
    boolean known = words.length == WORDS && words[0].equals(MAGIC) && lineEnd < bytesEnd;
    if (!known) return unusable("it is of another kind");
    if (!words[1].equals(VERSION)) return unusable("it is of version " + words[1]);
    if (Crc64.update(0, content, 0, bytesEnd) != ByteBuffer.wrap(content).getLong(bytesEnd)) {
      return unusable("its checksum is wrong");
    }
    byte[] bytes = Arrays.copyOfRange(content, lineEnd + 1, bytesEnd);
    return new LogExcerpt(words[2], Long.parseLong(words[3]), bytes);
  }

  private static LogExcerpt unusable(String reason) {
    log.warn("The file of the replication log is ignored: {}", reason);
    return null;
  }
}
