package org.understudy.command;

import java.util.List;
import java.util.Locale;

/**
 * One argument in a command's documentation (COMMAND DOCS). Immutable: {@link #optional} and its like give a changed
 * copy. It documents only: handlers read their arguments themselves.
 *
 * @param keySpec index of the key specification that finds it, or -1
 * @param arguments of a choice or a block, else empty
 */
public record Arg(
    Type type, String name, int keySpec, String token, String since, String deprecatedSince,
    int flags, List<Arg> arguments) {

  static final int OPTIONAL = 1;
  static final int MULTIPLE = 2;
  static final int MULTIPLE_TOKEN = 4;

  enum Type {
    STRING("string"), INTEGER("integer"), DOUBLE("double"), KEY("key"), PATTERN("pattern"), UNIX_TIME("unix-time"),
    PURE_TOKEN("pure-token"), ONE_OF("oneof"), BLOCK("block");

    final String label;

    Type(String label) {
      this.label = label;
    }
  }

  private static Arg of(Type type, String name, int keySpec, String token, Arg... arguments) {
    return new Arg(type, name, keySpec, token, null, null, 0, List.of(arguments));
  }

  public static Arg string(String name) {
    return of(Type.STRING, name, -1, null);
  }

  public static Arg integer(String name) {
    return of(Type.INTEGER, name, -1, null);
  }

  public static Arg floating(String name) {
    return of(Type.DOUBLE, name, -1, null);
  }

  /** A key, found by the command's first key specification. */
  public static Arg key(String name) {
    return key(name, 0);
  }

  /** @param keySpec index of the key specification that finds it; -1 if none is given */
  public static Arg key(String name, int keySpec) {
    return of(Type.KEY, name, keySpec, null);
  }

  public static Arg pattern(String name) {
    return of(Type.PATTERN, name, -1, null);
  }

  public static Arg unixTime(String name) {
    return of(Type.UNIX_TIME, name, -1, null);
  }

  /** A literal word; its name is the word in lower case. */
  public static Arg token(String token) {
    return token(token.toLowerCase(Locale.ROOT), token);
  }

  public static Arg token(String name, String token) {
    return of(Type.PURE_TOKEN, name, -1, token);
  }

  public static Arg oneOf(String name, Arg... choices) {
    return of(Type.ONE_OF, name, -1, null, choices);
  }

  public static Arg block(String name, Arg... sequence) {
    return of(Type.BLOCK, name, -1, null, sequence);
  }

  public Arg optional() {
    return new Arg(type, name, keySpec, token, since, deprecatedSince, flags | OPTIONAL, arguments);
  }

  /** May be repeated; a token before it is not. */
  public Arg multiple() {
    return new Arg(type, name, keySpec, token, since, deprecatedSince, flags | MULTIPLE, arguments);
  }

  /** May be repeated together with its token. */
  public Arg multipleToken() {
    return new Arg(type, name, keySpec, token, since, deprecatedSince, flags | MULTIPLE_TOKEN, arguments);
  }

  /** The word that precedes the value. */
  public Arg after(String word) {
    return new Arg(type, name, keySpec, word, since, deprecatedSince, flags, arguments);
  }

  /** For an argument that is no key itself, yet belongs to a key specification. */
  public Arg foundBy(int keySpecIndex) {
    return new Arg(type, name, keySpecIndex, token, since, deprecatedSince, flags, arguments);
  }

  public Arg since(String version) {
    return new Arg(type, name, keySpec, token, version, deprecatedSince, flags, arguments);
  }

  public Arg deprecatedSince(String version) {
    return new Arg(type, name, keySpec, token, since, version, flags, arguments);
  }
}
