package org.understudy.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.FileNames;
import org.understudy.rdb.RdbException;
import org.understudy.rdb.RdbReader;
import org.understudy.rdb.ReadOptions;

/**
 * The dataset of our primary on its way into a file: written under another name beside the place of our own RDB file,
 * which it takes once it is whole and safe on disk. It is read while it comes, without keeping what is in it: a damaged
 * one replaces nothing. What fails is logged in Redis's words.
 */
final class ReceivedFile implements PiecewiseFile {
  private static final Logger log = LoggerFactory.getLogger(ReceivedFile.class);
  /** See {@link UnfinishedFile}. */
  private static final int SYNC_BYTES = 8 << 20;

  private final FileSystem files;
  private final Path place;
  private final UnfinishedFile file;
  private final RdbReader check;

  /** @param temporaryName in the same folder as {@code place} */
  ReceivedFile(FileSystem files, Path place, String temporaryName, ReadOptions options) {
    this.files = files;
    this.place = place;
    file = new UnfinishedFile(files, place.resolveSibling(temporaryName), SYNC_BYTES);
    check = new RdbReader(options, entry -> true);
  }

  /** Bytes behind the dataset's end are written too. The piece has an array. */
  @Override
  public void write(ByteBuffer piece) throws IOException {
    check(() -> check.read(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining()));
    if (!file.isCreated()) create();
    try {
      file.write(piece);
    } catch (IOException e) {
      throw failed("Write error or short write writing to the DB dump file needed for", e);
    }
  }

  private static void check(Runnable reading) throws IOException {
    try {
      reading.run();
    } catch (RdbException e) {
      log.warn("Failed trying to load the MASTER synchronization DB: {}. The old data stays.", e.getMessage());
      throw new IOException(e);
    } catch (RuntimeException fault) {
      log.error("A fault while looking through the MASTER synchronization DB. The old data stays.", fault);
      throw new IOException(fault);
    }
  }

  private void create() throws IOException {
    try {
      file.create();
    } catch (IOException e) {
      log.warn("Opening the temp file needed for MASTER <-> REPLICA synchronization: {}", FileNames.reason(e));
      throw e;
    }
  }

  /** The file takes the place of the old one. */
  @Override
  public void commit() throws IOException {
    check(check::requireFinished);
    try {
      file.sync();
      file.close();
    } catch (IOException e) {
      throw failed("Failed trying to sync the temp DB to disk in", e);
    }
    try {
      files.rename(file.path(), place);
    } catch (IOException e) {
      throw failed("Failed trying to rename the temp DB into " + place.getFileName() + " in", e);
    }
    try {
      files.syncFolder(place.getParent());
    } catch (IOException e) {
      throw failed("Failed trying to sync DB directory " + place.getParent() + " in", e);
    }
  }

  @Override
  public void discard() {
    file.discard();
  }

  private static IOException failed(String what, IOException cause) {
    log.warn("{} MASTER <-> REPLICA synchronization: {}", what, FileNames.reason(cause));
    return cause;
  }
}
