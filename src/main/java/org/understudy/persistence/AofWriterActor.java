package org.understudy.persistence;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Lends {@link AofWriter} its turns, on a thread where it keeps nobody waiting but itself. */
public final class AofWriterActor {
  /** The dispatcher to spawn it on. */
  public static final String DISPATCHER = "understudy.aof-dispatcher";

  /** What the writer is to do now. */
  public record Turn(Runnable work) {}

  private AofWriterActor() {}

  public static Behavior<Turn> create() {
    return Behaviors.receiveMessage(turn -> {
      turn.work.run();
      return Behaviors.same();
    });
  }
}
