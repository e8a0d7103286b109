package org.understudy.shard.server;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.understudy.bytes.Clock;

/**
 * What is known about a server from its start on.
 *
 * @param understudyVersion our own version
 * @param runId 40 random hexadecimal digits that tell this run of the server from all others
 * @param processId of the operating system
 * @param executable what was started (the launcher, where there is one), empty if unknown
 * @param startMillis Unix time
 */
public record ServerFacts(String understudyVersion, String runId, long processId, String executable, long startMillis) {
  /** What clients may rely on. */
  public static final String REDIS_VERSION = "7.0.15";
  /** The width of an address. */
  public static final String ADDRESS_BITS = System.getProperty("sun.arch.data.model", "64");
  private static final int ID_BYTES = 20;

  /** The facts of this process, for a server that starts now. */
  public static ServerFacts ofProcess(Clock clock) {
    String launcher = System.getProperty("understudy.program");
    String executable = launcher == null ? ProcessHandle.current().info().command().orElse("")
        : Path.of(launcher).toAbsolutePath().normalize().toString();
    return new ServerFacts(packagedVersion(), randomId(), ProcessHandle.current().pid(), executable,
        clock.millis());
  }

  /** Our own version, from the build; {@code dev} for classes that were not packaged. */
  public static String packagedVersion() {
    String packaged = ServerFacts.class.getPackage().getImplementationVersion();
    return packaged == null ? "dev" : packaged;
  }

  /** An id of a run or of a history of changes: 40 hexadecimal digits that nobody else has. */
  public static String randomId() {
    return HexFormat.of().formatHex(random(ID_BYTES));
  }

  /** Bytes that nobody can guess. The system is asked itself: the security providers take 20 ms of a start. */
  public static byte[] random(int count) {
    try (FileInputStream system = new FileInputStream("/dev/urandom")) {
      return system.readNBytes(count);
    } catch (IOException otherSystem) {
      byte[] bytes = new byte[count];
      new SecureRandom().nextBytes(bytes);
      return bytes;
    }
  }
}
