package org.understudy.node;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.config.Config;
import org.understudy.config.ConfigFileError;

class NotThereYetTest {
  @ParameterizedTest
  @ValueSource(strings = {"aclfile users.acl"})
  void aPromiseThatCannotBeKeptStopsTheStart(String line) {
    ConfigFileError refusal =
        assertThrows(ConfigFileError.class, () -> NotThereYet.refuse(Config.parse(List.of(line))));
    assertTrue(refusal.getMessage().contains("yet"), refusal.getMessage());
  }

  @Test
  void theDefaultsStart() {
    assertDoesNotThrow(() -> NotThereYet.refuse(Config.defaults()));
  }
}
