package org.understudy.shard.server;

import org.understudy.bytes.Clock;
import org.understudy.config.Config;
import org.understudy.keyspace.Keyspace;
import org.understudy.shard.statistics.LatencyMonitor;
import org.understudy.shard.statistics.Statistics;

/** What most parts of a server need of it. */
public record ServerParts(Config config, Clock clock, Keyspace keyspace, ServerFacts facts, ServerControl control,
    Statistics statistics, LatencyMonitor latencyMonitor) {}
