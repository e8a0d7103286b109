package org.understudy.comparison;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests have in common that give the same commands to a real server and to our handlers. */
abstract class SideBySideTest {
  SideBySide both;
  /** Its seed is in every failure. */
  Random random;

  @BeforeEach
  void startBoth() throws IOException {
    both = startSideBySide();
    random = both.random;
  }

  /** To be overridden where something else is compared. */
  SideBySide startSideBySide() throws IOException {
    return new SideBySide();
  }

  @AfterEach
  void stopBoth() throws IOException {
    if (both != null) both.close();
  }
}
