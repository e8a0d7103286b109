/**
 * Sentinel mode around the pure machine of {@link org.understudy.sentinel.state}: its configuration file, its commands,
 * and the actors that carry out what it wants.
 *
 * <p>{@link org.understudy.sentinel.Sentinel} is one actor a sentinel: it runs the step. Below it there is one
 * {@link org.understudy.sentinel.InstanceLink} a link, which keeps the command and the pub/sub connection. There is no
 * actor a monitored primary between them: links to other sentinels are shared by all primaries, and what is to be done
 * for a primary is in the machine.
 */
package org.understudy.sentinel;
