package org.understudy.sentinel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.QuotedArguments;
import org.understudy.persistence.FileSystem;
import org.understudy.sentinel.state.FailoverRecord;
import org.understudy.sentinel.state.SavedFailover;
import org.understudy.sentinel.state.SavedState;
import org.understudy.sentinel.state.SavedState.SavedPrimary;

/**
 * The records of the last failovers, a line each, in a file beside the one that holds the state: a real sentinel would
 * refuse a configuration with lines that it does not know. Nothing depends on it.
 */
final class FailoverFile {
  private static final Logger log = LoggerFactory.getLogger(Sentinel.class);

  private FailoverFile() {}

  /** @param state the file that holds the state */
  static Path beside(Path state) {
    return state.resolveSibling(state.getFileName() + ".failovers");
  }

  static List<FailoverRecord> records(SavedState state) {
    return state.primaries().stream().flatMap(primary -> primary.failovers().stream()).toList();
  }

  static List<String> lines(List<FailoverRecord> records) {
    return records.stream().map(FailoverFile::line).toList();
  }

  private static String line(FailoverRecord record) {
    return String.join(" ", SavedFailover.words(record).stream()
        .map(word -> Bytes.string(QuotedArguments.quote(Bytes.of(word)))).toList());
  }

  /** The state with the records of a file, as far as these can be read. Blocks on the disk. */
  static SavedState added(SavedState state, FileSystem files, Path file) {
    List<FailoverRecord> records = read(files, file);
    List<SavedPrimary> primaries = new ArrayList<>();
    for (SavedPrimary primary : state.primaries()) {
      List<FailoverRecord> own = records.stream().filter(record -> record.primary().equals(primary.name())).toList();
      primaries.add(new SavedPrimary(primary.name(), primary.address(), primary.settings(), primary.configEpoch(),
          primary.leaderEpoch(), primary.replicas(), primary.sentinels(), own));
    }
    return new SavedState(state.myId(), state.currentEpoch(), primaries);
  }

  private static List<FailoverRecord> read(FileSystem files, Path file) {
    List<FailoverRecord> records = new ArrayList<>();
    try {
      for (String line : SentinelFile.lines(files, file)) {
        byte[][] words = QuotedArguments.split(Bytes.of(line));
        if (words == null) throw new IllegalArgumentException("Unbalanced quotes in a saved failover");
        if (words.length > 0) records.add(SavedFailover.parse(SentinelConfig.strings(words)));
      }
    } catch (IOException | IllegalArgumentException wrong) {
      log.warn("Cannot read all of the failovers in {}: {}", file, wrong.getMessage());
    }
    return records;
  }
}
