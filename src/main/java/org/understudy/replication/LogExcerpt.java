package org.understudy.replication;

/**
 * The newest bytes of a replication log, apart from it.
 *
 * @param id of the history that they are of
 * @param first offset before them
 */
public record LogExcerpt(String id, long first, byte[] bytes) {
  /** Whether it says what led to a place of a history, which may be before its end. */
  public boolean leadsTo(String history, long offset) {
    return id.equals(history) && offset >= first && offset <= first + bytes.length;
  }
}
