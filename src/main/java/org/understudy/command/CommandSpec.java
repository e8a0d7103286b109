package org.understudy.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.understudy.bytes.Bytes;

/**
 * One command: its row in the command table. Everything that the server knows about a command in general is in its row
 * or derived from it here, once: flags, categories, the old first-last-step figures, names. Immutable and without
 * statistics; whoever counts calls keeps an array by {@link #index}.
 *
 * <pre>
 * command("GET").arity(2).since("1.0.0").group(STRING).complexity("O(1)").summary("Get the value of a key")
 *     .flags(READONLY, FAST).keys(at(1).flags(RO, ACCESS)).args(key("key"))
 *     .runs(Place.SHARD, StringCommands::get)
 * </pre>
 *
 * Subcommands are rows of their own within their container: {@code container("CLIENT")….containing(subcommand("ID")…)}.
 */
public final class CommandSpec {
  /**
   * Name in lower case, with the container's for a subcommand: {@code get}, {@code client|list}. Not changed by
   * renaming.
   */
  public final String fullName;
  /** The last part of {@link #fullName}. */
  public final String name;
  /** Number of arguments including the name; negative: at least so many. */
  public final int arity;
  /** Bits of {@link CommandFlag}. */
  public final int flags;
  /** Bits of {@link AclCategory}. */
  public final int categories;
  public final Place place;
  public final Handler handler;
  /**
   * Number of this row in its {@link CommandTable}, from 0 and without gaps, subcommands included; -1 outside a table.
   */
  public final int index;
  /** The container of a subcommand, else null. */
  public final CommandSpec parent;
  /** In the order of their rows; empty unless this is a container. */
  public final List<CommandSpec> subcommands;

  final byte[] fullNameBytes;
  final CommandGroup group;
  final String summary;
  final String since;
  final String complexity;
  final String deprecatedSince;
  final String replacedBy;
  final boolean systemCommand;
  final List<History> history;
  final List<Arg> args;
  final List<String> tips;
  final List<KeySpec> keySpecs;
  final KeyFinder keyFinder;
  /** Where keys are in terms of COMMAND INFO's fourth to sixth field; all 0 for none. */
  public final int firstKey;
  public final int lastKey;
  public final int keyStep;
  /** Which arguments name elements of the value of {@link #firstKey}: each step-th, to the end; 0 for none. */
  public final int firstElement;
  public final int elementStep;

  private final Builder row;
  private final boolean keySpecsAreExact;
  private final NameIndex subcommandsByName;

  private CommandSpec(Builder row, int index, CommandSpec parent) {
    this.row = row;
    this.index = index;
    this.parent = parent;
    name = row.name.toLowerCase(Locale.ROOT);
    fullName = parent == null ? name : parent.name + '|' + name;
    fullNameBytes = Bytes.of(fullName);
    arity = row.arity;
    place = row.place;
    handler = row.handler;
    group = row.group;
    summary = row.summary;
    since = row.since;
    complexity = row.complexity;
    deprecatedSince = row.deprecatedSince;
    replacedBy = row.replacedBy;
    systemCommand = row.systemCommand;
    history = List.copyOf(row.history);
    args = row.args;
    tips = row.tips;
    keySpecs = row.keySpecs;
    keyFinder = row.keyFinder;
    keySpecsAreExact = keySpecs.stream().noneMatch(keys -> keys.has(KeyFlag.VARIABLE_FLAGS));

    LegacyRange range = LegacyRange.of(keySpecs);
    firstKey = range.first();
    lastKey = range.last();
    keyStep = range.step();
    firstElement = row.firstElement;
    elementStep = row.elementStep;
    flags = row.flags | (range.movable() ? CommandFlag.MOVABLE_KEYS.bit : 0);
    categories = categoriesOf(row);

    Map<String, CommandSpec> placed = new LinkedHashMap<>();
    for (Builder subcommand : row.subcommands) {
      CommandSpec spec = new CommandSpec(subcommand, index < 0 ? -1 : index + 1 + placed.size(), this);
      if (placed.put(spec.name, spec) != null) throw new IllegalArgumentException("two rows named " + spec.fullName);
    }
    subcommands = List.copyOf(placed.values());
    subcommandsByName = placed.isEmpty() ? null : new NameIndex(placed);
  }

