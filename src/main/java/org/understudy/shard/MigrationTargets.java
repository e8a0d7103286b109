package org.understudy.shard;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Connections that migrations left open for the next one. On the shard's loop only. */
final class MigrationTargets {
  private static final int MOST = 64;
  private static final long KEPT_MILLIS = 10_000;

  private final Map<String, MigrationTarget> kept = new LinkedHashMap<>();

  int size() {
    return kept.size();
  }

  /** The target of that address, connected or not; to be given back by {@link #release}. */
  MigrationTarget take(String host, String port) {
    MigrationTarget known = kept.remove(name(host, port));
    return known != null ? known : new MigrationTarget(host, portOf(port));
  }

  /** Keeps the target if it is connected; the one that waits longest goes if there are too many. */
  void release(String host, String port, MigrationTarget target, long nowMillis) {
    if (!target.isOpen()) return;
    target.lastUsedMillis = nowMillis;
    MigrationTarget before = kept.put(name(host, port), target);
    if (before != null) before.close();
    if (kept.size() > MOST) {
      Iterator<MigrationTarget> oldest = kept.values().iterator();
      oldest.next().close();
      oldest.remove();
    }
  }

  /** Closes those that nobody used for ten seconds. */
  void tick(long nowMillis) {
    kept.values().removeIf(target -> {
      boolean old = nowMillis - target.lastUsedMillis > KEPT_MILLIS;
      if (old) target.close();
      return old;
    });
  }

  private static String name(String host, String port) {
    return host + ':' + port;
  }

  /** 0, which nobody can connect to, for what is no port. */
  private static int portOf(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
