package org.understudy.sentinel.state;

/**
 * Which changes are on disk. A vote counts only once it is: else a sentinel that crashes could vote twice in an epoch.
 * Changes of one step are written together.
 */
final class Durability {
  /** After a failure it is tried again so much later. */
  private static final long RETRY_MILLIS = 1_000;

  private long version;
  private long durableVersion;
  private boolean changed;
  private boolean failing;
  private long retryAt = Long.MAX_VALUE;

  /** Something worth keeping changed. @return the version that will hold it */
  long change() {
    changed = true;
    return version + 1;
  }

  boolean isDurable(long aVersion) {
    return aVersion <= durableVersion;
  }

  /** Whether the last write failed. */
  boolean isFailing() {
    return failing;
  }

  /** At the end of a step. @return the version to write now, or 0 if nothing changed */
  long toWrite() {
    if (!changed) return 0;
    changed = false;
    return ++version;
  }

  void written(long writtenVersion) {
    durableVersion = Math.max(durableVersion, writtenVersion);
    failing = false;
    if (writtenVersion == version) retryAt = Long.MAX_VALUE;
  }

  void failed(long now) {
    failing = true;
    retryAt = now + RETRY_MILLIS;
  }

  void retryIfDue(long now) {
    if (now < retryAt) return;
    retryAt = Long.MAX_VALUE;
    changed = true;
  }
}
