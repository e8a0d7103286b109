/**
 * The sentinel as a pure machine: {@link org.understudy.sentinel.state.SentinelState#step} takes an {@link
 * org.understudy.sentinel.state.Event} and the time, changes the state and returns {@link
 * org.understudy.sentinel.state.Effect}s for others to carry out. Nothing in here knows a socket, a file, a clock, an
 * actor or a source of chance of its own, so that an ensemble of them runs in a deterministic simulation.
 *
 * <p>Times are monotonic milliseconds from an arbitrary origin, durations milliseconds. Behaviour and texts are those
 * of redis-sentinel 7.0.15 where nothing else is said.
 */
package org.understudy.sentinel.state;
