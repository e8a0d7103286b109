package org.understudy.config;

import java.util.List;

/**
 * A line of the configuration that starts with {@code sentinel}.
 *
 * @param words those behind {@code sentinel}, at least one
 * @param number of the line, counted from 1
 * @param text the whole line without the space around it
 */
public record SentinelLine(List<String> words, int number, String text) {
  /** The error that this line is at fault. */
  public ConfigFileError wrong(String reason) {
    return ConfigFileError.at(number, text, reason);
  }
}
