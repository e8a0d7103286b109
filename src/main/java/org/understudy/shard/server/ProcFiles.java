package org.understudy.shard.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Linux tells about the process and the machine. On other systems nothing is known. Reads cost some 20
 * microseconds.
 */
public final class ProcFiles {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final Path PROCESS = Path.of("/proc/self/stat");
  private static final Path THREAD = Path.of("/proc/thread-self/stat");
  /** The unit of times in these files, by the kernel's interface to user space. */
  private static final double TICKS_PER_SECOND = 100;
  /** Fields of a stat file behind the program's name, which may hold anything. */
  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;
  private static final int CHILDREN_USER_TICKS = 13;
  private static final int CHILDREN_SYSTEM_TICKS = 14;

  /** Processor time in seconds. */
  public record CpuTime(double user, double system, double childrenUser, double childrenSystem) {}

  private ProcFiles() {}

  /** Resident bytes of the process, -1 if unknown. */
  public static long residentBytes() {
    return kilobytes(STATUS, "VmRSS:");
  }

  /** Bytes of memory that the machine has, -1 if unknown. */
  public static long machineBytes() {
    return kilobytes(MEMORY, "MemTotal:");
  }

  /** Of the process, or null. */
  public static CpuTime processTime() {
    return time(PROCESS);
  }

  /** Of the thread that asks, or null. */
  public static CpuTime threadTime() {
    return time(THREAD);
  }

  private static long kilobytes(Path file, String name) {
    String text = read(file);
    int at = text.indexOf(name);
    if (at < 0) return -1;
    String rest = text.substring(at + name.length(), text.indexOf('\n', at)).strip();
    return Long.parseLong(rest.substring(0, rest.indexOf(' '))) * 1024;
  }

  private static CpuTime time(Path file) {
    String text = read(file);
    if (text.isEmpty()) return null;
    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
    return new CpuTime(seconds(fields[USER_TICKS]), seconds(fields[SYSTEM_TICKS]), seconds(fields[CHILDREN_USER_TICKS]),
        seconds(fields[CHILDREN_SYSTEM_TICKS]));
  }

  private static double seconds(String ticks) {
    return Long.parseLong(ticks) / TICKS_PER_SECOND;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
