package org.understudy.keyspace.collection;

/**
 * How far a collection may stay packed, and what it becomes beyond that.
 *
 * @param maxEntries members, or fields, of a packed collection
 * @param maxElementBytes length of the longest of them, or of a value
 * @param hashSeed of the table of a large one, see {@link org.understudy.bytes.Bytes#hash}
 */
public record Packing(long maxEntries, long maxElementBytes, long hashSeed) {}
