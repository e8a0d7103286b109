package org.understudy.persistence;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A file system in memory that remembers what was done, can fail at any step, and knows what a machine that stops there
 * would find again: names and contents as they were last made safe, or as they were last seen.
 */
public final class MemoryFileSystem implements FileSystem {
  /** Why a step failed that was told to. */
  public static final String NO_SPACE = "No space left on device";

  private static final class Content {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private byte[] safe = {};
  }

  /** What was done, in order: {@code write temp-1-1.rdb}. */
  public final List<String> steps = new ArrayList<>();
  /** Index of the step that fails, -1 for none. */
  public int failingStep = -1;
  private Map<Path, Content> names = new HashMap<>();
  private Map<Path, Content> safeNames = new HashMap<>();

  /** A file that has always been there. */
  public void put(Path file, byte[] bytes) {
    Content content = new Content();
    content.written.writeBytes(bytes);
    content.safe = bytes;
    names.put(file, content);
    safeNames.put(file, content);
  }

  /** What is in a file; null if there is none. */
  public byte[] get(Path file) {
    Content content = names.get(file);
    return content == null ? null : content.written.toByteArray();
  }

  /** Names of all files. */
  public List<String> list() {
    return names.keySet().stream().map(file -> file.getFileName().toString()).sorted().toList();
  }

  /** What a file may hold after the machine has stopped: each of them, null where it may be absent. */
  public List<byte[]> afterCrash(Path file) {
    List<byte[]> possible = new ArrayList<>();
    for (Content content : new Content[] {names.get(file), safeNames.get(file)}) {
      possible.add(content == null ? null : content.safe);
      possible.add(content == null ? null : content.written.toByteArray());
    }
    return possible;
  }

  private void step(String what) throws IOException {
    int index = steps.size();
    steps.add(what);
    if (index == failingStep) throw new IOException(NO_SPACE);
  }

  @Override
  public Output create(Path file) throws IOException {
    step("create " + file.getFileName());
    Content content = new Content();
    names.put(file, content);
    return new Output() {
      @Override
      public void write(ByteBuffer bytes) throws IOException {
        byte[] piece = new byte[bytes.remaining()];
        bytes.get(piece);
        content.written.write(piece, 0, piece.length / 2); // what a write that fails leaves behind
        step("write " + file.getFileName());
        content.written.write(piece, piece.length / 2, piece.length - piece.length / 2);
      }

      @Override
      public void sync() throws IOException {
        step("sync " + file.getFileName());
        content.safe = content.written.toByteArray();
      }

      @Override
      public void close() throws IOException {
        step("close " + file.getFileName());
      }
    };
  }

  @Override
  public Input open(Path file) throws IOException {
    step("open " + file.getFileName());
    Content content = names.get(file);
    if (content == null) throw new NoSuchFileException(file.toString());
    return new Input() {
      private long at;

      @Override
      public long size() {
        return content.written.size();
      }

      @Override
      public int read(byte[] into) throws IOException {
        int length = read(at, into);
        at += Math.max(0, length);
        return length;
      }

      @Override
      public int read(long position, byte[] into) throws IOException {
        step("read " + file.getFileName());
        byte[] bytes = content.written.toByteArray();
        if (position >= bytes.length) return -1;
        int length = (int) Math.min(into.length, bytes.length - position);
        System.arraycopy(bytes, (int) position, into, 0, length);
        return length;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    step("rename " + from.getFileName() + " " + to.getFileName());
    names.put(to, names.remove(from));
  }

  @Override
  public void delete(Path file) throws IOException {
    step("delete " + file.getFileName());
    names.remove(file);
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    step("sync folder");
    safeNames = new HashMap<>(names);
  }
}
