package org.understudy.sentinel.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** All that one sentinel knows, and the step that changes it. Used by one thread at a time. */
public final class SentinelState {
  private final Map<String, MonitoredPrimary> primaries = new LinkedHashMap<>();
  private final RandomGenerator random;
  private final Timing timing;
  private Settings settings;
  private long currentEpoch;

  /** @param saved what a former life left, or what a configuration file says */
  public SentinelState(Settings settings, Timing timing, SavedState saved, RandomGenerator random, long now) {
    this.settings = settings;
    this.timing = timing;
    this.random = random;
    currentEpoch = saved.currentEpoch();
  }

  /**
   * Takes in what happened.
   *
   * @param now monotonic milliseconds, never less than at the step before
   * @return what is to be done, in that order
   */
  public List<Effect> step(Event event, long now) {
    return new ArrayList<>();
  }

  /** When the next {@link Event.Tick} is due: at most 100 milliseconds after the last one. */
  public long nextTickMillis() {
    return 0;
  }

  /** What is worth keeping, as {@link Effect.Persist} carries it. */
  public SavedState saved() {
    return new SavedState(settings.myId(), currentEpoch, List.of());
  }

  public Settings settings() {
    return settings;
  }

  public Timing timing() {
    return timing;
  }

  public long currentEpoch() {
    return currentEpoch;
  }

  public boolean tilt() {
    return false;
  }

  /** For how long, in milliseconds; 0 if not in TILT. */
  public long tiltMillis(long now) {
    return 0;
  }

  public Collection<MonitoredPrimary> primaries() {
    return Collections.unmodifiableCollection(primaries.values());
  }

  /** The primary of that name, or null. */
  public MonitoredPrimary primary(String name) {
    return primaries.get(name);
  }

  /** SENTINEL CKQUORUM: sentinels of that primary that are not down, this one among them. */
  public int usableSentinels(MonitoredPrimary primary) {
    return 1 + (int) primary.sentinels().stream().filter(sentinel -> !sentinel.subjectivelyDown()).count();
  }
}
