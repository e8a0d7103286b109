package org.understudy.config;

/** Classes of clients with output limits of their own (directive {@code client-output-buffer-limit}). */
public enum ClientClass {
  NORMAL("normal", "normal"),
  REPLICA("slave", "replica"),
  PUBSUB("pubsub", "pubsub");

  /** The name that CONFIG GET shows. */
  final String shown;
  /** The name that CONFIG REWRITE writes. */
  final String written;

  ClientClass(String shown, String written) {
    this.shown = shown;
    this.written = written;
  }

  /** The class by either of its names, or null. */
  static ClientClass named(String name) {
    for (ClientClass c : values()) {
      if (c.shown.equalsIgnoreCase(name) || c.written.equalsIgnoreCase(name)) return c;
    }
    return null;
  }
}
