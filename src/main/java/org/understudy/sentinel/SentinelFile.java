package org.understudy.sentinel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.understudy.bytes.Bytes;
import org.understudy.config.Config;
import org.understudy.config.ConfigRewriter;
import org.understudy.persistence.FileSystem;
import org.understudy.sentinel.HistoryFile.History;
import org.understudy.sentinel.state.SavedState;
import org.understudy.sentinel.state.SavedState.SavedPrimary;

/**
 * Where a sentinel keeps what must survive it: in its configuration file, rewritten with comments and order kept, or
 * in a state file of its own while the configuration file is left alone. A crash leaves the old file or the new one.
 */
final class SentinelFile {
  private static final int READ_BYTES = 8192;

  private final FileSystem files;
  private final Config config;
  /** Primaries that the configuration file names, if there is a state file. */
  private final Set<String> configured;
  private long written = -1;
  /** As it is on disk; null if that is not known. */
  private History history;
  /** Votes about primaries that no configuration has any more. */
  private final Map<String, Long> gone = new HashMap<>();

  /** @param configured what the sentinel starts from */
  SentinelFile(FileSystem files, Config config, SentinelConfig configured) {
    this.files = files;
    this.config = config;
    this.configured = configured.configured();
    gone.putAll(configured.history().voted());
    for (SavedPrimary primary : configured.state().primaries()) gone.remove(primary.name());
  }

  /**
   * Writes it durably, unless something younger is there. Blocks on the disk.
   *
   * @param version greater for what is younger; 0 for what is written before the sentinel runs
   * @param users lines about users, or null to leave them alone
   */
  synchronized void write(long version, SentinelOptions options, SavedState state, List<String> users)
      throws IOException {
    if (version <= written) return;
    write(options, state, users);
    written = version;
  }

  private void write(SentinelOptions options, SavedState state, List<String> users) throws IOException {
    Path place = options.stateFile() == null ? config.file() : options.stateFile();
    History now = HistoryFile.of(state, gone);
    if (!now.equals(history)) {
      history = null;
      replace(HistoryFile.beside(place), HistoryFile.lines(now));
      history = now;
    }
    if (options.stateFile() != null) {
      replace(place, SentinelLines.learned(options, state, configured));
    } else {
      List<String> old = lines(files, place);
      replace(place, ConfigRewriter.rewriteSentinel(old, config, users, SentinelLines.of(options, state),
          SentinelLines.OWNED));
    }
  }

  /** What line ends part in a file: behind the last one is an empty line. Nothing if there is no such file. */
  static List<String> lines(FileSystem files, Path file) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (FileSystem.Input input = files.open(file)) {
      byte[] buffer = new byte[READ_BYTES];
      for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) all.write(buffer, 0, count);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    String text = Bytes.string(all.toByteArray());
    return text.isEmpty() ? List.of() : Arrays.asList(text.split("\n", -1));
  }

  private void replace(Path file, List<String> lines) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String line : lines) text.append(line).append('\n');
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    try {
      try (FileSystem.Output output = files.create(temporary)) {
        files.copyPermissions(file, temporary);
        output.write(ByteBuffer.wrap(Bytes.of(text.toString())));
        output.sync();
      }
      files.rename(temporary, file);
    } finally {
      files.delete(temporary);
    }
    files.syncFolder(file.toAbsolutePath().getParent());
  }
}
