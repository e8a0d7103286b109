package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.understudy.bytes.Bytes;
import org.understudy.command.NotifyClass;
import org.understudy.config.Config;

class NotificationsTest {
  private final Config config = Config.defaults();
  private final List<String> sent = new ArrayList<>();
  private final Notifications notifications = new Notifications(config,
      (channel, message) -> sent.add(Bytes.string(channel) + " " + Bytes.string(message)));

  private void wanted(String classes) {
    config.set(List.of(new Config.Setting("notify-keyspace-events", classes)), true, false);
  }

  private void set() {
    notifications.notify(NotifyClass.STRING, "set", Bytes.of("foo"), 9);
  }

  @Test
  void nothingIsSentByDefault() {
    set();
    assertEquals(List.of(), sent);
  }

  @Test
  void keyAndEventHaveChannelsOfTheirOwn() {
    wanted("KEA");
    set();
    assertEquals(List.of("__keyspace@9__:foo set", "__keyevent@9__:set foo"), sent);
  }

  @Test
  void keyspaceOrKeyeventCanBeLeftOut() {
    wanted("K$");
    set();
    wanted("E$");
    set();
    assertEquals(List.of("__keyspace@9__:foo set", "__keyevent@9__:set foo"), sent);
  }

  @ParameterizedTest
  @EnumSource(value = NotifyClass.class, names = {"KEYSPACE", "KEYEVENT"}, mode = EnumSource.Mode.EXCLUDE)
  void aLetterStandsForItsClassOnly(NotifyClass type) {
    wanted("E" + type.letter());
    for (NotifyClass each : NotifyClass.values()) {
      if (each.ordinal() > 1) notifications.notify(each, each.name(), Bytes.of("k"), 0);
    }
    assertEquals(List.of("__keyevent@0__:" + type.name() + " k"), sent);
  }

  @ParameterizedTest
  @EnumSource(value = NotifyClass.class, names = {"KEY_MISS", "NEW"})
  void allDoesNotStandForMissesAndNewKeys(NotifyClass type) {
    wanted("EA");
    notifications.notify(type, "event", Bytes.of("k"), 0);
    assertEquals(List.of(), sent);
  }
}
