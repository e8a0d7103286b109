package org.understudy.sentinel.state;

/** The kinds of instances, with the words that events and replies use for them. */
public enum Kind {
  PRIMARY("master"), REPLICA("slave"), SENTINEL("sentinel");

  public final String word;

  Kind(String word) {
    this.word = word;
  }
}
