package org.understudy.command;

/** Chapter of the command reference that a command stands in, and the category that its commands have by default. */
public enum CommandGroup {
  GENERIC("generic", AclCategory.KEYSPACE),
  STRING("string", AclCategory.STRING),
  LIST("list", AclCategory.LIST),
  SET("set", AclCategory.SET),
  SORTED_SET("sorted-set", AclCategory.SORTEDSET),
  HASH("hash", AclCategory.HASH),
  PUBSUB("pubsub", null), // the flag of that name implies the category
  TRANSACTIONS("transactions", AclCategory.TRANSACTION),
  CONNECTION("connection", AclCategory.CONNECTION),
  SERVER("server", null),
  SCRIPTING("scripting", AclCategory.SCRIPTING),
  HYPERLOGLOG("hyperloglog", AclCategory.HYPERLOGLOG),
  CLUSTER("cluster", null),
  SENTINEL("sentinel", null),
  GEO("geo", AclCategory.GEO),
  STREAM("stream", AclCategory.STREAM),
  BITMAP("bitmap", AclCategory.BITMAP),
  MODULE("module", null);

  final String label;
  final AclCategory category;

  CommandGroup(String label, AclCategory category) {
    this.label = label;
    this.category = category;
  }
}
