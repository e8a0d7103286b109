package org.understudy.sentinel.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.understudy.sentinel.state.FailoverRecord.Candidate;
import org.understudy.sentinel.state.FailoverRecord.StageTime;

/**
 * A {@link FailoverRecord} as words for a line of a file:
 * {@code primary epoch forced started-at from to outcome primary-offset promoted-offset votes candidates stages}. Lists
 * have their elements joined with {@code ;} and their parts with {@code ,}; what is missing is a {@code -}.
 */
public final class SavedFailover {
  private static final String NONE = "-";
  private static final int WORDS = 12;

  private SavedFailover() {}

  /** Words that may hold blanks, so the file has to quote them. */
  public static List<String> words(FailoverRecord record) {
    return List.of(record.primary(), String.valueOf(record.epoch()), record.forced() ? "yes" : "no",
        String.valueOf(record.startedAt()), place(record.from()), place(record.to()), record.outcome(),
        String.valueOf(record.primaryOffset()), String.valueOf(record.promotedOffset()),
        joined(record.votes().entrySet().stream().map(vote -> vote.getKey() + "," + vote.getValue()).toList()),
        joined(record.candidates().stream().map(SavedFailover::text).toList()),
        joined(record.stages().stream().map(time -> time.stage().word + "," + time.millis()).toList()));
  }

  /** @throws IllegalArgumentException naming what is wrong with the words */
  public static FailoverRecord parse(List<String> words) {
    if (words.size() != WORDS) throw new IllegalArgumentException("Wrong number of words in a saved failover");
    Map<String, String> votes = new LinkedHashMap<>();
    for (List<String> vote : split(words.get(9), 2)) votes.put(vote.get(0), vote.get(1));
    List<Candidate> candidates = new ArrayList<>();
    for (List<String> parts : split(words.get(10), 5)) {
      candidates.add(new Candidate(parts.get(0), parts.get(1), Integer.parseInt(parts.get(2)),
          Long.parseLong(parts.get(3)), parts.get(4).equals(NONE) ? null : parts.get(4)));
    }
    List<StageTime> stages = new ArrayList<>();
    for (List<String> parts : split(words.get(11), 2)) {
      stages.add(new StageTime(stage(parts.get(0)), Long.parseLong(parts.get(1))));
    }
    return new FailoverRecord(words.get(0), Long.parseLong(words.get(1)), words.get(2).equals("yes"),
        Long.parseLong(words.get(3)), address(words.get(4)), address(words.get(5)), words.get(6), votes, candidates,
        stages, Long.parseLong(words.get(7)), Long.parseLong(words.get(8)));
  }

  private static String text(Candidate candidate) {
    return String.join(",", candidate.name(), candidate.runId(), String.valueOf(candidate.priority()),
        String.valueOf(candidate.offset()), candidate.rejection() == null ? NONE : candidate.rejection());
  }

  private static String joined(List<String> elements) {
    return elements.isEmpty() ? NONE : String.join(";", elements);
  }

  private static List<List<String>> split(String joined, int parts) {
    if (joined.equals(NONE)) return List.of();
    List<List<String>> elements = new ArrayList<>();
    for (String element : joined.split(";")) {
      List<String> fields = Arrays.asList(element.split(",", -1));
      if (fields.size() != parts) throw new IllegalArgumentException("Bad list in a saved failover: " + joined);
      elements.add(fields);
    }
    return elements;
  }

  private static FailoverStage stage(String word) {
    return Arrays.stream(FailoverStage.values()).filter(stage -> stage.word.equals(word)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("Unknown stage in a saved failover: " + word));
  }

  private static String place(Address address) {
    return address == null ? NONE : address.host() + "," + (address.ip() == null ? NONE : address.ip()) + ","
        + address.port();
  }

  private static Address address(String place) {
    if (place.equals(NONE)) return null;
    List<String> parts = split(place, 3).get(0);
    return new Address(parts.get(0), parts.get(1).equals(NONE) ? null : parts.get(1), Integer.parseInt(parts.get(2)));
  }
}
