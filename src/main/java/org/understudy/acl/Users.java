package org.understudy.acl;

import java.security.MessageDigest;
import org.understudy.bytes.Bytes;
import org.understudy.config.Config;

/** The users of a server. There is one, {@code default}, allowed everything. */
public final class Users {
  private static final String DEFAULT = "default";

  private final Config config;

  public Users(Config config) {
    this.config = config;
  }

  /** Whether the default user needs no password: connections then start out authenticated. */
  public boolean defaultNeedsNoPassword() {
    return config.requirepass().isEmpty();
  }

  public boolean exists(byte[] user) {
    return Bytes.string(user).equals(DEFAULT);
  }

  /** Whether that is a user with that password. Takes equally long wherever the password differs. */
  public boolean authenticate(byte[] user, byte[] password) {
    if (!Bytes.string(user).equals(DEFAULT)) return false;
    return defaultNeedsNoPassword() || MessageDigest.isEqual(password, Bytes.of(config.requirepass()));
  }
}
