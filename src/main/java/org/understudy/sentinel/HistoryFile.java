package org.understudy.sentinel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Numbers;
import org.understudy.bytes.QuotedArguments;
import org.understudy.persistence.FileSystem;
import org.understudy.sentinel.state.FailoverRecord;
import org.understudy.sentinel.state.SavedFailover;
import org.understudy.sentinel.state.SavedState;
import org.understudy.sentinel.state.SavedState.SavedPrimary;

/**
 * What was, in a file beside the one that holds the state: a real sentinel would refuse a configuration with lines that
 * it does not know. Its lines are
 *
 * <pre>
 * epoch N                     the highest that this sentinel was in
 * voted NAME N                no vote is given in epochs up to that one any more
 * failover WORD …             see {@link SavedFailover}
 * </pre>
 *
 * The first two are in the other file, too. It may have been cut off since, or replaced by an older one, as
 * administrators and full disks do: a vote stays given even so.
 */
final class HistoryFile {
  private static final Logger log = LoggerFactory.getLogger(Sentinel.class);

  private static final String EPOCH = "epoch";
  private static final String VOTED = "voted";
  private static final String FAILOVER = "failover";

  /** @param voted by the names of primaries, monitored or not */
  record History(long epoch, Map<String, Long> voted, List<FailoverRecord> failovers) {
    static final History NONE = new History(0, Map.of(), List.of());
  }

  private HistoryFile() {}

  /** @param state the file that holds the state */
  static Path beside(Path state) {
    return state.resolveSibling(state.getFileName() + ".history");
  }

  /**
   * The history after that state.
   *
   * @param gone primaries that are in no configuration any more, but may come back with it
   */
  static History of(SavedState state, Map<String, Long> gone) {
    Map<String, Long> voted = new LinkedHashMap<>(gone);
    for (SavedPrimary primary : state.primaries()) {
      voted.put(primary.name(), Math.max(primary.leaderEpoch(), primary.configEpoch()));
    }
    return new History(state.currentEpoch(), voted,
        state.primaries().stream().flatMap(primary -> primary.failovers().stream()).toList());
  }

  static List<String> lines(History history) {
    List<String> lines = new ArrayList<>(List.of(EPOCH + " " + history.epoch));
    history.voted.forEach((name, epoch) -> lines.add(line(List.of(VOTED, name, epoch.toString()))));
    for (FailoverRecord record : history.failovers) {
      List<String> words = new ArrayList<>(List.of(FAILOVER));
      words.addAll(SavedFailover.words(record));
      lines.add(line(words));
    }
    return lines;
  }

  private static String line(List<String> words) {
    return words.get(0) + " " + String.join(" ", words.subList(1, words.size()).stream()
        .map(word -> Bytes.string(QuotedArguments.quote(Bytes.of(word)))).toList());
  }

  /** What the file says, as far as it can be read. Blocks on the disk. */
  static History read(FileSystem files, Path file) {
    long epoch = 0;
    Map<String, Long> voted = new LinkedHashMap<>();
    List<FailoverRecord> failovers = new ArrayList<>();
    try {
      List<String> lines = SentinelFile.lines(files, file);
      for (int i = 0; i + 1 < lines.size(); i++) { // what no line end follows is no whole line
        byte[][] split = QuotedArguments.split(Bytes.of(lines.get(i)));
        if (split == null || split.length == 0) throw new IllegalArgumentException("Line " + (i + 1) + " is damaged");
        List<String> words = SentinelConfig.strings(split);
        switch (words.get(0) + " " + words.size()) {
          case EPOCH + " 2" -> epoch = number(words.get(1));
          case VOTED + " 3" -> voted.put(words.get(1), number(words.get(2)));
          default -> {
            if (!words.get(0).equals(FAILOVER)) throw new IllegalArgumentException("Line " + (i + 1) + " is unknown");
            failovers.add(SavedFailover.parse(words.subList(1, words.size())));
          }
        }
      }
    } catch (IOException | IllegalArgumentException wrong) {
      log.warn("Cannot read all of {}: {}", file, wrong.getMessage());
    }
    return new History(epoch, voted, failovers);
  }

  private static long number(String text) {
    byte[] digits = Bytes.of(text);
    if (!Numbers.isLong(digits)) throw new IllegalArgumentException("'" + text + "' is no epoch");
    return Numbers.parseLong(digits);
  }

  /**
   * The state with what its file lost, and with the records of failovers.
   *
   * @param file of the state, for the log
   */
  static SavedState added(SavedState state, History history, Path file) {
    List<SavedPrimary> primaries = new ArrayList<>();
    for (SavedPrimary primary : state.primaries()) {
      List<FailoverRecord> own =
          history.failovers.stream().filter(record -> record.primary().equals(primary.name())).toList();
      long voted = Math.max(primary.leaderEpoch(), primary.configEpoch());
      long known = history.voted.getOrDefault(primary.name(), 0L);
      if (known > voted) {
        log.warn("{} knows of no vote about '{}' after epoch {}, but epoch {} was voted in: the file was cut off or"
            + " replaced by an older one. No vote is given in an epoch up to that one.", file, primary.name(), voted,
            known);
      }
      primaries.add(new SavedPrimary(primary.name(), primary.address(), primary.settings(), primary.configEpoch(),
          Math.max(primary.leaderEpoch(), known > voted ? known : 0), primary.replicas(), primary.sentinels(), own));
    }
    return new SavedState(state.myId(), Math.max(state.currentEpoch(), history.epoch), primaries);
  }
}
