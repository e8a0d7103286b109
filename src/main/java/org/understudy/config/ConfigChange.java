package org.understudy.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;

/** A CONFIG SET on its way: checked, then visible, then in force, or taken back. */
public final class ConfigChange {
  private final Config config;
  private final Config.Values before;
  private final Config.Values after;
  /** What is new, by the name that the client used. */
  private final Map<Directive, String> changed;

  private ConfigChange(Config config, Config.Values before, Config.Values after, Map<Directive, String> changed) {
    this.config = config;
    this.before = before;
    this.after = after;
    this.changed = changed;
  }

  /** Everything is checked, nothing is changed yet: see {@link Config#set}. */
  static ConfigChange of(Config config, List<Config.Setting> settings, boolean localClient, boolean loading) {
    List<Directive.Name> names = new ArrayList<>();
    for (Config.Setting setting : settings) {
      names.add(changeable(config, setting.name(), names, localClient, loading));
    }
    Config.Values before = config.values();
    Config.Values after = before;
    Map<Directive, String> changed = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      Directive directive = names.get(i).directive();
      ValueType type = directive.type();
      String text = settings.get(i).value();
      Object old = after.of(directive);
      Object value;
      try {
        value = type.parse(type.severalArguments() ? Words.splitAtSpaces(text) : List.of(text), old);
      } catch (BadValue e) {
        throw failed(names.get(i).text(), e.getMessage());
      }
      if (!type.alwaysChanges() && value.equals(old)) continue;
      after = after.with(directive, value);
      changed.putIfAbsent(directive, names.get(i).text());
    }
    return new ConfigChange(config, before, after, changed);
  }

  private static Directive.Name changeable(Config config, String asked, List<Directive.Name> before,
      boolean localClient, boolean loading) {
    Directive.Name name = Directive.named(asked);
    if (name == null) throw CommandError.err("Unknown option or number of arguments for CONFIG SET - '" + asked + "'");
    Directive directive = name.directive();
    if (directive.immutable()) throw failed(asked, "can't set immutable config");
    if (directive.has(Directive.Flag.PROTECTED) && !config.enableProtectedConfigs().allows(localClient)) {
      throw failed(asked, "can't set protected config");
    }
    if (loading && directive.has(Directive.Flag.DENIED_WHILE_LOADING)) {
      throw Errors.LOADING;
    }
    if (before.contains(name)) throw failed(asked, "duplicate parameter");
    return name;
  }

  private static CommandError failed(String name, String reason) {
    return CommandError.err("CONFIG SET failed (possibly related to argument '" + name + "') - " + reason);
  }

  /** Whether the directive gets a new value. */
  public boolean changes(Directive directive) {
    return changed.containsKey(directive);
  }

  /** Makes the new values visible. */
  void publish() {
    config.publish(after);
  }

  /**
   * Runs the hooks of what changed, each once even if it serves several of the directives.
   *
   * @throws CommandError a hook refused; the old values are back
   */
  void runHooks() {
    Set<Config.Hook> done = new LinkedHashSet<>();
    for (Map.Entry<Directive, String> entry : changed.entrySet()) {
      for (Config.Hook hook : config.hooks(entry.getKey())) {
        if (!done.add(hook)) continue;
        String refusal = hook.apply(config);
        if (refusal != null) throw rollBack(entry.getKey(), refusal);
      }
    }
  }

  /**
   * Brings the old values back and lets the hooks of the changed directives run for them.
   *
   * @return what the client is to be answered
   */
  public CommandError rollBack(Directive directive, String reason) {
    config.publish(before);
    Set<Config.Hook> all = new LinkedHashSet<>();
    for (Directive each : changed.keySet()) all.addAll(config.hooks(each));
    for (Config.Hook hook : all) hook.apply(config);
    return failed(changed.getOrDefault(directive, directive.directiveName()), reason);
  }
}
