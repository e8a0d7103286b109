package org.understudy.node;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigCheckTest {
  private final ConfigCheck check = new ConfigCheck();

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
    assertDoesNotThrow(() -> check.rename("get", "fetch"));
    assertDoesNotThrow(() -> check.rename("fetch", "read"));
    assertEquals("No such command in rename-command", refusal("fetch", "x"));
  }

  @Test
  void aUserWithRulesThatMakeNoSenseIsRefused() {
    assertDoesNotThrow(() -> check.user(List.of("alice", "on", ">secret", "+@read", "(~a*", "+get)")));
    assertDoesNotThrow(() -> check.user(List.of("alice", "+nosuch"))); // told at the start, in the log
    assertEquals("Error in user declaration 'foo': Syntax error",
        assertThrows(IllegalArgumentException.class, () -> check.user(List.of("alice", "foo"))).getMessage());
  }

  private String refusal(String from, String to) {
    return assertThrows(IllegalArgumentException.class, () -> check.rename(from, to)).getMessage();
  }
}
