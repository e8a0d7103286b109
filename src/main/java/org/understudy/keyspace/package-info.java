/**
 * Databases, the hash table under them, value types, expiry, memory accounting. One thread, no I/O, injected clocks.
 */
package org.understudy.keyspace;
