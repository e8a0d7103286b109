package org.understudy.persistence;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a file piece by piece where it may block, and loads each on the loop. */
final class Loading {
  private static final Logger log = LoggerFactory.getLogger(Loading.class);

  private final FileSystem.Input input;
  private final RdbLoad load;
  private final Turns turns;
  private final BooleanSupplier stop;
  private final int keyDelayMicros;
  private final Consumer<RdbFiles.Outcome> ended;
  private final byte[] piece = new byte[RdbLoad.PIECE_BYTES];

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
    turns.block(() -> {
      try {
        int length = input.read(piece);
        turns.back(() -> load(length));
      } catch (IOException e) {
        turns.back(() -> {
          load.endedEarly(e);
          end(RdbFiles.Outcome.DAMAGED);
        });
      }
    });
  }

  private void load(int length) {
    if (stop.getAsBoolean()) {
      end(RdbFiles.Outcome.STOPPED);
      return;
    }
    if (length < 0) {
      load.endedEarly(null);
      end(RdbFiles.Outcome.DAMAGED);
      return;
    }
    long before = load.keysLoaded();
    if (!load.read(piece, length)) {
      end(load.complete() ? RdbFiles.Outcome.LOADED : RdbFiles.Outcome.DAMAGED);
      return;
    }
    long delayMillis = keyDelayMicros <= 0 ? 0 : (load.keysLoaded() - before) * keyDelayMicros / 1000;
    if (delayMillis > 0) turns.later(delayMillis, this::read);
    else read();
  }

  private void end(RdbFiles.Outcome outcome) {
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
