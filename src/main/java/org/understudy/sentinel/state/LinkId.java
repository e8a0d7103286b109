package org.understudy.sentinel.state;

/** Names a {@link Link} in events and effects. Never used twice by one sentinel while it runs. */
public record LinkId(int number) {}
