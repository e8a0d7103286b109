package org.understudy.config;

import java.io.PrintStream;
import org.understudy.bytes.Bytes;

/** Why the configuration can't be used; the server prints it and does not start. */
public final class ConfigFileError extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int line;
  private final String text;
  private final boolean logged;

  private ConfigFileError(int line, String text, String reason, boolean logged) {
    super(reason, null, false, false);
    this.line = line;
    this.text = text;
    this.logged = logged;
  }

  /**
   * @param line counted from 1 within the text that was read: a file (or all files of a pattern) and what follows it
   */
  static ConfigFileError at(int line, String text, String reason) {
    return new ConfigFileError(line, text, reason, false);
  }

  /** A fault of the configuration as a whole. */
  public static ConfigFileError general(String reason) {
    return new ConfigFileError(0, null, reason, false);
  }

  static ConfigFileError unreadable(String file, String reason) {
    return new ConfigFileError(0, null, "Fatal error, can't open config file '" + file + "': " + reason, true);
  }

  /** 0 if no line is to blame. */
  public int line() {
    return line;
  }

  /** Whether the message belongs into the log (as a warning) and not on standard error. */
  public boolean logged() {
    return logged;
  }

  /** What Redis prints. */
  public String report() {
    StringBuilder report = new StringBuilder("\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\n");
    if (line > 0) {
      report.append("Reading the configuration file, at line ").append(line).append('\n');
      report.append(">>> '").append(text).append("'\n");
    }
    return report.append(getMessage()).append('\n').toString();
  }

  public void printTo(PrintStream out) {
    byte[] report = Bytes.of(report());
    out.write(report, 0, report.length);
    out.flush();
  }
}
