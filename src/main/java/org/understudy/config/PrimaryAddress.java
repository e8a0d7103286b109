package org.understudy.config;

/** The server that this one replicates (directive {@code replicaof}). */
public record PrimaryAddress(String host, int port) {}
