package org.understudy.sentinel.state;

import java.util.ArrayList;
import java.util.List;
import org.understudy.config.LogLevel;

/** Collects the effects of a step, and words events as Redis does. */
final class Outbox {
  private List<Effect> effects = new ArrayList<>();
  private boolean byName;

  /** @param announceHostnames whether events show names rather than addresses */
  void showNames(boolean announceHostnames) {
    byName = announceHostnames;
  }

  boolean showsNames() {
    return byName;
  }

  void add(Effect effect) {
    effects.add(effect);
  }

  void log(LogLevel level, String text) {
    add(new Effect.Log(level, text));
  }

  /** A line about an instance, which it begins with. */
  void log(LogLevel level, Instance about, String text) {
    log(level, identity(about) + ": " + text);
  }

  /** An event whose payload begins with the instance it is about. */
  void publish(LogLevel level, String name, Instance about) {
    publishText(level, name, about, identity(about));
  }

  /** The same with more behind the instance. */
  void publish(LogLevel level, String name, Instance about, String more) {
    publishText(level, name, about, identity(about) + " " + more);
  }

  /** An event with a payload of its own. A WARNING about an instance also runs the notification script. */
  void publishText(LogLevel level, String name, Instance about, String payload) {
    add(new Effect.Publish(level, name, payload));
    if (level != LogLevel.WARNING || about == null) return;
    String script = about.primary().settings.notificationScript();
    if (script != null) add(new Effect.RunScript(script, List.of(name, payload)));
  }

  List<Effect> take() {
    List<Effect> taken = effects;
    effects = new ArrayList<>();
    return taken;
  }

  /** {@code master mymaster 10.0.0.1 6379}, {@code slave 10.0.0.2:6379 10.0.0.2 6379 @ mymaster 10.0.0.1 6379}. */
  private String identity(Instance instance) {
    String self = instance.kind.word + " " + instance.name + " " + place(instance.address);
    if (instance.kind == Kind.PRIMARY) return self;
    MonitoredPrimary primary = instance.primary();
    return self + " @ " + primary.name + " " + place(primary.address);
  }

  private String place(Address address) {
    return address.shown(byName) + " " + address.port();
  }
}
