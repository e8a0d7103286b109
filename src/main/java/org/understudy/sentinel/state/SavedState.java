package org.understudy.sentinel.state;

import java.util.List;

/** What survives a restart. */
public record SavedState(String myId, long currentEpoch, List<SavedPrimary> primaries) {
  /**
   * @param address of the primary, or of the promoted replica from the moment on at which it is told to others
   * @param leaderEpoch of the last vote given; there is no other vote in an epoch up to it
   * @param failovers the last ones, oldest first
   */
  public record SavedPrimary(String name, Address address, PrimarySettings settings, long configEpoch,
      long leaderEpoch, List<Address> replicas, List<SavedSentinel> sentinels, List<FailoverRecord> failovers) {

    /** A primary that is monitored for the first time. */
    public static SavedPrimary fresh(String name, Address address, PrimarySettings settings) {
      return new SavedPrimary(name, address, settings, 0, 0, List.of(), List.of(), List.of());
    }
  }

  /** Another sentinel of the same primary. @param id its run id, or null in an old file */
  public record SavedSentinel(Address address, String id) {}
}
