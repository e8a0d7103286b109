package org.understudy.command;

import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.pattern;
import static org.understudy.command.Arg.string;
import static org.understudy.command.CommandFlag.IN_SENTINEL;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandGroup.SERVER;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.CommandSpec.help;
import static org.understudy.command.CommandSpec.subcommand;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Glob;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/**
 * COMMAND and its subcommands: the command table, told to clients. Where Redis answers in the order of a hash table we
 * answer in the order of rows.
 */
public final class CommandCommands {
  private final Supplier<CommandTable> table;

  /** @param table asked when a command runs, since the table holds these rows too */
  public CommandCommands(Supplier<CommandTable> table) {
    this.table = table;
  }

  public List<CommandSpec> rows() {
    return List.of(
        command("COMMAND").arity(-1).since("2.8.13").group(SERVER)
            .complexity("O(N) where N is the total number of Redis commands")
            .summary("Get array of Redis command details")
            .flags(LOADING, STALE, IN_SENTINEL).categories(AclCategory.CONNECTION).tips("nondeterministic_output_order")
            .runs(Place.CONNECTION, this::all)
            .containing(
                subcommand("COUNT").arity(2).since("2.8.13").group(SERVER).complexity("O(1)")
                    .summary("Get total number of Redis commands")
                    .flags(LOADING, STALE, IN_SENTINEL).categories(AclCategory.CONNECTION)
                    .runs(Place.CONNECTION, this::count),
                subcommand("DOCS").arity(-2).since("7.0.0").group(SERVER)
                    .complexity("O(N) where N is the number of commands to look up")
                    .summary("Get array of specific Redis command documentation")
                    .flags(LOADING, STALE, IN_SENTINEL).categories(AclCategory.CONNECTION)
                    .tips("nondeterministic_output_order")
                    .args(string("command-name").optional().multiple())
                    .runs(Place.CONNECTION, this::docs),
                subcommand("GETKEYS").arity(-4).since("2.8.13").group(SERVER)
                    .complexity("O(N) where N is the number of arguments to the command")
                    .summary("Extract keys given a full Redis command")
                    .flags(LOADING, STALE, IN_SENTINEL).categories(AclCategory.CONNECTION)
                    .runs(Place.CONNECTION, this::getKeys),
                subcommand("GETKEYSANDFLAGS").arity(-4).since("7.0.0").group(SERVER)
                    .complexity("O(N) where N is the number of arguments to the command")
                    .summary("Extract keys and access flags given a full Redis command")
                    .flags(LOADING, STALE, IN_SENTINEL).categories(AclCategory.CONNECTION)
                    .runs(Place.CONNECTION, this::getKeysAndFlags),
                subcommand("INFO").arity(-2).since("2.8.13").group(SERVER)
                    .complexity("O(N) where N is the number of commands to look up")
                    .summary("Get array of specific Redis command details, or all when no argument is given.")
                    .history("7.0.0", "Allowed to be called with no argument to get info on all commands.")
                    .flags(LOADING, STALE, IN_SENTINEL).categories(AclCategory.CONNECTION)
                    .tips("nondeterministic_output_order")
                    .args(string("command-name").optional().multiple())
                    .runs(Place.CONNECTION, this::info),
                subcommand("LIST").arity(-2).since("7.0.0").group(SERVER)
                    .complexity("O(N) where N is the total number of Redis commands")
                    .summary("Get an array of Redis command names")
                    .flags(LOADING, STALE, IN_SENTINEL).categories(AclCategory.CONNECTION)
                    .tips("nondeterministic_output_order")
                    .args(
                        oneOf("filterby", string("module-name").after("MODULE"), string("category").after("ACLCAT"),
                            pattern("pattern").after("PATTERN")).after("FILTERBY").optional())
                    .runs(Place.CONNECTION, this::list),
                subcommand("HELP").arity(2).since("5.0.0").group(SERVER).complexity("O(1)")
                    .summary("Show helpful text about the different subcommands")
                    .flags(LOADING, STALE, IN_SENTINEL).categories(AclCategory.CONNECTION)
                    .runs(Place.CONNECTION, help(
                        "(no subcommand)",
                        "    Return details about all Redis commands.",
                        "COUNT",
                        "    Return the total number of commands in this Redis server.",
                        "LIST",
                        "    Return a list of all commands in this Redis server.",
                        "INFO [<command-name> ...]",
                        "    Return details about multiple Redis commands.",
                        "    If no command names are given, documentation details for all",
                        "    commands are returned.",
                        "DOCS [<command-name> ...]",
                        "    Return documentation details about multiple Redis commands.",
                        "    If no command names are given, documentation details for all",
                        "    commands are returned.",
                        "GETKEYS <full-command>",
                        "    Return the keys from a full Redis command.",
                        "GETKEYSANDFLAGS <full-command>",
                        "    Return the keys and the access flags from a full Redis command."))));
  }

