package org.understudy.node;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class RenameCheckTest {
  private final RenameCheck check = new RenameCheck();

  @Test
  void anUnknownCommandIsRefused() {
    assertEquals("No such command in rename-command", refusal("nosuch", "x"));
  }

  @Test
  void aNameThatIsTakenIsRefused() {
    assertEquals("Target command name already exists", refusal("get", "set"));
  }

  @Test
  void aCommandMayBeRenamedAgainByItsNewName() {
    assertDoesNotThrow(() -> check.accept("get", "fetch"));
    assertDoesNotThrow(() -> check.accept("fetch", "read"));
    assertEquals("No such command in rename-command", refusal("fetch", "x"));
  }

  private String refusal(String from, String to) {
    return assertThrows(IllegalArgumentException.class, () -> check.accept(from, to)).getMessage();
  }
}
