package org.understudy.acl;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.understudy.command.CommandSpec;
import org.understudy.command.CommandTable;

/** The commands that rules speak of: by the names of their rows, whatever they have been renamed to. */
final class Catalog {
  /** Containers, then their subcommands; an index in this list is a row's. */
  final List<CommandSpec> rows;
  private final Map<String, CommandSpec> named = new HashMap<>();

  Catalog(CommandTable table) {
    rows = table.rows();
    for (CommandSpec row : rows) named.put(row.fullName, row);
  }

  /** @param name such as {@code get} or {@code config|get}, in any case */
  CommandSpec find(String name) {
    CommandSpec spec = named.get(name.toLowerCase(Locale.ROOT));
    if (spec == null) throw RuleError.unknownCommand();
    return spec;
  }
}
