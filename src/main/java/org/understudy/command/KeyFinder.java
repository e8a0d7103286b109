package org.understudy.command;

/** Finds the keys of a command whose {@link KeySpec}s cannot say where they are or what is done with them. */
@FunctionalInterface
public interface KeyFinder {
  /**
   * Adds the positions of the keys and their exact flags.
   *
   * @param argv the whole command; its arity is right
   * @return false if the arguments make no sense, so that no keys can be named
   */
  boolean find(byte[][] argv, KeyPositions into);
}
