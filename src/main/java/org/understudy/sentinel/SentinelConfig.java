package org.understudy.sentinel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.QuotedArguments;
import org.understudy.config.ConfigFileError;
import org.understudy.config.FileNames;
import org.understudy.config.SentinelLine;
import org.understudy.persistence.FileSystem;
import org.understudy.sentinel.HistoryFile.History;
import org.understudy.sentinel.state.SavedState;
import org.understudy.sentinel.state.SavedState.SavedPrimary;

/**
 * What a sentinel starts from: what an administrator wrote and what it added itself, in the same file or in a state
 * file of its own.
 *
 * @param state its id is null as long as there is none
 * @param configured names of the primaries that the configuration file has
 * @param history what is known besides of the time before
 */
public record SentinelConfig(SentinelOptions options, SavedState state, Set<String> configured, History history) {
  /**
   * Reads the lines of the configuration file, and the state file if they name one. What is configured for a primary of
   * the configuration file comes from there; what was learned of it, its present address too, from the state file.
   * Blocks.
   *
   * @param configFile the configuration file; null if there is none
   * @param executable whether a script is there and may be run
   * @param folder that relative names of files start from
   * @throws ConfigFileError the sentinel must not start
   */
  public static SentinelConfig read(List<SentinelLine> lines, Path configFile, NameResolver names, FileSystem files,
      Predicate<Path> executable, Path folder) {
    SentinelConfig file = SentinelDirectives.read(lines, names, executable, folder);
    Path stateFile = file.options.stateFile();
    SentinelConfig all = stateFile == null ? file
        : file.with(SentinelDirectives.read(stateLines(stateFile, files), names, executable, folder).state);
    Path place = stateFile == null ? configFile : stateFile;
    if (place == null) return all;
    History history = HistoryFile.read(files, HistoryFile.beside(place));
    return new SentinelConfig(all.options, HistoryFile.added(all.state, history, place), all.configured, history);
  }

  /** The configuration file with what was learned. */
  private SentinelConfig with(SavedState learned) {
    List<SavedPrimary> primaries = new ArrayList<>();
    for (SavedPrimary primary : state.primaries()) primaries.add(merged(primary, learned));
    for (SavedPrimary primary : learned.primaries()) {
      if (!configured.contains(primary.name())) primaries.add(primary);
    }
    String id = learned.myId() == null ? state.myId() : learned.myId();
    long epoch = Math.max(state.currentEpoch(), learned.currentEpoch());
    return new SentinelConfig(options, new SavedState(id, epoch, primaries), configured, History.NONE);
  }

  static SentinelConfig of(SentinelOptions options, SavedState state) {
    return new SentinelConfig(options, state,
        state.primaries().stream().map(SavedPrimary::name).collect(Collectors.toSet()), History.NONE);
  }

  private static SavedPrimary merged(SavedPrimary configured, SavedState learned) {
    for (SavedPrimary known : learned.primaries()) {
      if (!known.name().equals(configured.name())) continue;
      return new SavedPrimary(known.name(), known.address(), configured.settings(), known.configEpoch(),
          known.leaderEpoch(), known.replicas(), known.sentinels(), known.failovers());
    }
    return configured;
  }

  private static List<SentinelLine> stateLines(Path file, FileSystem files) {
    List<String> texts;
    try {
      texts = SentinelFile.lines(files, file);
    } catch (IOException e) {
      throw ConfigFileError.general("Can't read the state file: " + FileNames.reason(e));
    }
    List<SentinelLine> lines = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      byte[][] words = QuotedArguments.split(Bytes.of(texts.get(i)));
      SentinelLine line = new SentinelLine(words == null ? List.of() : strings(words), i + 1, texts.get(i));
      if (texts.get(i).isBlank() || texts.get(i).startsWith("#")) continue;
      if (line.words().size() < 2 || !line.words().get(0).equals("sentinel")) {
        throw line.wrong("No line of a sentinel's state");
      }
      lines.add(new SentinelLine(line.words().subList(1, line.words().size()), i + 1, texts.get(i)));
    }
    return lines;
  }

  static List<String> strings(byte[][] words) {
    List<String> strings = new ArrayList<>();
    for (byte[] word : words) strings.add(Bytes.string(word));
    return strings;
  }

  /** Where what is learned is kept instead of in the configuration file, or null. */
  public Path stateFile() {
    return options.stateFile();
  }

  SentinelConfig withId(String myId) {
    return new SentinelConfig(options, new SavedState(myId, state.currentEpoch(), state.primaries()), configured,
        history);
  }
}
