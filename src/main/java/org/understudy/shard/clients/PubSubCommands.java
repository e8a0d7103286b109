package org.understudy.shard.clients;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.pattern;
import static org.understudy.command.Arg.string;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.IN_SENTINEL;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.MAY_REPLICATE;
import static org.understudy.command.CommandFlag.NOSCRIPT;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.CommandSpec.container;
import static org.understudy.command.CommandSpec.help;
import static org.understudy.command.CommandSpec.subcommand;
import static org.understudy.command.KeyFlag.NOT_KEY;
import static org.understudy.command.KeySpec.at;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.understudy.bytes.ByteKey;
import org.understudy.bytes.Glob;
import org.understudy.command.Call;
import org.understudy.command.CommandFlag;
import org.understudy.command.CommandGroup;
import org.understudy.command.CommandSpec;
import org.understudy.command.Place;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/**
 * Channels, patterns and shard channels. SUBSCRIBE and its kin answer with one message for each name: kind, name, and
 * how many subscriptions the client has then (channels and patterns together, shard channels on their own). Such a
 * message is sent even while CLIENT REPLY is off.
 */
public final class PubSubCommands {
  private final PubSub pubSub;
  private final Clients clients;

  public PubSubCommands(PubSub pubSub, Clients clients) {
    this.pubSub = pubSub;
    this.clients = clients;
  }

