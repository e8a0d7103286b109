package org.understudy.shard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.understudy.bytes.Clock;
import org.understudy.command.Call;
import org.understudy.command.CommandCommands;
import org.understudy.command.CommandFlag;
import org.understudy.command.CommandSpec;
import org.understudy.command.CommandTable;
import org.understudy.config.Config;
import org.understudy.keyspace.Keyspace;

/**
 * Wires the shard by hand: makes its parts, gives each command family the parts that it needs, and builds the command table
 * from their rows.
 */
public final class ShardParts {
  final Config config;
  final Clock clock;
  final Keyspace keyspace;
  final Admission admission;
  final Pause pause = new Pause();
  final Clients clients = new Clients();
  final Watches watches = new Watches();
  /** Counters of all loops, the shard's first. */
  final List<LoopStats> stats = new ArrayList<>();
  private final CommandTable table;
  private final Shard shard;

  /**
   * @param seed secret of the process for its hash tables
   * @param connectionRows the commands that connections answer themselves
   */
  public ShardParts(Config config, Clock clock, long seed, List<CommandSpec> connectionRows) {
    this.config = config;
    this.clock = clock;
    keyspace = new Keyspace(config.databases(), seed, clock::millis, clock::nanos);
    admission = new Admission(config);
    shard = new Shard(this);
    List<CommandSpec> rows = new ArrayList<>(connectionRows);
    rows.addAll(new CommandCommands(this::table).rows());
    rows.addAll(new TransactionCommands(watches, clients, shard.executor()).rows());
    Map<String, String> renames = new LinkedHashMap<>();
    for (Config.Rename rename : config.renamedCommands()) renames.put(rename.from(), rename.to());
    table = new CommandTable(rows).renamed(renames);
  }

  public Shard shard() {
    return shard;
  }

  public CommandTable table() {
    return table;
  }

  public Admission admission() {
    return admission;
  }

  public Pause pause() {
    return pause;
  }

  public Config config() {
    return config;
  }

  public Clock clock() {
    return clock;
  }

  /** Counters for one more loop. */
  public LoopStats newLoopStats() {
    LoopStats more = new LoopStats();
    synchronized (stats) {
      stats.add(more);
    }
    return more;
  }

  /** What the executor of a connections' loop reports to: the shard hears of it only if somebody is interested. */
  public CommandExecutor.Observer connectionObserver(Consumer<KeyspaceShard.Message> shardMailbox) {
    return (call, nanos) -> {
      if (observed(call, nanos)) {
        shardMailbox.accept(new KeyspaceShard.Observed(call.session, call.spec, call.shownArgv(), nanos));
      }
    };
  }

  private boolean observed(Call call, long nanos) {
    return false;
  }
}
