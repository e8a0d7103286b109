package org.understudy.sentinel.state;

/**
 * What AUTH is sent with.
 *
 * @param user null for the default user
 * @param password null as long as only a user is configured; no AUTH is sent then
 */
public record Login(String user, String password) {}
