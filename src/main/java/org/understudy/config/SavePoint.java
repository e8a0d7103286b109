package org.understudy.config;

/** A snapshot is due when this many seconds have passed and this many changes were made since the last one. */
public record SavePoint(long seconds, int changes) {}
