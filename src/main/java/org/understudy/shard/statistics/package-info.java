/**
 * What running commands costs: the {@link org.understudy.shard.statistics.CommandExecutor} runs one after the other and
 * counts them for its loop; the rest adds up, remembers what was slow, and answers SLOWLOG and LATENCY.
 */
package org.understudy.shard.statistics;
