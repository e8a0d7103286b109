package org.understudy.shard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.acl.Users;
import org.understudy.bytes.Bytes;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.config.FileNames;
import org.understudy.persistence.FileSystem;

/** Where users come from: {@code user} lines of the configuration, or the file that {@code aclfile} names. */
final class UserFile {
  private static final Logger log = LoggerFactory.getLogger(UserFile.class);
  private static final int PIECE_BYTES = 8192;

  private final Config config;
  private final Users users;
  private final FileSystem files;

  UserFile(Config config, Users users, FileSystem files) {
    this.config = config;
    this.users = users;
    this.files = files;
  }

  boolean isConfigured() {
    return !config.text(Directive.ACLFILE).isEmpty();
  }

  /** What CONFIG REWRITE writes of users: none if they have a file of their own. */
  List<String> configurationLines() {
    return isConfigured() ? List.of() : users.lines();
  }

  /** Blocks on the disk. False, and the reason is in the log, if the server must not start. */
  boolean loadAtStart() {
    if (isConfigured() && !config.users().isEmpty()) {
      log.warn("Configuring Redis with users defined in redis.conf and at the same setting an ACL file path is invalid."
          + " This setup is very likely to lead to configuration errors and security holes, please define either an ACL"
          + " file or declare users directly in your redis.conf, but not both.");
      return false;
    }
    for (List<String> user : config.users()) {
      String failure = users.configured(user);
      if (failure != null) {
        log.warn(failure);
        log.warn("Critical error while loading ACLs. Exiting.");
        return false;
      }
      if (!users.isOn(user.get(0))) {
        log.info("The user '{}' is disabled (there is no 'on' modifier in the user description). Make sure this is not"
            + " a configuration error.", user.get(0));
      }
    }
    String failure = isConfigured() ? loadAtOnce() : null;
    if (failure != null) log.warn("Aborting Redis startup because of ACL errors: {}", failure);
    return failure == null;
  }

  private String loadAtOnce() {
    try {
      return load(read()).errors();
    } catch (IOException e) {
      return unreadable(e);
    }
  }

  /** The text of the file. Blocks. */
  String read() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    byte[] piece = new byte[PIECE_BYTES];
    try (FileSystem.Input file = files.open(path())) {
      for (int count = file.read(piece); count > 0; count = file.read(piece)) text.write(piece, 0, count);
    }
    return Bytes.string(text.toByteArray());
  }

  /** What to answer if {@link #read} fails. */
  String unreadable(IOException failure) {
    return "Error loading ACLs, opening file '" + config.text(Directive.ACLFILE) + "': " + FileNames.reason(failure);
  }

  /** Replaces the users by those of the text. On the shard's loop. */
  Users.Loaded load(String text) {
    return users.load(text, config.text(Directive.ACLFILE));
  }

  /**
   * Replaces the file. Blocks.
   *
   * @param lines of all users
   * @return whether it succeeded; if not the log says why
   */
  boolean save(List<String> lines) {
    StringBuilder text = new StringBuilder();
    for (String line : lines) text.append(line).append('\n');
    Path file = path();
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp-" + ProcessHandle.current().pid());
    String step = "Opening temp";
    try {
      try (FileSystem.Output out = files.create(temporary)) {
        step = "Writing";
        out.write(ByteBuffer.wrap(Bytes.of(text.toString())));
        out.sync();
      }
      step = "Renaming";
      files.rename(temporary, file);
      files.syncFolder(file.toAbsolutePath().getParent());
      return true;
    } catch (IOException e) {
      log.warn("{} ACL file for ACL SAVE: {}", step, FileNames.reason(e));
      discard(temporary);
      return false;
    }
  }

  private void discard(Path temporary) {
    try {
      files.delete(temporary);
    } catch (IOException e) {
      log.debug("{} stays: {}", temporary, FileNames.reason(e));
    }
  }

  private Path path() {
    return config.resolve(config.text(Directive.ACLFILE));
  }
}
