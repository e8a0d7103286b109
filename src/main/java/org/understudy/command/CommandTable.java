package org.understudy.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;

/**
 * All commands of a server by the names under which clients may call them. Immutable; {@link #renamed} gives another
 * table over the same rows.
 */
public final class CommandTable {
  /** All rows in order of their {@link CommandSpec#index}, subcommands behind their container. */
  private final List<CommandSpec> rows;
  /** The commands that can be called, without subcommands, by lower-case name. */
  private final Map<String, CommandSpec> callable;
  private final NameIndex byName;

  /** @throws IllegalArgumentException if two rows have the same name */
  public CommandTable(List<CommandSpec> commands) {
    List<CommandSpec> all = new ArrayList<>();
    callable = new LinkedHashMap<>();
    for (CommandSpec command : commands) {
      CommandSpec placed = command.at(all.size());
      boolean twice = callable.put(placed.name, placed) != null;
      if (twice) throw new IllegalArgumentException("two rows named " + placed.name);
      all.add(placed);
      all.addAll(placed.subcommands);
    }
    rows = List.copyOf(all);
    byName = new NameIndex(callable);
  }

  private CommandTable(CommandTable original, Map<String, CommandSpec> callable) {
    this.callable = callable;
    rows = original.rows;
    byName = new NameIndex(callable);
  }

  /**
   * The table after one {@code rename-command} directive: the row keeps its full name and number.
   *
   * @param to the new name; empty to remove the command
   * @throws IllegalArgumentException in the words of a configuration error: there is no such command, or the name is
   *     taken
   */
  public CommandTable renamed(String from, String to) {
    Map<String, CommandSpec> named = new LinkedHashMap<>(callable);
    CommandSpec spec = named.remove(from.toLowerCase(Locale.ROOT));
    if (spec == null) throw new IllegalArgumentException("No such command in rename-command");
    if (!to.isEmpty() && named.putIfAbsent(to.toLowerCase(Locale.ROOT), spec) != null) {
      throw new IllegalArgumentException("Target command name already exists");
    }
    return new CommandTable(this, named);
  }

  /** All rows in order of their index: containers, then their subcommands. Renaming does not change it. */
  public List<CommandSpec> rows() {
    return rows;
  }

  /** The commands that can be called, without subcommands, in order of their rows. */
  public Collection<CommandSpec> commands() {
    return Collections.unmodifiableCollection(callable.values());
  }

  /** The command of that name, upper and lower case alike, or null. */
  public CommandSpec find(byte[] name) {
    return byName.find(name);
  }

  /**
   * The command, or the subcommand, that a request calls; null if there is none (see {@link #unknown}). Arity
   * unchecked.
   */
  public CommandSpec lookup(byte[][] argv) {
    CommandSpec spec = byName.find(argv[0]);
    return spec == null || argv.length == 1 || !spec.isContainer() ? spec : spec.subcommand(argv[1]);
  }

  /** Why {@link #lookup} found nothing. */
  public CommandError unknown(byte[][] argv) {
    return argv.length > 1 && byName.find(argv[0]) != null ? Errors.unknownSubcommand(argv[0], argv[1])
        : Errors.unknownCommand(argv);
  }

  /**
   * The command or subcommand that a request calls, with as many arguments as it needs.
   *
   * @throws CommandError unknown command, unknown subcommand, wrong number of arguments
   */
  public CommandSpec resolve(byte[][] argv) {
    CommandSpec spec = lookup(argv);
    if (spec == null) throw unknown(argv);
    if (!spec.takes(argv.length)) throw Errors.wrongArity(spec.fullName);
    return spec;
  }

  /** The row of a name such as {@code get} or {@code client|list}, or null. */
  public CommandSpec named(byte[] fullName) {
    int bar = indexOf(fullName, '|');
    if (bar < 0) return byName.find(fullName);
    CommandSpec container = byName.find(Arrays.copyOf(fullName, bar));
    return container == null ? null : container.subcommand(Arrays.copyOfRange(fullName, bar + 1, fullName.length));
  }

  private static int indexOf(byte[] text, char wanted) {
    for (int i = 0; i < text.length; i++) {
      if (text[i] == wanted) return i;
    }
    return -1;
  }
}