  public List<CommandSpec> rows() {
    return List.of(
        command("PSUBSCRIBE").arity(-2).since("2.0.0").group(CommandGroup.PUBSUB)
            .complexity("O(N) where N is the number of patterns the client is already subscribed to.")
            .summary("Listen for messages published to channels matching the given patterns")
            .flags(CommandFlag.PUBSUB, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
            .args(block("pattern", pattern("pattern")).multiple())
            .runs(Place.SHARD, this::psubscribe),
        command("PUBLISH").arity(3).since("2.0.0").group(CommandGroup.PUBSUB)
            .complexity("O(N+M) where N is the number of clients subscribed to the receiving channel and M is the "
                + "total number of subscribed patterns (by any client).")
            .summary("Post a message to a channel")
            .flags(CommandFlag.PUBSUB, LOADING, STALE, FAST, MAY_REPLICATE, IN_SENTINEL)
            .args(string("channel"), string("message"))
            .runs(Place.SHARD, this::publish),
        container("PUBSUB").arity(-2).since("2.8.0").group(CommandGroup.PUBSUB).complexity("Depends on subcommand.")
            .summary("A container for Pub/Sub commands")
            .containing(
                subcommand("CHANNELS").arity(-2).since("2.8.0").group(CommandGroup.PUBSUB)
                    .complexity("O(N) where N is the number of active channels, and assuming constant time pattern "
                        + "matching (relatively short channels and patterns)")
                    .summary("List active channels")
                    .flags(CommandFlag.PUBSUB, LOADING, STALE)
                    .args(pattern("pattern").optional())
                    .runs(Place.SHARD, this::channels),
                subcommand("NUMPAT").arity(2).since("2.8.0").group(CommandGroup.PUBSUB).complexity("O(1)")
                    .summary("Get the count of unique patterns pattern subscriptions")
                    .flags(CommandFlag.PUBSUB, LOADING, STALE)
                    .runs(Place.SHARD, this::numpat),
                subcommand("NUMSUB").arity(-2).since("2.8.0").group(CommandGroup.PUBSUB)
                    .complexity("O(N) for the NUMSUB subcommand, where N is the number of requested channels")
                    .summary("Get the count of subscribers for channels")
                    .flags(CommandFlag.PUBSUB, LOADING, STALE)
                    .args(string("channel").optional().multiple())
                    .runs(Place.SHARD, this::numsub),
                subcommand("SHARDCHANNELS").arity(-2).since("7.0.0").group(CommandGroup.PUBSUB)
                    .complexity("O(N) where N is the number of active shard channels, and assuming constant time "
                        + "pattern matching (relatively short shard channels).")
                    .summary("List active shard channels")
                    .flags(CommandFlag.PUBSUB, LOADING, STALE)
                    .args(pattern("pattern").optional())
                    .runs(Place.SHARD, this::shardchannels),
                subcommand("SHARDNUMSUB").arity(-2).since("7.0.0").group(CommandGroup.PUBSUB)
                    .complexity("O(N) for the SHARDNUMSUB subcommand, where N is the number of requested shard "
                        + "channels")
                    .summary("Get the count of subscribers for shard channels")
                    .flags(CommandFlag.PUBSUB, LOADING, STALE)
                    .args(string("shardchannel").optional().multiple())
                    .runs(Place.SHARD, this::shardnumsub),
                subcommand("HELP").arity(2).since("6.2.0").group(CommandGroup.PUBSUB).complexity("O(1)")
                    .summary("Show helpful text about the different subcommands")
                    .flags(LOADING, STALE)
                    .runs(Place.CONNECTION, help(
                        "CHANNELS [<pattern>]",
                        "    Return the currently active channels matching a <pattern> (default: '*').",
                        "NUMPAT",
                        "    Return number of subscriptions to patterns.",
                        "NUMSUB [<channel> ...]",
                        "    Return the number of subscribers for the specified channels, excluding",
                        "    pattern subscriptions(default: no channels).",
                        "SHARDCHANNELS [<pattern>]",
                        "    Return the currently active shard level channels matching a <pattern> (default: '*').",
                        "SHARDNUMSUB [<shardchannel> ...]",
                        "    Return the number of subscribers for the specified shard level channel(s)"))),
        command("PUNSUBSCRIBE").arity(-1).since("2.0.0").group(CommandGroup.PUBSUB)
            .complexity("O(N+M) where N is the number of patterns the client is already subscribed and M is the "
                + "number of total patterns subscribed in the system (by any client).")
            .summary("Stop listening for messages posted to channels matching the given patterns")
            .flags(CommandFlag.PUBSUB, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
            .args(pattern("pattern").optional().multiple())
            .runs(Place.SHARD, this::punsubscribe),
        command("SPUBLISH").arity(3).since("7.0.0").group(CommandGroup.PUBSUB)
            .complexity("O(N) where N is the number of clients subscribed to the receiving shard channel.")
            .summary("Post a message to a shard channel")
            .flags(CommandFlag.PUBSUB, LOADING, STALE, FAST, MAY_REPLICATE).keys(at(1).flags(NOT_KEY))
            .args(string("shardchannel"), string("message"))
            .runs(Place.SHARD, this::spublish),
        command("SSUBSCRIBE").arity(-2).since("7.0.0").group(CommandGroup.PUBSUB)
            .complexity("O(N) where N is the number of shard channels to subscribe to.")
            .summary("Listen for messages published to the given shard channels")
            .flags(CommandFlag.PUBSUB, NOSCRIPT, LOADING, STALE).keys(at(1).flags(NOT_KEY).range(-1, 1, 0))
            .args(string("shardchannel").multiple())
            .runs(Place.SHARD, this::ssubscribe),
        command("SUBSCRIBE").arity(-2).since("2.0.0").group(CommandGroup.PUBSUB)
            .complexity("O(N) where N is the number of channels to subscribe to.")
            .summary("Listen for messages published to the given channels")
            .flags(CommandFlag.PUBSUB, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
            .args(string("channel").multiple())
            .runs(Place.SHARD, this::subscribe),
        command("SUNSUBSCRIBE").arity(-1).since("7.0.0").group(CommandGroup.PUBSUB)
            .complexity("O(N) where N is the number of clients already subscribed to a shard channel.")
            .summary("Stop listening for messages posted to the given shard channels")
            .flags(CommandFlag.PUBSUB, NOSCRIPT, LOADING, STALE).keys(at(1).flags(NOT_KEY).range(-1, 1, 0))
            .args(string("shardchannel").optional().multiple())
            .runs(Place.SHARD, this::sunsubscribe),
        command("UNSUBSCRIBE").arity(-1).since("2.0.0").group(CommandGroup.PUBSUB)
            .complexity("O(N) where N is the number of clients already subscribed to a channel.")
            .summary("Stop listening for messages posted to the given channels")
            .flags(CommandFlag.PUBSUB, NOSCRIPT, LOADING, STALE, IN_SENTINEL)
            .args(string("channel").optional().multiple())
            .runs(Place.SHARD, this::unsubscribe));
  }

  // ---- listening ----------------------------------------------------------------------------------------------------

  private void subscribe(Call call) {
    begin(call, "subscribe", pubSub.channels);
  }

  private void psubscribe(Call call) {
    begin(call, "psubscribe", pubSub.patterns);
  }

  private void ssubscribe(Call call) {
    if (call.inTransaction) throw CommandError.err("SSUBSCRIBE isn't allowed for a DENY BLOCKING client");
    begin(call, "ssubscribe", pubSub.shardChannels);
  }

  private void begin(Call call, String kind, Subscriptions names) {
    if (call.session.loads && !call.session.inTransaction()) {
      throw CommandError.err(kind.toUpperCase(Locale.ROOT) + " isn't allowed for a DENY BLOCKING client");
    }
    Client client = clients.of(call.session);
    for (int i = 1; i < call.argv.length; i++) {
      names.add(client, new ByteKey(call.argv[i]));
      confirm(call.reply, kind, call.argv[i], names.confirmed(client));
    }
  }

  private void unsubscribe(Call call) {
    end(call, "unsubscribe", pubSub.channels);
  }

  private void punsubscribe(Call call) {
    end(call, "punsubscribe", pubSub.patterns);
  }

  private void sunsubscribe(Call call) {
    end(call, "sunsubscribe", pubSub.shardChannels);
  }

  /** Ends the subscriptions that are named, or all of them; a null stands for the name if there were none. */
  private void end(Call call, String kind, Subscriptions names) {
    Client client = clients.of(call.session);
    List<ByteKey> ended = call.argv.length == 1 ? names.namesOf(client)
        : Arrays.stream(call.argv, 1, call.argv.length).map(ByteKey::new).toList();
    if (ended.isEmpty()) confirm(call.reply, kind, null, names.confirmed(client));
    for (ByteKey name : ended) {
      names.remove(client, name);
      confirm(call.reply, kind, name.bytes(), names.confirmed(client));
    }
  }

  private static void confirm(ReplyBuffer reply, String kind, byte[] name, int count) {
    boolean muted = reply.muted();
    reply.muted(false);
    reply.push(3);
    reply.bulk(kind);
    reply.bulkOrNull(name);
    reply.integer(count);
    reply.muted(muted);
  }

  // ---- publishing ---------------------------------------------------------------------------------------------------

  private void publish(Call call) {
    call.reply.integer(pubSub.publish(call.argv[1], call.argv[2]));
    call.effectForReplicas();
  }

  private void spublish(Call call) {
    call.reply.integer(pubSub.publishShard(call.argv[1], call.argv[2]));
    call.effectForReplicas();
  }

  // ---- looking ------------------------------------------------------------------------------------------------------

  private void channels(Call call) {
    list(call, pubSub.channels.names());
  }

  private void shardchannels(Call call) {
    list(call, pubSub.shardChannels.names());
  }

  private static void list(Call call, Collection<ByteKey> names) {
    if (call.argv.length > 3) throw Errors.subcommandSyntax(call.argv[0], call.argv[1]);
    byte[] wanted = call.argv.length == 3 ? call.argv[2] : null;
    ReplyBuffer reply = call.reply;
    ReplyBuffer.Mark mark = reply.open();
    long found = 0;
    for (ByteKey name : names) {
      if (wanted != null && !Glob.matches(wanted, name.bytes(), false)) continue;
      reply.bulk(name.bytes());
      found++;
    }
    reply.close(mark, '*', found);
  }

  private void numpat(Call call) {
    call.reply.integer(pubSub.patterns.names().size());
  }

  private void numsub(Call call) {
    countListeners(call, pubSub.channels);
  }

  private void shardnumsub(Call call) {
    countListeners(call, pubSub.shardChannels);
  }

  private static void countListeners(Call call, Subscriptions names) {
    call.reply.array(2L * (call.argv.length - 2));
    for (int i = 2; i < call.argv.length; i++) {
      call.reply.bulk(call.argv[i]);
      call.reply.integer(names.listeners(call.argv[i]).size());
    }
  }
}
