package org.understudy.acl;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.understudy.bytes.Bytes;
import org.understudy.command.AclCategory;
import org.understudy.command.CommandFlag;
import org.understudy.command.CommandSpec;

/** Which commands a selector allows. Built rule by rule; not changed any more once its user has been given it. */
final class CommandRules {
  private final Catalog catalog;
  /** By {@link CommandSpec#index}. */
  private final BitSet allowed;
  /** Nothing has been taken away since all was allowed. */
  private boolean all;
  /** All was allowed once, and then some taken away: the text begins with {@code +@all}. */
  private boolean subtractive;
  /** Of commands that are not allowed, the first arguments with which they are. */
  private final Map<Integer, List<String>> firstArguments;

  CommandRules(Catalog catalog) {
    this.catalog = catalog;
    allowed = new BitSet(catalog.rows.size());
    firstArguments = new TreeMap<>();
  }

  private CommandRules(CommandRules other) {
    catalog = other.catalog;
    allowed = (BitSet) other.allowed.clone();
    all = other.all;
    subtractive = other.subtractive;
    firstArguments = new TreeMap<>();
    other.firstArguments.forEach((row, arguments) -> firstArguments.put(row, new ArrayList<>(arguments)));
  }

  CommandRules copy() {
    return new CommandRules(this);
  }

  // ---- building -----------------------------------------------------------------------------------------------------

  void allowAll() {
    allowed.set(0, catalog.rows.size());
    all = true;
    subtractive = true;
    firstArguments.clear();
  }

  void denyAll() {
    allowed.clear();
    all = false;
    subtractive = false;
    firstArguments.clear();
  }

  /** @param rule {@code +command}, {@code -command}, {@code +command|sub-or-argument}, {@code +@category} … */
  void apply(String rule) {
    boolean allow = rule.charAt(0) == '+';
    String name = rule.substring(1);
    if (name.startsWith("@")) {
      AclCategory category = AclCategory.named(Bytes.of(name.substring(1)));
      if (category == null) throw RuleError.unknownCommand();
      change(category, allow);
    } else if (allow && name.indexOf('|') >= 0) {
      allowPart(name);
    } else {
      change(catalog.find(name), allow);
    }
  }

  private void allowPart(String name) {
    int bar = name.lastIndexOf('|');
    CommandSpec command = catalog.find(name.substring(0, bar));
    String part = name.substring(bar + 1);
    if (command.parent != null) throw RuleError.of("Allowing first-arg of a subcommand is not supported");
    if (part.isEmpty()) throw RuleError.syntax();
    if (command.isContainer()) {
      change(catalog.find(name), true);
      return;
    }
    List<String> arguments = firstArguments.computeIfAbsent(command.index, row -> new ArrayList<>());
    if (arguments.stream().noneMatch(part::equalsIgnoreCase)) arguments.add(part);
  }

  private void change(AclCategory category, boolean allow) {
    for (CommandSpec row : catalog.rows) {
      if (row.in(category)) change(row, allow);
    }
  }

  /** A command goes with all its subcommands. */
  private void change(CommandSpec command, boolean allow) {
    allowed.set(command.index, allow);
    firstArguments.remove(command.index);
    for (CommandSpec subcommand : command.subcommands) allowed.set(subcommand.index, allow);
    if (!allow) all = false;
  }

  // ---- asking -------------------------------------------------------------------------------------------------------

  boolean all() {
    return all;
  }

  boolean permit(CommandSpec spec, byte[][] argv) {
    if (all || spec.is(CommandFlag.NO_AUTH) || allowed.get(spec.index)) return true;
    List<String> arguments = firstArguments.get(spec.index);
    if (arguments == null || argv.length < 2) return false;
    return arguments.stream().anyMatch(argument -> Bytes.is(argv[1], argument));
  }

  /**
   * Rules that give these permissions: categories while they say more that is right than wrong, then what still
   * differs.
   */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(" ");
    CommandRules told = new CommandRules(catalog);
    if (subtractive) told.allowAll();
    text.add(subtractive ? "+@all" : "-@all");
    CommandRules left = copy();
    Set<AclCategory> used = EnumSet.noneOf(AclCategory.class);
    for (AclCategory best = left.bestCategory(used); best != null; best = left.bestCategory(used)) {
      used.add(best);
      told.change(best, !subtractive);
      left.change(best, subtractive);
      text.add((subtractive ? "-@" : "+@") + best.label);
    }
    for (CommandSpec row : catalog.rows) {
      boolean allow = allowed.get(row.index);
      if (allow != told.allowed.get(row.index)) {
        told.change(row, allow);
        text.add((allow ? "+" : "-") + row.fullName);
      }
      if (allow) continue;
      for (String argument : firstArguments.getOrDefault(row.index, List.of())) {
        text.add("+" + row.fullName + "|" + argument);
      }
    }
    return text.toString();
  }

  /** The unused category that fits best what is left to be told, null if none fits more than it does not. */
  private AclCategory bestCategory(Set<AclCategory> used) {
    AclCategory best = null;
    int fewestWrong = Integer.MAX_VALUE;
    int mostRight = 0;
    for (AclCategory category : AclCategory.values()) {
      if (used.contains(category)) continue;
      int right = 0;
      int wrong = 0;
      for (CommandSpec row : catalog.rows) {
        if (!row.in(category)) continue;
        if (allowed.get(row.index) != subtractive) right++;
        else wrong++;
      }
      boolean better = wrong < fewestWrong || wrong == fewestWrong && right > mostRight;
      if (right <= wrong || !better) continue;
      best = category;
      fewestWrong = wrong;
      mostRight = right;
    }
    return best;
  }
}
