package org.understudy.acl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.understudy.config.Config;
import org.understudy.config.Directive;

/** What was denied lately, the newest first. Written by connections of any loop, read by the shard. */
public final class AclLog {
  /** Of what happens again within this time the count grows. */
  private static final long GROUPED_MILLIS = 60_000;
  /** … if it is among so many. */
  private static final int LOOKED_AT = 10;

  /** Where a command was denied. */
  public enum Context { TOPLEVEL, MULTI }

  /**
   * @param object the command, key or channel
   * @param clientInfo the client's line in CLIENT LIST, at the last time
   */
  public record Entry(long count, Denial.Reason reason, Context context, String object, String user, long lastMillis,
      String clientInfo) {
    private boolean isLike(Entry other) {
      return reason == other.reason && context == other.context && object.equals(other.object)
          && user.equals(other.user) && Math.abs(lastMillis - other.lastMillis) <= GROUPED_MILLIS;
    }
  }

  private final Config config;
  private final Deque<Entry> entries = new ArrayDeque<>();

  public AclLog(Config config) {
    this.config = config;
  }

  public synchronized void add(Denial.Reason reason, Context context, String object, String user, long nowMillis,
      String clientInfo) {
    Entry entry = new Entry(1, reason, context, object, user, nowMillis, clientInfo);
    Iterator<Entry> known = entries.iterator();
    for (int i = 0; i < LOOKED_AT && known.hasNext(); i++) {
      Entry old = known.next();
      if (!old.isLike(entry)) continue;
      known.remove();
      entries.addFirst(new Entry(old.count + 1, reason, context, object, user, nowMillis, clientInfo));
      return;
    }
    entries.addFirst(entry);
    long most = config.number(Directive.ACLLOG_MAX_LEN);
    while (entries.size() > most) entries.removeLast();
  }

  public synchronized void clear() {
    entries.clear();
  }

  /** The newest ones. */
  public synchronized List<Entry> newest(long count) {
    List<Entry> newest = new ArrayList<>();
    for (Entry entry : entries) {
      if (newest.size() >= count) break;
      newest.add(entry);
    }
    return newest;
  }
}