  /** This row with its number in a table; subcommands get the numbers behind it. */
  CommandSpec at(int number) {
    return new CommandSpec(row, number, null);
  }

  /** What the flags imply, and the categories that the row lists or, if it lists none, its group's. */
  private static int categoriesOf(Builder row) {
    int bits = row.categories;
    if (bits == 0 && row.group.category != null && !row.container) bits = row.group.category.bit;
    if (has(row, CommandFlag.WRITE)) bits |= AclCategory.WRITE.bit;
    if (has(row, CommandFlag.READONLY) && (bits & AclCategory.SCRIPTING.bit) == 0) bits |= AclCategory.READ.bit;
    if (has(row, CommandFlag.ADMIN)) bits |= AclCategory.ADMIN.bit | AclCategory.DANGEROUS.bit;
    if (has(row, CommandFlag.PUBSUB)) bits |= AclCategory.PUBSUB.bit;
    if (has(row, CommandFlag.BLOCKING)) bits |= AclCategory.BLOCKING.bit;
    return bits | (has(row, CommandFlag.FAST) ? AclCategory.FAST.bit : AclCategory.SLOW.bit);
  }

  private static boolean has(Builder row, CommandFlag flag) {
    return (row.flags & flag.bit) != 0;
  }

  /** Whether the command has that flag; the hot path tests {@link #flags} with a {@link CommandFlag#mask} instead. */
  public boolean is(CommandFlag flag) {
    return (flags & flag.bit) != 0;
  }

  public boolean in(AclCategory category) {
    return (categories & category.bit) != 0;
  }

  public boolean isContainer() {
    return subcommandsByName != null;
  }

  /** Whether a command of that many arguments, its name included, has as many as it needs. */
  public boolean takes(int arguments) {
    return arity > 0 ? arguments == arity : arguments >= -arity;
  }

  /** The subcommand of that name (upper and lower case alike), or null. */
  public CommandSpec subcommand(byte[] word) {
    return subcommandsByName == null ? null : subcommandsByName.find(word);
  }

  /** Whether any argument of the command can be a key. */
  public boolean hasKeys() {
    if (keyFinder != null) return true;
    for (KeySpec keys : keySpecs) {
      if (!keys.has(KeyFlag.NOT_KEY)) return true;
    }
    return false;
  }

  /**
   * Finds the keys among the arguments and what is done with each, as getKeysFromCommandWithSpecs of 7.0 does: by the
   * key specifications if they are exact, else by the command's own finder.
   *
   * @param argv a whole command whose arity is right
   * @param found cleared first; left empty if there are no keys or the arguments make no sense
   */
  public void findKeys(byte[][] argv, KeyPositions found) {
    found.clear();
    if (keySpecsAreExact && KeySearch.find(this, argv, found)) return;
    found.clear();
    if (keyFinder != null && !keyFinder.find(argv, found)) found.clear();
  }

  @Override
  public String toString() {
    return fullName;
  }

  // ---- rows ------------------------------------------------------------------------------------------------------

  public static Builder command(String name) {
    return new Builder(name, false);
  }

  /** A command that only groups subcommands: called without one, its arity refuses it. */
  public static Builder container(String name) {
    return new Builder(name, true);
  }

  /** @param name without the container's */
  public static Builder subcommand(String name) {
    return new Builder(name, false);
  }

  /** The same row with subcommands, for a command that also runs without any (COMMAND). */
  public CommandSpec containing(CommandSpec... rows) {
    Builder both = row.copy();
    for (CommandSpec subcommand : rows) both.subcommands.add(subcommand.row);
    return new CommandSpec(both, -1, null);
  }

