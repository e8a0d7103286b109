/** Collections in one array each, whose bytes are also what snapshots and DUMP hold. */
package org.understudy.keyspace.packed;
