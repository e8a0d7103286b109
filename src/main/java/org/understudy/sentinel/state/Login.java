package org.understudy.sentinel.state;

/** What AUTH is sent with. @param user null for the default user */
public record Login(String user, String password) {}
