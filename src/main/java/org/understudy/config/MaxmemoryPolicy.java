package org.understudy.config;

/** What goes when memory is full (directive {@code maxmemory-policy}). */
public enum MaxmemoryPolicy {
  VOLATILE_LRU, VOLATILE_LFU, VOLATILE_RANDOM, VOLATILE_TTL, ALLKEYS_LRU, ALLKEYS_LFU, ALLKEYS_RANDOM, NOEVICTION;

  private static final MaxmemoryPolicy[] ALL = values();

  static MaxmemoryPolicy of(long number) {
    return ALL[(int) number];
  }

  /** Whether the keys' last access counts as a frequency (OBJECT FREQ) and not as a time (OBJECT IDLETIME). */
  public boolean lfu() {
    return this == VOLATILE_LFU || this == ALLKEYS_LFU;
  }

  public boolean lru() {
    return this == VOLATILE_LRU || this == ALLKEYS_LRU;
  }

  /** Whether only keys with a time to live may go. */
  public boolean volatileOnly() {
    return this == VOLATILE_LRU || this == VOLATILE_LFU || this == VOLATILE_RANDOM || this == VOLATILE_TTL;
  }

  /** The name in the configuration and in INFO. */
  public String text() {
    return Directive.MAXMEMORY_POLICY.type().text((long) ordinal());
  }
}
