package org.understudy.node;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.Config;
import org.understudy.config.Directive;

/**
 * What the operating system grants, compared with what is configured. Redis's warnings about overcommitted memory and
 * huge pages are about copies of forked memory and not true here.
 */
final class SystemLimits {
  /** Files that are no clients: as many as Redis reserves. */
  private static final int RESERVED_FILES = 32;
  private static final Logger log = LoggerFactory.getLogger(SystemLimits.class);

  private SystemLimits() {}

  /**
   * Lowers {@code maxclients} to what the limit of open files allows, and lets nobody raise it beyond. The JVM has
   * raised the soft limit to the hard one.
   *
   * @throws StartFailure not even one client could connect
   */
  static void openFiles(Config config, Path limits) {
    long granted = grantedFiles(limits);
    config.onChange(Directive.MAXCLIENTS, now -> now.maxclients() <= granted - RESERVED_FILES ? null
        : "The operating system is not able to handle the specified number of clients, try with "
            + (granted - RESERVED_FILES));
    long needed = (long) config.maxclients() + RESERVED_FILES;
    if (granted >= needed) return;
    if (granted <= RESERVED_FILES) {
      log.warn("Your current 'ulimit -n' of {} is not enough for the server to start. Please increase your open file"
          + " limit to at least {}. Exiting.", granted, needed);
      throw new StartFailure("ulimit -n");
    }
    log.warn("You requested maxclients of {} requiring at least {} max file descriptors.", config.maxclients(), needed);
    log.warn("Server can't set maximum open files to {} because of OS error: Operation not permitted.", needed);
    config.assign(Directive.MAXCLIENTS, Long.toString(granted - RESERVED_FILES));
    log.warn("Current maximum open files is {}. maxclients has been reduced to {} to compensate for low ulimit. If you"
        + " need higher maxclients increase 'ulimit -n'.", granted, config.maxclients());
  }

  private static long grantedFiles(Path limits) {
    try {
      for (String line : Files.readAllLines(limits)) {
        if (line.startsWith("Max open files")) {
          String soft = line.substring("Max open files".length()).trim().split(" +")[0];
          return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
        }
      }
    } catch (IOException noSuchSystem) {
      log.debug("The limit of open files is not known", noSuchSystem);
    }
    return Long.MAX_VALUE;
  }

  /** Warns if the kernel cuts {@code tcp-backlog} down. */
  static void backlog(Config config, Path somaxconn) {
    try (InputStream file = Files.newInputStream(somaxconn)) {
      // in one read: such a file ends after the first, however short that is
      int limit = Integer.parseInt(new String(file.readNBytes(64), StandardCharsets.US_ASCII).trim());
      if (limit > 0 && limit < config.tcpBacklog()) {
        log.warn("WARNING: The TCP backlog setting of {} cannot be enforced because /proc/sys/net/core/somaxconn is set"
            + " to the lower value of {}.", config.tcpBacklog(), limit);
      }
    } catch (IOException | NumberFormatException notTold) {
      log.debug("somaxconn is not known", notTold);
    }
  }
}
