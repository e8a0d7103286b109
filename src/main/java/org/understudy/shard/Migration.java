package org.understudy.shard;

import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.util.ByteString;
import org.understudy.resp.CommandError;
import org.understudy.resp.Reply;

/**
 * The exchange of one MIGRATE with its target: AUTH and SELECT where needed and a RESTORE for each key go out at once,
 * then the replies are read. A connection that was kept may have been closed meanwhile, so a failure before any key
 * was acknowledged is met with one new attempt, unless time ran out. {@link #run} blocks; its outcome is read
 * afterwards. Source: migrateCommand, cluster.c 7.0.15.
 */
final class Migration implements Runnable {
  private static final CommandError NOT_CONNECTED =
      new CommandError("IOERR error or timeout connecting to the client");
  private static final CommandError NOT_WRITTEN = new CommandError("IOERR error or timeout writing to target instance");
  private static final CommandError NOT_READ = new CommandError("IOERR error or timeout reading to target instance");

  /** @param restore the whole command, encoded */
  record Key(byte[] name, ByteString restore) {}

  private final MigrationTarget target;
  private final long timeoutMillis;
  /** Encoded, or null. */
  private final ByteString auth;
  private final long database;
  private final ByteString select;
  private final List<Key> keys;

  private final List<byte[]> acknowledged = new ArrayList<>();
  private CommandError error;

  /** @param auth the AUTH command, encoded, or null; {@code select} the SELECT command for {@code database} */
  Migration(MigrationTarget target, long timeoutMillis, ByteString auth, long database, ByteString select,
      List<Key> keys) {
    this.target = target;
    this.timeoutMillis = timeoutMillis;
    this.auth = auth;
    this.database = database;
    this.select = select;
    this.keys = keys;
  }

  /** Keys that the target has. */
  List<byte[]> acknowledged() {
    return acknowledged;
  }

  /** Null if it has all of them. */
  CommandError error() {
    return error;
  }

  @Override
  public void run() {
    boolean again = attempt();
    if (again) attempt();
  }

  /** @return whether another attempt may succeed and does no harm */
  private boolean attempt() {
    boolean timedOut = false;
    try {
      if (!target.isOpen()) target.open(timeoutMillis);
    } catch (ConnectException e) {
      error = NOT_WRITTEN; // Redis notices only then that nobody listens
      return false;
    } catch (IOException | TimeoutException e) {
      error = NOT_CONNECTED;
      return false;
    }
    try {
      boolean selects = target.database != database;
      error = NOT_WRITTEN;
      send(selects);
      error = NOT_READ;
      receive(selects);
      return false;
    } catch (TimeoutException e) {
      timedOut = true;
    } catch (IOException e) {
      // told by what stands in error
    }
    target.close();
    return !timedOut && acknowledged.isEmpty() && isIoError();
  }

  private boolean isIoError() {
    return error == NOT_WRITTEN || error == NOT_READ;
  }

  private void send(boolean selects) throws IOException, TimeoutException {
    ByteString all = auth == null ? ByteString.emptyByteString() : auth;
    if (selects) all = all.concat(select);
    for (Key key : keys) all = all.concat(key.restore);
    target.send(all, timeoutMillis);
  }

  /** The first complaint of the target is the answer; a failed AUTH or SELECT fails all keys. */
  private void receive(boolean selects) throws IOException, TimeoutException {
    Reply.Failure refused = null;
    if (auth != null) refused = failure(target.receive(timeoutMillis));
    if (selects) {
      Reply.Failure notSelected = failure(target.receive(timeoutMillis));
      if (refused == null) refused = notSelected;
    }
    for (Key key : keys) {
      Reply.Failure notRestored = failure(target.receive(timeoutMillis));
      Reply.Failure complaint = refused != null ? refused : notRestored;
      if (complaint == null) acknowledged.add(key.name);
      else if (isIoError()) error = CommandError.err("Target instance replied with error: " + complaint.message());
    }
    boolean failed = !isIoError();
    target.database = failed ? MigrationTarget.UNKNOWN : database;
    if (!failed) error = null;
  }

  private static Reply.Failure failure(Reply reply) {
    return reply instanceof Reply.Failure failure ? failure : null;
  }
}
