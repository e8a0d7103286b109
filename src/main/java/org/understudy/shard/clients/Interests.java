package org.understudy.shard.clients;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.understudy.bytes.ByteKey;

/** What a client wants to be told of. */
public final class Interests {
  /** Those of a client that wants to know of nothing, as most do: they share it, and nothing is added to it. */
  static final Interests NONE = new Interests(Collections.emptySet(), Collections.emptySet(), Collections.emptySet(),
      Collections.emptyList(), Collections.emptyNavigableSet());

  public final Set<ByteKey> channels;
  public final Set<ByteKey> patterns;
  public final Set<ByteKey> shardChannels;
  final List<Watches.Watch> watched;
  /** Prefixes of CLIENT TRACKING BCAST. */
  final NavigableSet<ByteKey> prefixes;

  /** None yet. */
  Interests() {
    this(new LinkedHashSet<>(0), new LinkedHashSet<>(0), new LinkedHashSet<>(0), new ArrayList<>(0), new TreeSet<>());
  }

  private Interests(Set<ByteKey> channels, Set<ByteKey> patterns, Set<ByteKey> shardChannels,
      List<Watches.Watch> watched, NavigableSet<ByteKey> prefixes) {
    this.channels = channels;
    this.patterns = patterns;
    this.shardChannels = shardChannels;
    this.watched = watched;
    this.prefixes = prefixes;
  }
}