  // ---- handlers --------------------------------------------------------------------------------------------------

  /** COMMAND: an array with one description (see {@link #describe}) a command. */
  void all(Call call) {
    Collection<CommandSpec> commands = table.get().commands();
    call.reply.array(commands.size());
    for (CommandSpec spec : commands) describe(spec, call.reply);
  }

  void count(Call call) {
    call.reply.integer(table.get().commands().size());
  }

  /** COMMAND INFO [name …]: a description of each, or a null for a name that no command has. */
  void info(Call call) {
    if (call.argv.length == 2) {
      all(call);
      return;
    }
    call.reply.array(call.argv.length - 2);
    for (int i = 2; i < call.argv.length; i++) {
      CommandSpec spec = table.get().named(call.argv[i]);
      if (spec == null) call.reply.nullValue();
      else describe(spec, call.reply);
    }
  }

  /** COMMAND DOCS [name …]: a map from full names to documentation; names that no command has are left out. */
  void docs(Call call) {
    Collection<CommandSpec> wanted = call.argv.length == 2 ? table.get().commands() : new ArrayList<>();
    for (int i = 2; i < call.argv.length; i++) {
      CommandSpec spec = table.get().named(call.argv[i]);
      if (spec != null) wanted.add(spec);
    }
    documentAll(wanted, call.reply);
  }

  /** COMMAND LIST [FILTERBY MODULE name | ACLCAT category | PATTERN glob]: full names, subcommands too. */
  void list(Call call) {
    Predicate<CommandSpec> filter = spec -> true;
    for (int i = 2; i < call.argv.length; i += 3) {
      if (i + 3 != call.argv.length || !Bytes.is(call.argv[i], "FILTERBY")) throw Errors.SYNTAX;
      filter = filter(call.argv[i + 1], call.argv[i + 2]);
    }
    List<CommandSpec> listed = new ArrayList<>();
    for (CommandSpec spec : table.get().commands()) {
      if (filter.test(spec)) listed.add(spec);
      for (CommandSpec subcommand : spec.subcommands) {
        if (filter.test(subcommand) && !subcommand.is(CommandFlag.UNLISTED)) listed.add(subcommand);
      }
    }
    call.reply.array(listed.size());
    for (CommandSpec spec : listed) call.reply.bulk(spec.fullNameBytes);
  }

  private static Predicate<CommandSpec> filter(byte[] by, byte[] wanted) {
    if (Bytes.is(by, "MODULE")) return spec -> false; // there are no modules
    if (Bytes.is(by, "ACLCAT")) {
      AclCategory category = AclCategory.named(wanted);
      return spec -> category != null && spec.in(category);
    }
    if (Bytes.is(by, "PATTERN")) return spec -> Glob.matches(wanted, spec.fullNameBytes, true);
    throw Errors.SYNTAX;
  }

  /** COMMAND GETKEYS command…: an array of the keys. */
  void getKeys(Call call) {
    byte[][] argv = Arrays.copyOfRange(call.argv, 2, call.argv.length);
    KeyPositions keys = keysOf(argv);
    call.reply.array(keys.size());
    for (int i = 0; i < keys.size(); i++) call.reply.bulk(argv[keys.position(i)]);
  }

