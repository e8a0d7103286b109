package org.understudy.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.understudy.bytes.Bytes;

/**
 * A file system in memory that remembers what was done, can fail at any step, and knows what a machine that stops there
 * would find again: what was made safe, and of everything since, in each file and in each folder, the first so many
 * changes, of which the last may be torn.
 */
public final class MemoryFileSystem implements FileSystem {
  /** Why a step failed that was told to. */
  public static final String NO_SPACE = "No space left on device";

  private static final class Content {
    private byte[] written = {};
    private byte[] safe = {};
    /** What was in it after each change since it was made safe. */
    private final List<byte[]> since = new ArrayList<>();

    private void become(byte[] bytes) {
      written = bytes;
      since.add(bytes);
    }

    private void sync() {
      safe = written;
      since.clear();
    }

    private Content after(byte[] bytes) {
      Content copy = new Content();
      copy.written = bytes;
      copy.safe = bytes;
      return copy;
    }

    /** One of the states that a crash may leave. */
    private Content crashed(RandomGenerator random) {
      int kept = random.nextInt(since.size() + 1);
      byte[] before = kept == 0 ? safe : since.get(kept - 1);
      if (kept == since.size()) return after(before);
      byte[] torn = since.get(kept);
      boolean grows = torn.length > before.length;
      return after(grows ? Arrays.copyOf(torn, before.length + random.nextInt(torn.length - before.length)) : before);
    }
  }

  /** What was done, in order: {@code write temp-1-1.rdb}. */
  public final List<String> steps = new ArrayList<>();
  /** Index of the step that fails, -1 for none; and whether all after it fail too. */
  public int failingStep = -1;
  public boolean failingOn;
  /** Which other steps fail. */
  public Predicate<String> failing = step -> false;
  /** Runs before each step: a machine may stop here. */
  public Runnable beforeStep = () -> { };
  private final Set<Object> open = new HashSet<>();
  private final Map<Path, Content> names = new HashMap<>();
  private final Set<Path> folders = new HashSet<>();
  private final Map<Path, Map<Path, Content>> safeNames = new HashMap<>();
  /** Where files came from that were renamed into another folder: they are found there or here, but not nowhere. */
  private final Map<Content, Path> moved = new HashMap<>();
  /** By folder: the names in it after each change since they were made safe. */
  private final Map<Path, List<Map<Path, Content>>> namesSince = new HashMap<>();

  /** A file that has always been there. */
  public void put(Path file, byte[] bytes) {
    Content content = new Content().after(bytes);
    names.put(file, content);
    folders.add(file.getParent());
    safeNames.computeIfAbsent(file.getParent(), any -> new HashMap<>()).put(file, content);
  }

  /** What is in a file; null if there is none. */
  public byte[] get(Path file) {
    Content content = names.get(file);
    return content == null ? null : content.written;
  }

  /** How many files are open, each as often as it was opened. */
  public int openFiles() {
    return open.size();
  }

  /** Names of all files. */
  public List<String> list() {
    return names.keySet().stream().map(file -> file.getFileName().toString()).sorted().toList();
  }

  /** What a file may hold after the machine has stopped: each of them, null where it may be absent. */
  public List<byte[]> afterCrash(Path file) {
    List<byte[]> possible = new ArrayList<>();
    Content safe = safeNames.getOrDefault(file.getParent(), Map.of()).get(file);
    for (Content content : new Content[] {names.get(file), safe}) {
      possible.add(content == null ? null : content.safe);
      possible.add(content == null ? null : content.written);
    }
    return possible;
  }

  /** What a machine finds that stops now: one of the possibilities. */
  public MemoryFileSystem crashed(RandomGenerator random) {
    MemoryFileSystem found = new MemoryFileSystem();
    Map<Content, Content> contents = new HashMap<>();
    Set<Path> all = new HashSet<>(safeNames.keySet());
    all.addAll(namesSince.keySet());
    for (Path folder : all) {
      List<Map<Path, Content>> since = namesSince.getOrDefault(folder, List.of());
      int kept = random.nextInt(since.size() + 1);
      Map<Path, Content> there = kept == 0 ? safeNames.getOrDefault(folder, Map.of()) : since.get(kept - 1);
      there.forEach((file, content) ->
          found.putCrashed(file, contents.computeIfAbsent(content, known -> known.crashed(random))));
    }
    moved.forEach((content, from) -> {
      if (names.containsValue(content) && !contents.containsKey(content)) {
        found.putCrashed(from, content.crashed(random));
      }
    });
    return found;
  }

