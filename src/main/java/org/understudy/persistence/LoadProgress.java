package org.understudy.persistence;

/** How far the loading of a dataset is. Times are Unix time, sizes are bytes. */
public interface LoadProgress {
  long startMillis();

  /** Size of all files. */
  long totalBytes();

  long loadedBytes();

  /** Memory that the dataset took where the file was written; 0 if it does not say so. */
  long usedMemory();
}
