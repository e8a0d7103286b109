package org.understudy.sentinel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.command.CommandFlag;
import org.understudy.command.CommandSpec;
import org.understudy.config.Config;
import org.understudy.config.FileNames;
import org.understudy.shard.Mode;
import org.understudy.shard.ShardParts;
import org.understudy.shard.server.ServerFacts;

/** What makes a server a sentinel: its commands, and the actor that answers them. For one node. */
public final class SentinelMode implements Mode {
  private static final Logger log = LoggerFactory.getLogger(Sentinel.class);
  private static final int ID_BYTES = 20;

  private final World world;
  private final SentinelFile file;
  private SentinelConfig configured;
  /** Completed when it runs: clients may come a little earlier, and wait. */
  private final CompletableFuture<ActorRef<Sentinel.Message>> sentinel = new CompletableFuture<>();

  /**
   * @param config of the server, with the file that is rewritten
   * @param configured what the file says, and the state file if there is one
   */
  public SentinelMode(World world, Config config, SentinelConfig configured) {
    this.world = world;
    this.configured = configured;
    file = new SentinelFile(world.files(), config, configured);
  }

  @Override
  public String word() {
    return "sentinel";
  }

  @Override
  public boolean hasDataset() {
    return false;
  }

  @Override
  public List<CommandSpec> rows(ShardParts parts, List<CommandSpec> server) {
    List<CommandSpec> own = new SentinelCommands(parts,
        work -> sentinel.thenAccept(actor -> actor.tell(new Sentinel.Query(work)))).rows();
    List<String> replaced = own.stream().map(row -> row.fullName).toList();
    List<CommandSpec> rows = new ArrayList<>(own);
    for (CommandSpec row : server) {
      if (row.is(CommandFlag.IN_SENTINEL) && !replaced.contains(row.fullName)) rows.add(row);
    }
    return rows;
  }

  /** Gives the sentinel an id if it has none, and keeps that. Blocks on the disk. */
  public void prepare() {
    if (configured.state().myId() == null) {
      configured = configured.withId(HexFormat.of().formatHex(ServerFacts.random(ID_BYTES)));
      try {
        file.write(0, configured.options(), configured.state(), null);
        log.info("Sentinel new configuration saved on disk");
      } catch (IOException failure) {
        log.warn("WARNING: Sentinel was not able to save the new configuration on disk!!!: {}",
            FileNames.reason(failure));
      }
    }
    log.warn("Sentinel ID is {}", configured.state().myId());
  }

  /** Starts the sentinel. @param shard runs work on the loop of the parts */
  public void start(ActorContext<?> context, ShardParts parts, Consumer<Runnable> shard) {
    sentinel.complete(context.spawn(Sentinel.create(world, configured, file, parts, shard), "sentinel"));
  }
}
