package org.understudy.persistence;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a file piece by piece where it may block, and loads each on the loop while the next is being read. With a brake
 * on, the next is read when the last is loaded.
 */
final class Loading {
  private static final Logger log = LoggerFactory.getLogger(Loading.class);

  private final FileSystem.Input input;
  private final RdbLoad load;
  private final Turns turns;
  private final BooleanSupplier stop;
  private final int keyDelayMicros;
  private final Consumer<RdbFiles.Outcome> ended;
  /** The piece that is read next, and the one that is loaded or will be. */
  private byte[] next = new byte[RdbLoad.PIECE_BYTES];
  private byte[] current = new byte[RdbLoad.PIECE_BYTES];
  /** A piece is being read. */
  private boolean reading;
  /** How it ended; null while it goes on. */
  private RdbFiles.Outcome outcome;

  /** @param keyDelayMicros {@code key-load-delay}, a brake for tests; 0 or negative for none */
  Loading(FileSystem.Input input, RdbLoad load, Turns turns, BooleanSupplier stop, int keyDelayMicros,
      Consumer<RdbFiles.Outcome> ended) {
    this.input = input;
    this.load = load;
    this.turns = turns;
    this.stop = stop;
    this.keyDelayMicros = keyDelayMicros;
    this.ended = ended;
  }

  void read() {
    byte[] piece = next;
    next = current;
    current = piece;
    reading = true;
    turns.block(() -> {
      try {
        int length = input.read(piece);
        turns.back(() -> arrived(() -> load(piece, length)));
      } catch (IOException e) {
        turns.back(() -> arrived(() -> failed(e)));
      }
    });
  }

  /** A piece that was still being read at the end is not looked at any more. */
  private void arrived(Runnable onward) {
    reading = false;
    if (outcome == null) onward.run();
    else close();
  }

  private void failed(IOException failure) {
    load.endedEarly(failure);
    end(RdbFiles.Outcome.DAMAGED);
  }

  private void load(byte[] piece, int length) {
    if (stop.getAsBoolean()) {
      end(RdbFiles.Outcome.STOPPED);
      return;
    }
    if (length < 0) {
      failed(null);
      return;
    }
    boolean ahead = keyDelayMicros <= 0;
    if (ahead) read();
    long before = load.keysLoaded();
    if (!load.read(piece, length)) {
      end(load.complete() ? RdbFiles.Outcome.LOADED : RdbFiles.Outcome.DAMAGED);
      return;
    }
    if (ahead) return;
    long delayMillis = (load.keysLoaded() - before) * keyDelayMicros / 1000;
    if (delayMillis > 0) turns.later(delayMillis, this::read);
    else read();
  }

  private void end(RdbFiles.Outcome how) {
    outcome = how;
    if (!reading) close();
  }

  private void close() {
    turns.block(() -> {
      try {
        input.close();
      } catch (IOException e) {
        log.debug("Closing the RDB file: {}", e.getMessage());
      }
    });
    ended.accept(outcome);
  }
}
