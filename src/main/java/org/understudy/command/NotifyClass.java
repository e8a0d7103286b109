package org.understudy.command;

/** Classes of keyspace notifications, by their letter in {@code notify-keyspace-events}. */
public enum NotifyClass {
  KEYSPACE('K'), KEYEVENT('E'), GENERIC('g'), STRING('$'), LIST('l'), SET('s'), HASH('h'), ZSET('z'), EXPIRED('x'),
  EVICTED('e'), STREAM('t'), KEY_MISS('m'), MODULE('d'), NEW('n');

  private final char letter;

  NotifyClass(char letter) {
    this.letter = letter;
  }

  public char letter() {
    return letter;
  }

  /** This class's bit in a set of classes. */
  public int bit() {
    return 1 << ordinal();
  }
}
