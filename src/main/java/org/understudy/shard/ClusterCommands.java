package org.understudy.shard;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.ADMIN;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.NOSCRIPT;
import static org.understudy.command.CommandFlag.NO_ASYNC_LOADING;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandGroup.CLUSTER;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.CommandSpec.container;

import java.util.List;
import org.understudy.command.AclCategory;
import org.understudy.command.Arg;
import org.understudy.command.Call;
import org.understudy.command.CommandFlag;
import org.understudy.command.CommandSpec;
import org.understudy.command.Place;
import org.understudy.resp.CommandError;

/**
 * The commands of a cluster, by which clients find out that this server is none: each answers what a redis-server
 * without {@code cluster-enabled} answers.
 */
final class ClusterCommands {
  private static final CommandError DISABLED = CommandError.err("This instance has cluster support disabled");
  private static final CommandFlag[] READS = {STALE};
  private static final CommandFlag[] ADMINISTERS = {ADMIN, STALE};
  private static final CommandFlag[] CHANGES = {NO_ASYNC_LOADING, ADMIN, STALE};
  private static final String[] NO_TIP = {};
  private static final String[] VARIES = {"nondeterministic_output"};
  private static final String PER_NODE = "O(N) where N is the total number of Cluster nodes";
  private static final String PER_SLOT = "O(N) where N is the total number of hash slot arguments";
  private static final String PER_SLOT_OF_RANGE =
      "O(N) where N is the total number of the slots between the start slot and end slot arguments.";

  private ClusterCommands() {}

