package org.understudy.client;

import java.nio.file.Path;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.understudy.acl.Users;
import org.understudy.bytes.Clock;
import org.understudy.config.Config;
import org.understudy.shard.KeyspaceShard;
import org.understudy.shard.ShardParts;

/** The thinnest server: for trying things out before the node exists. */
public final class TinyServer {
  public static void main(String[] args) {
    Config config = Config.defaults(Path.of("."));
    Clock clock = new Clock() {
      @Override
      public long millis() {
        return System.currentTimeMillis();
      }

      @Override
      public long nanos() {
        return System.nanoTime();
      }
    };
    Users users = new Users(config);
    ShardParts parts = new ShardParts(config, clock, 42, new ConnectionCommands(config, users).rows());
    Sessions sessions = new Sessions();
    parts.connections(sessions);
    ActorSystem.create(Behaviors.setup(context -> {
      ActorRef<KeyspaceShard.Message> shard = context.spawn(KeyspaceShard.create(parts.shard()), "shard");
      ActorRef<ClientListener.Message> listener =
          context.spawn(ClientListener.create(shard, parts, users, sessions), "listener");
      listener.tell(new ClientListener.Bind(BindAddress.of(java.util.List.of("127.0.0.1")), Integer.parseInt(args[0]),
          context.getSystem().ignoreRef()));
      return Behaviors.empty();
    }), "tiny");
  }
}
