package org.understudy.command;

/** What a command does with a key, in the order in which COMMAND INFO lists it. */
public enum KeyFlag {
  /** Reads the value, changes nothing. */
  RO("RO"),
  /** Changes the value, and what it was may matter. */
  RW("RW"),
  /** Overwrites the value, whatever it was. */
  OW("OW"),
  /** Removes the key. */
  RM("RM"),
  /** Returns, copies or uses user data of the value. */
  ACCESS("access"),
  /** Changes user data of the value; what it becomes may depend on what it was. */
  UPDATE("update"),
  /** Adds user data without changing any. */
  INSERT("insert"),
  /** Deletes user data. */
  DELETE("delete"),
  /** Is no key, yet is to be routed like one (a shard channel). */
  NOT_KEY("not_key"),
  /** The specification may miss keys of its kind. */
  INCOMPLETE("incomplete"),
  /** Some of the flags depend on the arguments. */
  VARIABLE_FLAGS("variable_flags");

  public final int bit = 1 << ordinal();
  final String label;

  KeyFlag(String label) {
    this.label = label;
  }

  public static int mask(KeyFlag... flags) {
    int bits = 0;
    for (KeyFlag flag : flags) bits |= flag.bit;
    return bits;
  }
}
