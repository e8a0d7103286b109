package org.understudy.config;

/**
 * How much output may wait for a client before it is cut off: at once beyond {@code hardBytes}, or when more than
 * {@code softBytes} have waited for {@code softSeconds} without a break. 0 is no limit; bytes are unsigned.
 */
public record OutputLimit(long hardBytes, long softBytes, long softSeconds) {}
