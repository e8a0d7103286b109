package org.understudy.sentinel.state;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The periods that SENTINEL DEBUG shows and sets, in its order. */
public final class Timing {
  /** A period, with the milliseconds of Redis 7.0.15. */
  public enum Period {
    INFO_PERIOD(10_000),
    PING_PERIOD(1_000),
    ASK_PERIOD(1_000),
    PUBLISH_PERIOD(2_000),
    DEFAULT_DOWN_AFTER(30_000),
    DEFAULT_FAILOVER_TIMEOUT(180_000),
    TILT_TRIGGER(2_000),
    TILT_PERIOD(30_000),
    SLAVE_RECONF_TIMEOUT(10_000),
    MIN_LINK_RECONNECT_PERIOD(15_000),
    ELECTION_TIMEOUT(10_000),
    SCRIPT_MAX_RUNTIME(60_000),
    SCRIPT_RETRY_DELAY(30_000);

    final long defaultMillis;

    Period(long defaultMillis) {
      this.defaultMillis = defaultMillis;
    }

    /** As SENTINEL DEBUG shows it: {@code INFO-PERIOD}. */
    public String shown() {
      return name().replace('_', '-');
    }

    /** The period of that name, in any case, or null. */
    public static Period named(String shown) {
      for (Period period : values()) {
        if (period.shown().equals(shown.toUpperCase(Locale.ROOT))) return period;
      }
      return null;
    }
  }

  private final Map<Period, Long> millis = new EnumMap<>(Period.class);

  public Timing() {
    for (Period period : Period.values()) millis.put(period, period.defaultMillis);
  }

  public long millis(Period period) {
    return millis.get(period);
  }

  /** @param value above 0 */
  public void set(Period period, long value) {
    millis.put(period, value);
  }
}
