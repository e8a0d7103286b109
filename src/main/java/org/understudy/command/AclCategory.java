package org.understudy.command;

import java.util.Locale;
import org.understudy.bytes.Bytes;

/** Category of commands that ACL rules name with an {@code @}; in the order in which Redis lists them. */
public enum AclCategory {
  KEYSPACE, READ, WRITE, SET, SORTEDSET, LIST, HASH, STRING, BITMAP, HYPERLOGLOG, GEO, STREAM, PUBSUB, ADMIN, FAST,
  SLOW, BLOCKING, DANGEROUS, CONNECTION, TRANSACTION, SCRIPTING;

  /** This category's bit in {@link CommandSpec#categories}. */
  public final int bit = 1 << ordinal();
  /** The name without the {@code @}. */
  public final String label = name().toLowerCase(Locale.ROOT);

  /** The category of that name (without {@code @}, upper and lower case alike), or null. */
  public static AclCategory named(byte[] name) {
    for (AclCategory category : values()) {
      if (Bytes.is(name, category.label)) return category;
    }
    return null;
  }
}
