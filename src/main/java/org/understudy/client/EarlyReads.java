package org.understudy.client;

import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.function.Predicate;

/**
 * Shows what came on a socket to whom it is for, before the stream copies it. A chunk of the stream is an array that
 * lives for a moment; large ones would fill the young generation again and again, and every collection moves what is
 * being received.
 */
@FunctionalInterface
public interface EarlyReads {
  /**
   * To be called on the thread of the socket's loop, where the reader will be called too.
   *
   * @param reader is shown what a large read brought, which holds for so long as it is called. True if it has taken all
   *     of it: then a single byte comes through the stream, in its place. Null once there is nobody to be
   *     shown anything: it is kept until then
   */
  void show(Socket socket, Predicate<ByteBuffer> reader);
}
