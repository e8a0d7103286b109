package org.understudy.engine;

import java.util.concurrent.ThreadFactory;
import org.apache.pekko.dispatch.MonitorableThreadFactory;

/** The thread of one {@link EventLoop}: how code that has only the current thread finds the loop. */
final class LoopThread extends Thread {
  final EventLoop loop;

  private LoopThread(EventLoop loop, Runnable body, String name) {
    super(body, name);
    this.loop = loop;
  }

  /** Gives a loop its thread. */
  @FunctionalInterface
  interface Maker {
    LoopThread make(EventLoop loop, Runnable body);
  }

  /**
   * Threads as the factory of an actor system would make them: its class loader, daemon mode and handler for the fatal.
   */
  static Maker like(ThreadFactory factory, String name) {
    return (loop, body) -> {
      LoopThread thread = new LoopThread(loop, body, name);
      if (factory instanceof MonitorableThreadFactory of) {
        thread.setDaemon(of.daemonic());
        thread.setUncaughtExceptionHandler(of.exceptionHandler());
        if (of.contextClassLoader().isDefined()) thread.setContextClassLoader(of.contextClassLoader().get());
      }
      return thread;
    };
  }

  static Maker named(String name, UncaughtExceptionHandler handler) {
    return (loop, body) -> {
      LoopThread thread = new LoopThread(loop, body, name);
      thread.setDaemon(true);
      thread.setUncaughtExceptionHandler(handler);
      return thread;
    };
  }
}
