package org.understudy.persistence;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** All that keeping data needs of a file system, so that tests can stop it at every step. Every call may block. */
public interface FileSystem {
  /** Creates a file, or empties it, and opens it for writing. */
  Output create(Path file) throws IOException;

  /** Opens a file for writing behind what is in it; creates it if there is none. */
  Output append(Path file) throws IOException;

  /** @throws NoSuchFileException if there is none */
  Input open(Path file) throws IOException;

  /** Whether there is such a file or folder. */
  boolean exists(Path path) throws IOException;

  /** @throws NoSuchFileException if there is none */
  long size(Path file) throws IOException;

  /** Creates a folder unless it is there. */
  void createFolder(Path folder) throws IOException;

  /** Takes the end of a file away, so that so many bytes remain, and makes that safe on disk. */
  void truncate(Path file, long sizeBytes) throws IOException;

  /** Gives a file another name, in one step, whatever had that name. */
  void rename(Path from, Path to) throws IOException;

  /** Deletes a file if it is there. */
  void delete(Path file) throws IOException;

  /** Gives a file the permissions of another, if that is there and there are permissions. */
  default void copyPermissions(Path from, Path to) throws IOException {}

  /** Makes the names in a folder safe on disk. */
  void syncFolder(Path folder) throws IOException;

  /** A file that is being written. */
  interface Output extends Closeable {
    /** Writes all of it. */
    void write(ByteBuffer bytes) throws IOException;

    /** Bytes that the file holds. */
    long size() throws IOException;

    /** Takes back the end of what was written, so that so many bytes remain. */
    void truncate(long sizeBytes) throws IOException;

    /** Makes what was written safe on disk. May be called while another thread writes. */
    void sync() throws IOException;
  }

  /** A file that is being read. */
  interface Input extends Closeable {
    long size() throws IOException;

    /** @return how many bytes were read, at least one; -1 at the end */
    int read(byte[] into) throws IOException;

    /**
     * Reads what stands at a position, wherever others read.
     *
     * @return how many bytes were read, at least one; -1 if there are none
     */
    int read(long position, byte[] into) throws IOException;
  }
}
