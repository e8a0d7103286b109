package org.understudy.rdb;

/**
 * How strictly RDB data is read.
 *
 * @param databases how many there are: entries of others are refused
 * @param checksum whether the checksum of a file is compared, {@code rdbchecksum}
 * @param deepValidation whether the bytes of packed values are looked through before they are believed,
 *     {@code sanitize-dump-payload}
 */
public record ReadOptions(int databases, boolean checksum, boolean deepValidation) {}