  private void putCrashed(Path file, Content content) {
    put(file, content.written);
  }

  private void step(String what) throws IOException {
    beforeStep.run();
    int index = steps.size();
    steps.add(what);
    boolean fails = index == failingStep || failingOn && failingStep >= 0 && index > failingStep;
    if (fails || failing.test(what)) throw new IOException(NO_SPACE);
  }

  private void namesChanged(Path folder) {
    Map<Path, Content> now = new HashMap<>();
    names.forEach((file, content) -> {
      if (file.getParent().equals(folder)) now.put(file, content);
    });
    namesSince.computeIfAbsent(folder, any -> new ArrayList<>()).add(now);
  }

  @Override
  public Output create(Path file) throws IOException {
    step("create " + file.getFileName());
    Content content = names.get(file);
    if (content == null) {
      content = new Content();
      names.put(file, content);
      namesChanged(file.getParent());
    } else {
      content.become(Bytes.EMPTY);
    }
    return new MemoryOutput(file, content);
  }

  @Override
  public Output append(Path file) throws IOException {
    step("append " + file.getFileName());
    if (!names.containsKey(file)) {
      names.put(file, new Content());
      namesChanged(file.getParent());
    }
    return new MemoryOutput(file, names.get(file));
  }

  private final class MemoryOutput implements Output {
    private final Path file;
    private final Content content;

    private MemoryOutput(Path file, Content content) {
      this.file = file;
      this.content = content;
      open.add(this);
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      byte[] piece = new byte[bytes.remaining()];
      bytes.get(piece);
      byte[] before = content.written;
      content.become(Bytes.concat(before, Arrays.copyOf(piece, piece.length / 2))); // what a failure leaves behind
      step("write " + file.getFileName());
      content.become(Bytes.concat(before, piece));
    }

    @Override
    public long size() {
      return content.written.length;
    }

    @Override
    public void truncate(long sizeBytes) throws IOException {
      step("truncate " + file.getFileName());
      content.become(Arrays.copyOf(content.written, (int) sizeBytes));
    }

    @Override
    public void sync() throws IOException {
      step("sync " + file.getFileName());
      content.sync();
    }

    @Override
    public void close() throws IOException {
      open.remove(this);
      step("close " + file.getFileName());
    }
  }

  @Override
  public Input open(Path file) throws IOException {
    step("open " + file.getFileName());
    Content content = names.get(file);
    if (content == null) throw new NoSuchFileException(file.toString());
    Input input = new Input() {
      private long at;

      @Override
      public long size() {
        return content.written.length;
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
        byte[] bytes = content.written;
        if (position >= bytes.length) return -1;
        int length = (int) Math.min(into.length, bytes.length - position);
        System.arraycopy(bytes, (int) position, into, 0, length);
        return length;
      }

      @Override
      public void close() {
        open.remove(this);
      }
    };
    open.add(input);
    return input;
  }

  @Override
  public boolean exists(Path path) {
    return names.containsKey(path) || folders.contains(path);
  }

  @Override
  public long size(Path file) throws IOException {
    Content content = names.get(file);
    if (content == null) throw new NoSuchFileException(file.toString());
    return content.written.length;
  }

  @Override
  public void createFolder(Path folder) throws IOException {
    step("folder " + folder.getFileName());
    folders.add(folder);
  }

  @Override
  public void truncate(Path file, long sizeBytes) throws IOException {
    step("truncate " + file.getFileName());
    Content content = names.get(file);
    if (content == null) throw new NoSuchFileException(file.toString());
    content.become(Arrays.copyOf(content.written, (int) sizeBytes));
    content.sync();
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    step("rename " + from.getFileName() + " " + to.getFileName());
    if (!names.containsKey(from)) throw new NoSuchFileException(from.toString());
    names.put(to, names.remove(from));
    namesChanged(from.getParent());
    if (to.getParent().equals(from.getParent())) return;
    namesChanged(to.getParent());
    moved.put(names.get(to), from);
  }

  @Override
  public void delete(Path file) throws IOException {
    step("delete " + file.getFileName());
    if (names.remove(file) != null) namesChanged(file.getParent());
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    step("sync folder");
    List<Map<Path, Content>> since = namesSince.remove(folder);
    if (since != null) safeNames.put(folder, since.get(since.size() - 1));
  }
}