  /** COMMAND GETKEYSANDFLAGS command…: an array of pairs of a key and its set of flags. */
  void getKeysAndFlags(Call call) {
    byte[][] argv = Arrays.copyOfRange(call.argv, 2, call.argv.length);
    KeyPositions keys = keysOf(argv);
    call.reply.array(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      call.reply.array(2);
      call.reply.bulk(argv[keys.position(i)]);
      keyFlags(keys.flags(i), call.reply);
    }
  }

  private KeyPositions keysOf(byte[][] argv) {
    CommandSpec spec = table.get().lookup(argv);
    if (spec == null) throw CommandError.err("Invalid command specified");
    if (!spec.hasKeys()) throw CommandError.err("The command has no key arguments");
    if (!spec.takes(argv.length)) throw CommandError.err("Invalid number of arguments specified for command");
    KeyPositions keys = new KeyPositions();
    spec.findKeys(argv, keys);
    if (keys.size() == 0 && !spec.is(CommandFlag.NO_MANDATORY_KEYS)) {
      throw CommandError.err("Invalid arguments specified for command");
    }
    return keys;
  }

  // ---- COMMAND INFO ----------------------------------------------------------------------------------------------

  /**
   * Ten elements: full name, arity, flags, first key, last key, step, categories, tips, key specifications, and the
   * same of each subcommand.
   */
  private static void describe(CommandSpec spec, ReplyBuffer reply) {
    reply.array(10);
    reply.bulk(spec.fullNameBytes);
    reply.integer(spec.arity);
    flags(spec, reply);
    reply.integer(spec.firstKey);
    reply.integer(spec.lastKey);
    reply.integer(spec.keyStep);
    reply.set(Integer.bitCount(spec.categories));
    for (AclCategory category : AclCategory.values()) {
      if (spec.in(category)) reply.simple('@' + category.label);
    }
    reply.set(spec.tips.size());
    for (String tip : spec.tips) reply.bulk(tip);
    reply.set(spec.keySpecs.size());
    for (KeySpec keys : spec.keySpecs) keySpec(keys, reply);
    if (spec.isContainer()) reply.array(spec.subcommands.size());
    else reply.set(0);
    for (CommandSpec subcommand : spec.subcommands) describe(subcommand, reply);
  }

  private static void flags(CommandSpec spec, ReplyBuffer reply) {
    int shown = 0;
    for (CommandFlag flag : CommandFlag.values()) {
      if (flag.label != null && spec.is(flag)) shown++;
    }
    reply.set(shown);
    for (CommandFlag flag : CommandFlag.values()) {
      if (flag.label != null && spec.is(flag)) reply.simple(flag.label);
    }
  }

  private static void keyFlags(int bits, ReplyBuffer reply) {
    reply.set(Integer.bitCount(bits));
    for (KeyFlag flag : KeyFlag.values()) {
      if ((bits & flag.bit) != 0) reply.simple(flag.label);
    }
  }

  private static void keySpec(KeySpec keys, ReplyBuffer reply) {
    reply.map(keys.notes() == null ? 3 : 4);
    if (keys.notes() != null) pair("notes", keys.notes(), reply);
    reply.bulk("flags");
    keyFlags(keys.flags(), reply);

    reply.bulk("begin_search");
    switch (keys.begin()) {
      case INDEX -> {
        typed("index", 1, reply);
        pair("index", keys.position(), reply);
      }
      case KEYWORD -> {
        typed("keyword", 2, reply);
        pair("keyword", keys.keyword(), reply);
        pair("startfrom", keys.position(), reply);
      }
      default -> typed("unknown", 0, reply);
    }

    reply.bulk("find_keys");
    switch (keys.find()) {
      case RANGE -> {
        typed("range", 3, reply);
        pair("lastkey", keys.last(), reply);
        pair("keystep", keys.step(), reply);
        pair("limit", keys.limit(), reply);
      }
      case KEYNUM -> {
        typed("keynum", 3, reply);
        pair("keynumidx", keys.countIndex(), reply);
        pair("firstkey", keys.firstKey(), reply);
        pair("keystep", keys.step(), reply);
      }
      default -> typed("unknown", 0, reply);
    }
  }

