package org.understudy.sentinel.state;

/** Names an {@link Instance} in events and effects. Never used twice by one sentinel while it runs. */
public record InstanceId(int number) {}
