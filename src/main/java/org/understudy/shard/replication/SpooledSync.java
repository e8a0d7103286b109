package org.understudy.shard.replication;

import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.persistence.PiecewiseFile;
import org.understudy.persistence.RdbFiles;
import org.understudy.persistence.Turns;

/**
 * Brings the dataset of our primary into a file first ({@code repl-diskless-load disabled}): ours is served until all
 * of it is there, and its file is replaced by the new one.
 *
 * <pre>
 * Receiving -> Loading: the file is whole and in its place
 * Receiving -> failed: the file is damaged, or cannot be written | abandoned: the connection was lost
 * Loading   -> ready | failed: the file cannot be read
 * </pre>
 */
final class SpooledSync implements FullSync {
  private static final Logger log = LoggerFactory.getLogger(SpooledSync.class);

  private final Replacement replacement;
  private final Owner owner;
  private final PiecewiseFile file;
  private final Turns turns;
  /** All that has come, as long as that is little. */
  private byte[] small = Bytes.EMPTY;
  private boolean writing;
  private boolean over;

  SpooledSync(Replacement replacement, Owner owner, Turns turns) {
    this.replacement = replacement;
    this.owner = owner;
    this.turns = turns;
    file = replacement.file();
  }

  @Override
  public void piece(byte[] bytes, boolean last) {
    gather(bytes);
    if (last && owner.refuses(small)) {
      abandon();
      owner.failed();
      return;
    }
    writing = true;
    turns.block(() -> {
      boolean done = file.put(ByteBuffer.wrap(bytes), last);
      turns.back(() -> written(done, last));
    });
  }

  private void gather(byte[] bytes) {
    if (small == null) return;
    small = small.length + bytes.length > AmnesiaGuard.SMALL_BYTES ? null : Bytes.concat(small, bytes);
  }

  private void written(boolean done, boolean last) {
    writing = false;
    if (over) {
      if (done) turns.block(file::discard);
    } else if (!done) {
      over = true;
      owner.failed();
    } else if (last) {
      load();
    } else {
      owner.readOn();
    }
  }

  private void load() {
    over = true; // from here on nothing can be given up
    owner.replacing();
    log.info("MASTER <-> REPLICA sync: Flushing old data");
    replacement.flush();
    log.info("MASTER <-> REPLICA sync: Loading DB in memory");
    replacement.loadFile(outcome -> {
      if (outcome == RdbFiles.Outcome.LOADED) {
        owner.ready(replacement.streamDatabase());
      } else {
        log.warn("Failed trying to load the MASTER synchronization DB from disk");
        owner.failed();
      }
    });
  }

  @Override
  public void abandon() {
    if (over) return;
    over = true;
    if (!writing) turns.block(file::discard);
  }
}
