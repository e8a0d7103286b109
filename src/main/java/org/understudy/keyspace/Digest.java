package org.understudy.keyspace;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.understudy.bytes.Bytes;

/**
 * The digest of DEBUG DIGEST and DIGEST-VALUE, bit for bit that of the reference implementation (debug.c of 7.0.15):
 * SHA-1 sums folded together so that the order of keys does not matter and that of list elements does. An empty dataset
 * is zeros.
 */
public final class Digest {
  private static final int BYTES = 20;
  private static final byte[] HAS_EXPIRY = Bytes.of("!!expire!!");

  private final MessageDigest sha1;
  private final byte[] state = new byte[BYTES];
  private final byte[] sum = new byte[BYTES];

  public Digest() {
    try {
      sha1 = MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  /** All databases. Reads everything in one go, as the debugging command does. */
  public static Digest of(Keyspace keyspace) {
    Digest all = new Digest();
    Digest one = new Digest();
    for (int i = 0; i < keyspace.databases(); i++) {
      Database database = keyspace.database(i);
      if (database.size() == 0) continue;
      all.mixNumber(i);
      database.forEach(entry -> {
        one.reset();
        one.mix(entry.keyArray(), entry.keyOffset(), entry.keyLength());
        one.value(entry);
        all.xor(one);
      });
    }
    return all;
  }

  /** One value, without its key. */
  public static Digest ofValue(Entry entry) {
    Digest one = new Digest();
    one.value(entry);
    return one;
  }

  public void reset() {
    Arrays.fill(state, (byte) 0);
  }

  /** Folds in data whose order among other data does not matter: state ^= SHA1(data). */
  public void xor(byte[] data, int offset, int length) {
    sha1.update(data, offset, length);
    xorSum();
  }

  public void xor(byte[] data) {
    xor(data, 0, data.length);
  }

  /** Folds in another digest's state. */
  public void xor(Digest other) {
    xor(other.state);
  }

  /** Folds in data whose place matters: state = SHA1(state ^ SHA1(data)). */
  public void mix(byte[] data, int offset, int length) {
    xor(data, offset, length);
    sha1.update(state);
    finish(state);
  }

  public void mix(byte[] data) {
    mix(data, 0, data.length);
  }

  /** 40 hexadecimal digits, lower case. */
  public String hex() {
    byte[] text = new byte[BYTES * 2];
    for (int i = 0; i < BYTES; i++) {
      text[2 * i] = (byte) Character.forDigit(state[i] >> 4 & 15, 16);
      text[2 * i + 1] = (byte) Character.forDigit(state[i] & 15, 16);
    }
    return new String(text, StandardCharsets.US_ASCII);
  }

  private void value(Entry entry) {
    mixNumber(entry.type().number());
    if (entry.type() == Type.STRING) mix(entry.array(), entry.offset(), entry.length());
    else entry.value().digest(this);
    if (entry.expireAtMillis() != Entry.NO_EXPIRE) xor(HAS_EXPIRY);
  }

  private void mixNumber(int number) {
    mix(new byte[] {(byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number});
  }

  private void xorSum() {
    finish(sum);
    for (int i = 0; i < BYTES; i++) state[i] ^= sum[i];
  }

  private void finish(byte[] into) {
    try {
      sha1.digest(into, 0, BYTES);
    } catch (java.security.DigestException e) {
      throw new IllegalStateException(e); // the room is right
    }
  }
}
