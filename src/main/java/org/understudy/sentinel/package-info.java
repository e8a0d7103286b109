/**
 * Sentinel mode around the pure machine of {@link org.understudy.sentinel.state}: its configuration file, its commands,
 * and the actors that carry out what it wants.
 *
 * <p>{@link org.understudy.sentinel.Sentinel} is one actor a sentinel: it runs the step. Below it there is one
 * {@link org.understudy.sentinel.InstanceLink} a link, which keeps the command and the pub/sub connection.
 *
 * <p>There is no actor a monitored primary between them. Epochs belong to all primaries together, and so does the file
 * that a vote has to reach before it is given; a link to another sentinel serves all primaries that both watch; and in
 * TILT is the process. An actor for a primary could only pass on what one step has to decide. What its supervision
 * would give is here without it: a fault over one primary is contained in the step and the others are looked after, a
 * fault in a link costs it one message, and no fault ends the sentinel.
 */
package org.understudy.sentinel;
