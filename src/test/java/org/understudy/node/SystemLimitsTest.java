package org.understudy.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.config.Config;
import org.understudy.resp.CommandError;

class SystemLimitsTest {
  @TempDir
  Path folder;

  private int maxclientsWith(String soft) throws IOException {
    return configWith(soft).maxclients();
  }

  private Config configWith(String soft) throws IOException {
    Path limits = Files.writeString(folder.resolve("limits"), """
        Limit                     Soft Limit           Hard Limit           Units
        Max processes             95000                95000                processes
        Max open files            %-20s %-20s files
        """.formatted(soft, soft));
    Config config = Config.defaults();
    SystemLimits.openFiles(config, limits);
    return config;
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
  void maxclientsCannotBeRaisedBeyondThem() throws IOException {
    Config config = configWith("20000");
    config.set(List.of(new Config.Setting("maxclients", "19968")), true, false);
    CommandError refusal = assertThrows(CommandError.class,
        () -> config.set(List.of(new Config.Setting("maxclients", "19969")), true, false));
    assertTrue(refusal.getMessage().endsWith("not able to handle the specified number of clients, try with 19968"));
    assertEquals(19968, config.maxclients());
  }

  @Test
  void noClientAtAllIsNoServer() {
    assertThrows(StartFailure.class, () -> maxclientsWith("32"));
  }
}