  /**
   * The handler of a container's HELP: the given lines between the head and the foot that all of them share.
   *
   * @param lines for each subcommand its syntax, then indented lines of explanation
   */
  public static Handler help(String... lines) {
    return call -> {
      call.reply.array(lines.length + 3);
      call.reply.simple(Bytes.string(call.argv[0]).toUpperCase(Locale.ROOT)
          + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
      for (String line : lines) call.reply.simple(line);
      call.reply.simple("HELP");
      call.reply.simple("    Prints this help.");
    };
  }

  /** What changed in a version. */
  record History(String version, String change) {}

  /** A row in the making. */
  public static final class Builder {
    private final String name;
    private final boolean container;
    private int arity;
    private CommandGroup group;
    private String summary;
    private String since;
    private String complexity;
    private String deprecatedSince;
    private String replacedBy;
    private boolean systemCommand;
    private int flags;
    private int categories;
    private Place place;
    private Handler handler;
    private KeyFinder keyFinder;
    private List<Arg> args = List.of();
    private List<String> tips = List.of();
    private List<KeySpec> keySpecs = List.of();
    private int firstElement;
    private int elementStep;
    private final List<History> history = new ArrayList<>();
    private final List<Builder> subcommands = new ArrayList<>();

    private Builder(String name, boolean container) {
      this.name = name;
      this.container = container;
    }

    private Builder copy() {
      Builder copy = new Builder(name, container).arity(arity).group(group).summary(summary).since(since)
          .complexity(complexity).keysFoundBy(keyFinder);
      copy.deprecatedSince = deprecatedSince;
      copy.replacedBy = replacedBy;
      copy.systemCommand = systemCommand;
      copy.flags = flags;
      copy.categories = categories;
      copy.place = place;
      copy.handler = handler;
      copy.args = args;
      copy.tips = tips;
      copy.keySpecs = keySpecs;
      copy.firstElement = firstElement;
      copy.elementStep = elementStep;
      copy.history.addAll(history);
      copy.subcommands.addAll(subcommands);
      return copy;
    }

    /** Number of arguments with the name (and the container's name); negative: at least so many. */
    public Builder arity(int count) {
      arity = count;
      return this;
    }

    public Builder group(CommandGroup chapter) {
      group = chapter;
      return this;
    }

    public Builder summary(String text) {
      summary = text;
      return this;
    }

    public Builder since(String version) {
      since = version;
      return this;
    }

    public Builder complexity(String text) {
      complexity = text;
      return this;
    }

    public Builder history(String version, String change) {
      history.add(new History(version, change));
      return this;
    }

    /** @param replacement what to use instead, in the words of the command reference */
    public Builder deprecated(String sinceVersion, String replacement) {
      deprecatedSince = sinceVersion;
      replacedBy = replacement;
      return this;
    }

    /** Meant for the server itself, not for clients. */
    public Builder systemCommand() {
      systemCommand = true;
      return this;
    }

    public Builder flags(CommandFlag... set) {
      flags = CommandFlag.mask(set);
      return this;
    }

    /** Instead of the group's category; those that flags imply (read, write, admin, fast, slow …) come on top. */
    public Builder categories(AclCategory... set) {
      categories = 0;
      for (AclCategory category : set) categories |= category.bit;
      return this;
    }

    public Builder tips(String... set) {
      tips = List.of(set);
      return this;
    }

    public Builder keys(KeySpec... specs) {
      keySpecs = List.of(specs);
      return this;
    }

    /** Asked where {@link #keys} cannot say where keys are, or not with which flags. */
    public Builder keysFoundBy(KeyFinder finder) {
      keyFinder = finder;
      return this;
    }

    /** Which arguments name elements that are looked up: from the first one each so many-th. Options may shift them. */
    public Builder elements(int first, int step) {
      firstElement = first;
      elementStep = step;
      return this;
    }

    public Builder args(Arg... documented) {
      args = List.of(documented);
      return this;
    }

    /** Ends the row. */
    public CommandSpec runs(Place where, Handler how) {
      place = where;
      handler = how;
      return checked();
    }

    /** Ends the row of a container. */
    public CommandSpec containing(CommandSpec... rows) {
      for (CommandSpec subcommand : rows) subcommands.add(subcommand.row);
      return runs(Place.CONNECTION, null);
    }

    private CommandSpec checked() {
      if (arity == 0) throw new IllegalStateException(name + " has no arity");
      if (group == null) throw new IllegalStateException(name + " has no group");
      if (handler == null && subcommands.isEmpty()) throw new IllegalStateException(name + " has nothing to run");
      return new CommandSpec(copy(), -1, null);
    }
  }
}
