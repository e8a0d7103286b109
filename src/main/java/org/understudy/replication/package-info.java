/**
 * What replicas and primaries tell each other: the log of all changes, who can go on from where, and the links between
 * them, an actor each.
 */
package org.understudy.replication;
