/** What replicas and primaries tell each other: the log of all changes, and who can go on from where. */
package org.understudy.replication;
