package org.understudy.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.config.Config;

class SystemLimitsTest {
  @TempDir
  Path folder;

  private int maxclientsWith(String soft) throws IOException {
    Path limits = Files.writeString(folder.resolve("limits"), """
        Limit                     Soft Limit           Hard Limit           Units
        Max processes             95000                95000                processes
        Max open files            %-20s %-20s files
        """.formatted(soft, soft));
    Config config = Config.defaults();
    SystemLimits.openFiles(config, limits);
    return config.maxclients();
  }

  @Test
  void enoughFilesLeaveMaxclientsAlone() throws IOException {
    assertEquals(10000, maxclientsWith("10032"));
    assertEquals(10000, maxclientsWith("unlimited"));
  }

  @Test
  void fewerFilesLowerMaxclients() throws IOException {
    assertEquals(9999, maxclientsWith("10031"));
    assertEquals(1, maxclientsWith("33"));
  }

  @Test
  void noClientAtAllIsNoServer() {
    assertThrows(StartFailure.class, () -> maxclientsWith("32"));
  }
}
