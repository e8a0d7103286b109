package org.understudy.sentinel.state;

import java.util.List;
import java.util.Map;

/**
 * An explained failover: what happened, in which order, and why.
 *
 * @param epoch that it was tried in
 * @param forced by SENTINEL FAILOVER
 * @param startedAt Unix time in milliseconds
 * @param to null if none was chosen
 * @param outcome {@code switched} or the name of the event that ended it
 * @param votes whom each sentinel voted for in that epoch, by ids
 * @param stages how long each stage took, in their order
 * @param primaryOffset the last one known of the old primary, -1 if it never said
 * @param promotedOffset of the replica when it was chosen, or when it was handed over to; -1 if none was
 */
public record FailoverRecord(String primary, long epoch, boolean forced, long startedAt, Address from, Address to,
    String outcome, Map<String, String> votes, List<Candidate> candidates, List<StageTime> stages,
    long primaryOffset, long promotedOffset) {

  /**
   * @param name {@code ip:port}
   * @param rejection why it could not be chosen; null if it could
   */
  public record Candidate(String name, String runId, int priority, long offset, String rejection) {}

  /** How long a stage took. */
  public record StageTime(FailoverStage stage, long millis) {}

  /** Bytes that the old primary is known to have had beyond what the promoted replica had; -1 if that is not known. */
  public long bytesNotReplicated() {
    return primaryOffset < 0 || promotedOffset < 0 ? -1 : Math.max(0, primaryOffset - promotedOffset);
  }

  /** From the first vote to the switch. */
  public long totalMillis() {
    return stages.stream().mapToLong(StageTime::millis).sum();
  }

  /** The whole story in one line, for the log. */
  public String line() {
    StringBuilder line = new StringBuilder("Failover of ").append(primary).append(" in epoch ").append(epoch)
        .append(forced ? ", asked for by an operator" : "").append(", from ").append(place(from))
        .append(to == null ? "" : " to " + place(to)).append(": ").append(outcome).append(" after ")
        .append(totalMillis()).append(" ms; votes:");
    votes.forEach((voter, candidate) -> line.append(' ').append(voter).append("->").append(candidate));
    line.append("; candidates:");
    for (Candidate candidate : candidates) line.append(' ').append(described(candidate));
    line.append("; stages:");
    for (StageTime time : stages) line.append(' ').append(time.stage.word).append('=').append(time.millis).append("ms");
    if (bytesNotReplicated() >= 0) line.append("; not replicated: ").append(bytesNotReplicated()).append(" bytes");
    return line.toString();
  }

  private String described(Candidate candidate) {
    String fate = candidate.rejection != null ? candidate.rejection
        : to != null && candidate.name.equals(place(to)) ? "chosen" : "good";
    return candidate.name + " (priority " + candidate.priority + ", offset " + candidate.offset + ": " + fate + ")";
  }

  private static String place(Address address) {
    return address.withPort(false);
  }
}
