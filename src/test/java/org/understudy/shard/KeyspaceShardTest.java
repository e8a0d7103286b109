package org.understudy.shard;

import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.command.Session;
import org.understudy.engine.Engine;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.Run;
import org.understudy.shard.clients.ShardMessage;

class KeyspaceShardTest {
  private final ActorTestKit kit = ActorTestKit.create("shard", Engine.systemConfig());
  private final DirectShard direct = new DirectShard();
  private final ActorRef<ShardMessage> shard = kit.spawn(KeyspaceShard.create(direct.parts.shard()));
  private final TestProbe<String> probe = kit.createTestProbe();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void aFaultInItsOwnWorkDoesNotEndTheShard() {
    shard.tell(task(() -> {
      throw new IllegalStateException("a fault of the test's");
    }));
    shard.tell(task(() -> probe.ref().tell("lives")));
    probe.expectMessage("lives");
  }

  @Test
  void aFaultInAClientsTurnCutsOffThatClientOnly() {
    Client client = new Client(new Session(8, "127.0.0.1:50001", "127.0.0.1:6379", 0), new DirectShard() {
      @Override
      public void deliver(ByteString replies) {
        throw new IllegalStateException("a fault of the test's");
      }

      @Override
      public void kill() {
        probe.ref().tell("cut off");
      }
    });
    byte[][] time = {Bytes.of("TIME")};
    Run run = new Run(client);
    run.add(direct.parts.table().resolve(time), time);
    run.last = true;
    shard.tell(new ShardMessage.Connected(client));
    shard.tell(run);
    probe.expectMessage("cut off");
    shard.tell(task(() -> probe.ref().tell("lives")));
    probe.expectMessage("lives");
  }

  private static ShardMessage task(Runnable work) {
    return new ShardMessage.Task(work);
  }
}
