package org.understudy.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.config.Config;
import org.understudy.config.PrimaryAddress;
import org.understudy.resp.CommandError;

class OomScoreTest {
  @TempDir
  Path folder;

  private final Config config = Config.defaults();
  private Path file;

  @BeforeEach
  void follow() throws IOException {
    file = Files.writeString(folder.resolve("oom_score_adj"), "22\n");
    OomScore.follow(config, file);
  }

  private void set(String name, String value) {
    config.set(List.of(new Config.Setting(name, value)), true, false);
  }

  private int score() throws IOException {
    return Integer.parseInt(Files.readString(file).strip());
  }

  @Test
  void theScoreIsNotTouchedUnlessThatIsWanted() throws IOException {
    set("oom-score-adj-values", "1 2 3");
    assertEquals("22\n", Files.readString(file));
  }

  @Test
  void itIsRelativeToTheOneBeforeOrAbsoluteAndNeverBeyondALimit() throws IOException {
    set("oom-score-adj-values", "9 9 9");
    set("oom-score-adj", "yes");
    assertEquals(31, score());
    set("oom-score-adj", "absolute");
    assertEquals(9, score());
    set("oom-score-adj-values", "-2000 0 0");
    assertEquals(-1000, score());
    set("oom-score-adj", "no");
    assertEquals(22, score(), "as it was before");
  }

  @Test
  void aReplicaHasAScoreOfItsOwn() throws IOException {
    set("oom-score-adj-values", "10 20 30");
    set("oom-score-adj", "yes");
    config.assignReplicaof(new PrimaryAddress("127.0.0.1", 1));
    assertEquals(42, score());
    config.assignReplicaof(null);
    assertEquals(32, score());
  }

  @Test
  void whatCannotBeSetIsRefusedAndStaysAsItWas() throws IOException {
    Files.delete(file);
    CommandError error = assertThrows(CommandError.class, () -> set("oom-score-adj", "yes"));
    assertTrue(error.getMessage().contains("Failed to apply new oom_score_adj configuration"), error.getMessage());
    Files.writeString(file, "5\n");
    set("oom-score-adj", "yes");
    assertEquals(5, score(), "relative, and 0 for a primary");
  }
}
