package org.understudy.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import org.junit.jupiter.api.Test;

class SyslogTest {
  @Test
  void facilityAndLevelMakeThePriority() {
    assertEquals(8 + 5, Syslog.priority(Syslog.facilityNumber("user"), Level.INFO));
    assertEquals(16 * 8 + 4, Syslog.priority(Syslog.facilityNumber("local0"), Level.WARN));
    assertEquals(23 * 8 + 7, Syslog.priority(Syslog.facilityNumber("local7"), Level.TRACE));
  }
}
