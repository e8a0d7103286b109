package org.understudy.client;

import java.net.Socket;
import java.nio.ByteBuffer;

/**
 * Tells of what came on a socket before the stream does. A chunk of the stream is an array that lives for a moment;
 * large ones would fill the young generation again and again, and every collection moves what is being received. And an
 * end passes through so many hands that what others send just after it is done first.
 */
@FunctionalInterface
public interface EarlyReads {
  /** Called on the thread of the socket's loop. */
  interface Reader {
    /**
     * @param chunk what a large read brought; holds during the call
     * @return whether all of it was taken: then a single byte comes through the stream, in its place
     */
    boolean read(ByteBuffer chunk);

    /** Whether {@link #read} would not take a chunk now, but will shortly: the one before it is being dealt with. */
    boolean isBusy();

    /** Nothing more comes. The stream tells it, too. */
    void ended();
  }

  /**
   * To be called on the thread of the socket's loop.
   *
   * @param reader null once there is nobody to be shown anything: it is kept until then
   */
  void show(Socket socket, Reader reader);
}
