package org.understudy.engine;

/**
 * How an actor system is to be run.
 *
 * @param loop on an event loop, if this JVM was started for it; without, on a plain single-threaded dispatcher
 * @param blockingThreads at most so many threads for work that blocks (files, names); none is started before it is
 * needed
 * @param directBufferBytes the largest piece read from or written to a socket at once
 */
public record EngineSettings(boolean loop, int blockingThreads, int directBufferBytes) {
  private static final int DIRECT_BUFFER_BYTES = 128 * 1024;

  public EngineSettings {
    if (blockingThreads < 1) throw new IllegalArgumentException("blockingThreads " + blockingThreads);
    if (directBufferBytes < 1) throw new IllegalArgumentException("directBufferBytes " + directBufferBytes);
  }

  public static EngineSettings defaults() {
    return new EngineSettings(true, 4, DIRECT_BUFFER_BYTES);
  }

  public EngineSettings withLoop(boolean on) {
    return new EngineSettings(on, blockingThreads, directBufferBytes);
  }
}
