package org.understudy.command;

/** Properties of a command that decide when it may run. Those with a name are shown by COMMAND INFO, in this order. */
public enum CommandFlag {
  /** May change the keyspace. */
  WRITE("write"),
  /** Reads keys and changes none. */
  READONLY("readonly"),
  /** May need more memory: refused once {@code maxmemory} is reached and nothing can be evicted. */
  DENYOOM("denyoom"),
  MODULE("module"),
  ADMIN("admin"),
  PUBSUB("pubsub"),
  NOSCRIPT("noscript"),
  /** May make its client wait. */
  BLOCKING("blocking"),
  /** Allowed while a dataset is being loaded. */
  LOADING("loading"),
  /** Allowed on a replica that has lost its primary and does not serve stale data. */
  STALE("stale"),
  SKIP_MONITOR("skip_monitor"),
  SKIP_SLOWLOG("skip_slowlog"),
  ASKING("asking"),
  FAST("fast"),
  /** Allowed before authentication. */
  NO_AUTH("no_auth"),
  NO_MANDATORY_KEYS("no_mandatory_keys"),
  /** Refused while a replica swaps in a dataset that it loads in the background. */
  NO_ASYNC_LOADING("no_async_loading"),
  NO_MULTI("no_multi"),
  /** Its first, last and step figures do not cover all keys. Derived from the key specifications. */
  MOVABLE_KEYS("movablekeys"),
  /** Allowed while a script runs for too long. */
  ALLOW_BUSY("allow_busy"),
  /** Is propagated although it is no write, and may run where writes are refused. */
  MAY_REPLICATE(null),
  /** Exists in sentinel mode too. */
  IN_SENTINEL(null),
  /** Exists in sentinel mode only. */
  ONLY_SENTINEL(null),
  /** Is ours and not in COMMAND LIST, whose length Redis's own tests know. */
  UNLISTED(null),
  /** Runs only where the configuration allows it ({@code enable-debug-command}, {@code enable-module-command}). */
  PROTECTED(null),
  /** May touch, and so expire, keys that its arguments do not name. */
  TOUCHES_ARBITRARY_KEYS(null);

  /** This flag's bit in {@link CommandSpec#flags}. */
  public final int bit = 1 << ordinal();
  /** What COMMAND INFO calls it; null for a flag that it hides. */
  final String label;

  CommandFlag(String label) {
    this.label = label;
  }

  /** The bits of several flags, for a constant that the hot path tests {@link CommandSpec#flags} with. */
  public static int mask(CommandFlag... flags) {
    int bits = 0;
    for (CommandFlag flag : flags) bits |= flag.bit;
    return bits;
  }
}