  static List<CommandSpec> rows() {
    return List.of(
        connectionWide("ASKING", "Sent by cluster clients after an -ASK redirect", FAST),
        connectionWide("READONLY", "Enables read queries for a connection to a cluster replica node",
            FAST, LOADING, STALE),
        connectionWide("READWRITE", "Disables read queries for a connection to a cluster replica node",
            FAST, LOADING, STALE),
        container("CLUSTER").arity(-2).since("3.0.0").group(CLUSTER).complexity("Depends on subcommand.")
            .summary("A container for cluster commands")
            .containing(
                row("ADDSLOTS", -3, "3.0.0", PER_SLOT, "Assign new hash slots to receiving node", CHANGES, NO_TIP,
                    integer("slot").multiple()),
                row("ADDSLOTSRANGE", -4, "7.0.0", PER_SLOT_OF_RANGE, "Assign new hash slots to receiving node",
                    CHANGES, NO_TIP, slotRanges()),
                row("BUMPEPOCH", 2, "3.0.0", "O(1)", "Advance the cluster config epoch", CHANGES, VARIES),
                row("COUNT-FAILURE-REPORTS", 3, "3.0.0", "O(N) where N is the number of failure reports",
                    "Return the number of failure reports active for a given node", ADMINISTERS, VARIES,
                    string("node-id")),
                row("COUNTKEYSINSLOT", 3, "3.0.0", "O(1)", "Return the number of local keys in the specified hash slot",
                    READS, NO_TIP, integer("slot")),
                row("DELSLOTS", -3, "3.0.0", PER_SLOT, "Set hash slots as unbound in receiving node", CHANGES, NO_TIP,
                    integer("slot").multiple()),
                row("DELSLOTSRANGE", -4, "7.0.0", PER_SLOT_OF_RANGE, "Set hash slots as unbound in receiving node",
                    CHANGES, NO_TIP, slotRanges()),
                row("FAILOVER", -2, "3.0.0", "O(1)", "Forces a replica to perform a manual failover of its master.",
                    CHANGES, NO_TIP, oneOf("options", token("FORCE"), token("TAKEOVER")).optional()),
                row("FLUSHSLOTS", 2, "3.0.0", "O(1)", "Delete a node's own slots information", CHANGES, NO_TIP),
                row("FORGET", 3, "3.0.0", "O(1)", "Remove a node from the nodes table", CHANGES, NO_TIP,
                    string("node-id")),
                row("GETKEYSINSLOT", 4, "3.0.0", "O(log(N)) where N is the number of requested keys",
                    "Return local key names in the specified hash slot", READS, VARIES, integer("slot"),
                    integer("count")),
                row("HELP", 2, "5.0.0", "O(1)", "Show helpful text about the different subcommands",
                    new CommandFlag[] {LOADING, STALE}, NO_TIP),
                row("INFO", 2, "3.0.0", "O(1)", "Provides info about Redis Cluster node state", READS, VARIES),
                row("KEYSLOT", 3, "3.0.0", "O(N) where N is the number of bytes in the key",
                    "Returns the hash slot of the specified key", READS, NO_TIP, string("key")),
                row("LINKS", 2, "7.0.0", PER_NODE,
                    "Returns a list of all TCP links to and from peer nodes in cluster", READS, VARIES),
                builder("MEET", -4, "3.0.0", "O(1)", "Force a node cluster to handshake with another node", CHANGES,
                    NO_TIP, string("ip"), integer("port"), integer("cluster_bus_port").since("4.0.0").optional())
                    .history("4.0.0", "Added the optional `cluster_bus_port` argument.")
                    .runs(Place.CONNECTION, ClusterCommands::refuse),
                row("MYID", 2, "3.0.0", "O(1)", "Return the node id", READS, NO_TIP),
                row("NODES", 2, "3.0.0", PER_NODE, "Get Cluster config for the node", READS, VARIES),
                row("REPLICAS", 3, "5.0.0", "O(1)", "List replica nodes of the specified master node", ADMINISTERS,
                    VARIES, string("node-id")),
                row("REPLICATE", 3, "3.0.0", "O(1)", "Reconfigure a node as a replica of the specified master node",
                    CHANGES, NO_TIP, string("node-id")),
                row("RESET", -2, "3.0.0",
                    "O(N) where N is the number of known nodes. The command may execute a FLUSHALL as a side effect.",
                    "Reset a Redis Cluster node", new CommandFlag[] {ADMIN, STALE, NOSCRIPT}, NO_TIP,
                    oneOf("hard_soft", token("HARD"), token("SOFT")).optional()),
                row("SAVECONFIG", 2, "3.0.0", "O(1)", "Forces the node to save cluster state on disk", CHANGES, NO_TIP),
                row("SET-CONFIG-EPOCH", 3, "3.0.0", "O(1)", "Set the configuration epoch in a new node", CHANGES,
                    NO_TIP, integer("config-epoch")),
                row("SETSLOT", -4, "3.0.0", "O(1)", "Bind a hash slot to a specific node", CHANGES, NO_TIP,
                    integer("slot"), oneOf("subcommand", string("node-id").after("IMPORTING"),
                        string("node-id").after("MIGRATING"), string("node-id").after("NODE"), token("STABLE"))),
                row("SHARDS", 2, "7.0.0", "O(N) where N is the total number of cluster nodes",
                    "Get array of cluster slots to node mappings", READS, VARIES),
                builder("SLAVES", 3, "3.0.0", "O(1)", "List replica nodes of the specified master node", ADMINISTERS,
                    VARIES, string("node-id"))
                    .deprecated("5.0.0", "`CLUSTER REPLICAS`")
                    .runs(Place.CONNECTION, ClusterCommands::refuse),
                builder("SLOTS", 2, "3.0.0", PER_NODE, "Get array of Cluster slot to node mappings", READS, VARIES)
                    .deprecated("7.0.0", "`CLUSTER SHARDS`")
                    .history("4.0.0", "Added node IDs.")
                    .history("7.0.0", "Added additional networking metadata field.")
                    .runs(Place.CONNECTION, ClusterCommands::refuse)));
  }

  private static CommandSpec connectionWide(String name, String summary, CommandFlag... flags) {
    return command(name).arity(1).since("3.0.0").group(CLUSTER).complexity("O(1)").summary(summary).flags(flags)
        .categories(AclCategory.CONNECTION).runs(Place.CONNECTION, ClusterCommands::refuse);
  }

  private static CommandSpec row(String name, int arity, String since, String complexity, String summary,
      CommandFlag[] flags, String[] tips, Arg... args) {
    return builder(name, arity, since, complexity, summary, flags, tips, args)
        .runs(Place.CONNECTION, ClusterCommands::refuse);
  }

  private static CommandSpec.Builder builder(String name, int arity, String since, String complexity, String summary,
      CommandFlag[] flags, String[] tips, Arg... args) {
    return CommandSpec.subcommand(name).arity(arity).since(since).group(CLUSTER).complexity(complexity)
        .summary(summary).flags(flags).tips(tips).args(args);
  }

  private static Arg slotRanges() {
    return block("start-slot_end-slot", integer("start-slot"), integer("end-slot")).multiple();
  }

  private static void refuse(Call call) {
    throw DISABLED;
  }
}
