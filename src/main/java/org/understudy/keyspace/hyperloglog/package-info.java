/**
 * HyperLogLog: sets that are only counted, about. They are strings; the bytes are those of Redis, dense and sparse, and
 * so are the estimates.
 */
package org.understudy.keyspace.hyperloglog;
