package org.understudy.shard;

import org.understudy.bytes.Bytes;
import org.understudy.command.NotifyClass;
import org.understudy.config.Config;
import org.understudy.config.Directive;

/**
 * Keyspace events as messages: to {@code __keyspace@N__:key} the event's name, to {@code __keyevent@N__:event} the
 * key, as far as {@code notify-keyspace-events} asks for the event's class. Costs one test of a bit while it does
 * not.
 */
final class Notifications {
  /** Sends a message to the subscribers of a channel. */
  @FunctionalInterface
  interface Publisher {
    void publish(byte[] channel, byte[] message);
  }

  private final Publisher publisher;
  private int wanted;

  Notifications(Config config, Publisher publisher) {
    this.publisher = publisher;
    wanted = config.notifyKeyspaceEvents();
    config.onChange(Directive.NOTIFY_KEYSPACE_EVENTS, now -> {
      wanted = now.notifyKeyspaceEvents();
      return null;
    });
  }

  boolean wants(NotifyClass type) {
    return (wanted & type.bit()) != 0;
  }

  void notify(NotifyClass type, String event, byte[] key, int database) {
    if ((wanted & type.bit()) == 0) return;
    byte[] name = Bytes.of(event);
    if (wants(NotifyClass.KEYSPACE)) {
      publisher.publish(Bytes.concat(Bytes.of("__keyspace@" + database + "__:"), key), name);
    }
    if (wants(NotifyClass.KEYEVENT)) publisher.publish(Bytes.of("__keyevent@" + database + "__:" + event), key);
  }
}
