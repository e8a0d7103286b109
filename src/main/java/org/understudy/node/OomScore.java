package org.understudy.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.config.FileNames;

/**
 * How soon Linux ends the process when it runs out of memory: as {@code oom-score-adj} and its values say for a
 * primary or a replica. The score of before comes back when it is switched off. There is no forked child for the third
 * value. Source: setOOMScoreAdj, server.c 7.0.15.
 */
final class OomScore {
  private static final Logger log = LoggerFactory.getLogger(OomScore.class);
  private static final String FAILED = "Failed to apply new oom_score_adj configuration, check server logs.";
  private static final int NO = 0;
  private static final int RELATIVE = 1;
  private static final int MOST = 1000;

  private final Path file;
  /** The score that is not ours; known while ours is in force. */
  private int base;
  private boolean adjusted;

  private OomScore(Path file) {
    this.file = file;
  }

  /** Sets the score as configured, now and whenever the configuration or the role changes. @param file of the score */
  static void follow(Config config, Path file) {
    OomScore score = new OomScore(file);
    config.onChange(Directive.OOM_SCORE_ADJ, score::apply);
    config.onChange(Directive.OOM_SCORE_ADJ_VALUES, score::apply);
    config.onChange(Directive.REPLICAOF, score::apply);
    score.apply(config);
  }

  private String apply(Config now) {
    long kind = now.number(Directive.OOM_SCORE_ADJ);
    if (kind == NO && !adjusted) return null;
    try {
      if (!adjusted) base = Integer.parseInt(Files.readString(file).strip());
      adjusted = kind != NO;
      long wanted = now.oomScoreAdjValues().get(now.replicaof().isPresent() ? 1 : 0) + (kind == RELATIVE ? base : 0);
      long score = adjusted ? Math.max(-MOST, Math.min(MOST, wanted)) : base;
      Files.writeString(file, score + "\n");
      return null;
    } catch (IOException | NumberFormatException e) {
      log.warn("Unable to set oom_score_adj: {}", e instanceof IOException io ? FileNames.reason(io) : e.getMessage());
      return FAILED;
    }
  }
}
