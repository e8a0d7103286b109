package org.understudy.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sentinel that could not keep its votes does not start: it would run, and never give one. */
class SentinelStartTest {
  @TempDir
  Path folder;

  private Path configured(String... lines) throws IOException {
    String text = "port 0\nsentinel monitor p 127.0.0.1 1 1\n" + String.join("\n", lines) + "\n";
    return Files.writeString(folder.resolve("sentinel.conf"), text);
  }

  @Test
  void aStateFileInAFolderThatIsNotThereIsAnErrorAtStart() throws IOException {
    Path missing = folder.resolve("missing");
    Path file = configured("sentinel state-file " + missing.resolve("state"));
    StartFailure failure = assertThrows(StartFailure.class, () -> Node.sentinel(file));
    assertEquals(missing + " is not writable", failure.getMessage());
    assertFalse(Files.exists(missing));
  }
}
