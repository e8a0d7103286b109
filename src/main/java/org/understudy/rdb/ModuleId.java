package org.understudy.rdb;

/** Names of modules in their packed form: nine characters of six bits, then ten bits of the encoding's version. */
final class ModuleId {
  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  private static final int CHARACTERS = 9;
  private static final int VERSION_BITS = 10;

  private ModuleId() {}

  static String name(long id) {
    StringBuilder name = new StringBuilder(CHARACTERS);
    for (int shift = 64 - 6; shift >= VERSION_BITS; shift -= 6) name.append(ALPHABET.charAt((int) (id >>> shift) & 63));
    return name.toString();
  }
}
