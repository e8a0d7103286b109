package org.understudy.shard.clients;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.understudy.bytes.Clock;

/** Begins and ends pauses, and knows whose runs wait for their end, in the order in which they came. */
public final class PausedClients {
  /** Whose clients are held back. */
  public interface Owner {
    /** A pause began or ended, so that others may change keys than before. */
    void pauseChanged();

    /** A pause may end earlier than what was to wake the owner until now. */
    void wakeInTime();

    /** Has a client's run go on. It may come back, if another purpose holds it. */
    void goOn(Client client);

    /** A pause ended, and all who waited went on. */
    void unpaused();
  }

  private final Pause pause;
  private final Clock clock;
  private final Set<Client> waiting = new LinkedHashSet<>();
  private boolean endDue;
  private Owner owner;

  public PausedClients(Pause pause, Clock clock) {
    this.pause = pause;
    this.clock = clock;
  }

  public void start(Owner owner) {
    this.owner = owner;
  }

  /**
   * Holds clients back until then, or until {@link #end}; for so long no key expires either.
   *
   * @param untilMillis Unix time; {@link Long#MAX_VALUE} for no end of itself
   */
  public void begin(Pause.Purpose purpose, Pause.Mode mode, long untilMillis) {
    pause.start(purpose, mode, untilMillis, clock.millis());
    owner.pauseChanged();
    owner.wakeInTime();
  }

  /** Ends a pause; who waited for that goes on with {@link #goOn}. */
  public void end(Pause.Purpose purpose) {
    pause.end(purpose);
    endDue = true;
  }

  /** A client's run waits for the end of the pause. */
  public void add(Client client) {
    waiting.add(client);
  }

  public void forget(Client client) {
    waiting.remove(client);
  }

  /** Lets those go on whose pause has been ended. To be called when no command runs. */
  public void goOn() {
    if (endDue) ended();
  }

  /** Ends what has reached its end. */
  public void expire(long nowMillis) {
    if (nowMillis < pause.nextEndMillis()) return;
    pause.expire(nowMillis);
    ended();
  }

  private void ended() {
    endDue = false;
    owner.pauseChanged();
    List<Client> all = List.copyOf(waiting);
    waiting.clear();
    for (Client client : all) {
      if (client.suspended != null) owner.goOn(client);
    }
    owner.unpaused();
  }
}
