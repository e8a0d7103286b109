package org.understudy.shard.server;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What commands can do to the process that the shard lives in. Called on the shard's loop; nothing here may block. */
public interface ServerControl {
  /** For a shard that is not a server's: everything is refused. */
  ServerControl NONE = new ServerControl() {
    @Override
    public String shutDown() {
      return "ERR this server cannot be shut down by a command";
    }

    @Override
    public void shutdownCalledOff() {}

    @Override
    public void crash(String reason) {
      throw new IllegalStateException(reason);
    }

    @Override
    public void exit(String reason) {
      throw new IllegalStateException(reason);
    }
  };

  /**
   * Ends the server in order; everything that had to be saved is saved. Once it has begun clients are not answered any
   * more.
   *
   * @return null if it has begun, else why not: an error line for the client
   */
  String shutDown();

  /** A shutdown that was asked for will not be, unless it is asked for again. */
  void shutdownCalledOff();

  /**
   * Ends the process as a fault would, with a crash report in the log: what DEBUG SEGFAULT and its like are for.
   *
   * @param reason first line of the report
   */
  void crash(String reason);

  /** Ends the process at once with exit status 1: its dataset cannot be trusted. @param reason a line for the log */
  void exit(String reason);

  /**
   * Listens on other addresses or another port from now on: what {@code bind} and {@code port} say. Open
   * connections stay.
   *
   * @return completed, on any thread, with null or the reason why it is not possible: then nothing has changed
   */
  default CompletionStage<String> listen(List<String> bind, int port) {
    return CompletableFuture.completedStage(null);
  }

  /** Who supervises the process, as INFO says: {@code systemd}, {@code upstart}, {@code unknown} or {@code no}. */
  default String supervisor() {
    return "no";
  }
}