  /** A map of a type and its parameters, up to the header of the latter. */
  private static void typed(String type, int parameters, ReplyBuffer reply) {
    reply.map(2);
    pair("type", type, reply);
    reply.bulk("spec");
    reply.map(parameters);
  }

  // ---- COMMAND DOCS ----------------------------------------------------------------------------------------------

  private static void documentAll(Collection<CommandSpec> specs, ReplyBuffer reply) {
    reply.map(specs.size());
    for (CommandSpec spec : specs) {
      reply.bulk(spec.fullNameBytes);
      document(spec, reply);
    }
  }

  /** A map of what is known about the command; what is not known is left out. */
  private static void document(CommandSpec spec, ReplyBuffer reply) {
    reply.map(1 + present(spec.summary) + present(spec.since) + present(spec.complexity) + present(hasDocFlags(spec))
        + present(spec.deprecatedSince) + present(spec.replacedBy) + present(!spec.history.isEmpty())
        + present(!spec.args.isEmpty()) + present(spec.isContainer()));
    pair("summary", spec.summary, reply);
    pair("since", spec.since, reply);
    pair("group", spec.group.label, reply);
    pair("complexity", spec.complexity, reply);
    docFlags(spec, reply);
    pair("deprecated_since", spec.deprecatedSince, reply);
    pair("replaced_by", spec.replacedBy, reply);
    if (!spec.history.isEmpty()) {
      reply.bulk("history");
      reply.set(spec.history.size());
      for (CommandSpec.History change : spec.history) {
        reply.array(2);
        reply.bulk(change.version());
        reply.bulk(change.change());
      }
    }
    if (!spec.args.isEmpty()) {
      reply.bulk("arguments");
      arguments(spec.args, reply);
    }
    if (spec.isContainer()) {
      reply.bulk("subcommands");
      documentAll(spec.subcommands, reply);
    }
  }

  private static boolean hasDocFlags(CommandSpec spec) {
    return spec.systemCommand || spec.deprecatedSince != null;
  }

  private static void docFlags(CommandSpec spec, ReplyBuffer reply) {
    if (!hasDocFlags(spec)) return;
    reply.bulk("doc_flags");
    reply.set(present(spec.deprecatedSince) + present(spec.systemCommand));
    if (spec.deprecatedSince != null) reply.simple("deprecated");
    if (spec.systemCommand) reply.simple("syscmd");
  }

  private static void arguments(List<Arg> args, ReplyBuffer reply) {
    reply.array(args.size());
    for (Arg arg : args) {
      boolean nests = arg.type() == Arg.Type.ONE_OF || arg.type() == Arg.Type.BLOCK;
      reply.map(2 + present(arg.keySpec() >= 0) + present(arg.token()) + present(arg.since())
          + present(arg.deprecatedSince()) + present(arg.flags() != 0) + present(nests));
      pair("name", arg.name(), reply);
      pair("type", arg.type().label, reply);
      if (arg.keySpec() >= 0) pair("key_spec_index", arg.keySpec(), reply);
      pair("token", arg.token(), reply);
      pair("since", arg.since(), reply);
      pair("deprecated_since", arg.deprecatedSince(), reply);
      if (arg.flags() != 0) {
        reply.bulk("flags");
        reply.set(Integer.bitCount(arg.flags()));
        if ((arg.flags() & Arg.OPTIONAL) != 0) reply.simple("optional");
        if ((arg.flags() & Arg.MULTIPLE) != 0) reply.simple("multiple");
        if ((arg.flags() & Arg.MULTIPLE_TOKEN) != 0) reply.simple("multiple_token");
      }
      if (nests) {
        reply.bulk("arguments");
        arguments(arg.arguments(), reply);
      }
    }
  }

  private static int present(Object value) {
    return value == null ? 0 : 1;
  }

  private static int present(boolean yes) {
    return yes ? 1 : 0;
  }

  /** Writes nothing for a value that is null. */
  private static void pair(String name, String value, ReplyBuffer reply) {
    if (value == null) return;
    reply.bulk(name);
    reply.bulk(value);
  }

  private static void pair(String name, int value, ReplyBuffer reply) {
    reply.bulk(name);
    reply.integer(value);
  }
}
