package org.understudy.replication;

import java.io.IOException;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;

/**
 * The link from this server to one of its replicas: sends it a snapshot, if it needs one, and then the log. A piece is
 * taken from either only when the replica's socket has taken the one before; so a slow replica takes as long as it
 * takes, and holds nobody up.
 *
 * <pre>
 * Waiting    -> Announced: it was given a snapshot | Streaming: it can go on without
 * Announced  -> Sending: the snapshot's length is known, or not needed
 * Sending    -> Confirming: all is sent, and only the replica knows where that ends
 *             | Streaming: all is sent | Done: … and that was all that it wanted
 * Confirming -> Streaming: the replica has loaded it
 * any        -> stopped: the connection is gone
 * </pre>
 * What it reads belongs to the shard, which opens and closes it; so it lives on the shard's loop.
 */
public final class ReplicaLink {
  /** What the link tells the shard, in a turn of its own. */
  public interface Listener {
    /** The snapshot has left, to the last byte and the mark behind it. */
    void sent(long snapshotBytes);

    /** The replica cannot be served any more: what it needs cannot be read. */
    void failed(IOException reason);
  }

  /** How far the link has come; any thread may look. */
  public static final class Progress {
    private volatile long takenBytes;

    /** What the socket has taken so far. */
    public long takenBytes() {
      return takenBytes;
    }
  }

  public sealed interface Message permits Give, Continue, KeepAlive, Confirmed, Stop, Free, More {}

  /**
   * Send a snapshot and then the log.
   *
   * @param greeting goes out at once: {@code +FULLRESYNC id offset}, or nothing after SYNC
   * @param endMark 40 bytes that tell the replica where a snapshot ends whose length is not known when it begins; null
   *     if it is to be told the length, however long that takes
   * @param log from the snapshot's offset on; null for a replica that wants the snapshot only
   */
  public record Give(String greeting, SnapshotFeed snapshot, String endMark, Feed log) implements Message {}

  /** Send the log. @param greeting {@code +CONTINUE …}, before it */
  public record Continue(String greeting, Feed log) implements Message {}

  /** Show the replica that we live, unless it sees that anyway. */
  public enum KeepAlive implements Message { INSTANCE }

  /** The replica acknowledges what it has got. */
  public enum Confirmed implements Message { INSTANCE }

  /** Nothing more is sent, and the link ends. */
  public enum Stop implements Message { INSTANCE }

  /** The socket has taken everything and could take more. */
  public enum Free implements Message { INSTANCE }

  private enum More implements Message { INSTANCE }

  private static final Logger LOG = LoggerFactory.getLogger(ReplicaLink.class);
  /** So much is on its way to the socket at most. */
  private static final int PIECE_BYTES = 128 << 10;
  private static final ByteString NEWLINE = ByteString.fromArrayUnsafe(new byte[] {'\n'});

  private final ActorContext<Message> context;
  private final Consumer<ByteString> socket;
  private final Progress progress;
  private final Listener listener;
  private final Runnable more;
  private SnapshotFeed snapshot;
  private String endMark;
  private Feed log;
  /** Nothing of ours is on its way to the socket. */
  private boolean free = true;
  private long inFlight;
  private long snapshotBytes;
  private boolean marked;

  /** @param socket takes bytes; {@link Free} has to follow when they have left */
  public static Behavior<Message> create(Consumer<ByteString> socket, Progress progress, Listener listener) {
    return Behaviors.setup(context -> new ReplicaLink(context, socket, progress, listener).waiting());
  }

  private ReplicaLink(ActorContext<Message> context, Consumer<ByteString> socket, Progress progress,
      Listener listener) {
    this.context = context;
    this.socket = socket;
    this.progress = progress;
    this.listener = listener;
    more = () -> context.getSelf().tell(More.INSTANCE);
  }

  // ---- states -------------------------------------------------------------------------------------------------------

  private Behavior<Message> waiting() {
    return Behaviors.receiveMessage(message -> {
      if (message instanceof Give give) {
        snapshot = give.snapshot;
        endMark = give.endMark;
        log = give.log;
        if (!give.greeting.isEmpty()) send(give.greeting);
        return announce();
      }
      if (message instanceof Continue request) {
        log = request.log;
        send(request.greeting);
        return enter("streaming", streaming());
      }
      if (message == KeepAlive.INSTANCE) keepAlive();
      return other(message);
    });
  }

  /** The replica knows that a snapshot comes; here it is, as soon as its length is known. */
  private Behavior<Message> announce() {
    long length = snapshot.length();
    if (endMark != null) send("$EOF:" + endMark + "\r\n");
    else if (length >= 0) send("$" + length + "\r\n");
    else return enter("announced", announced());
    return pump(enter("sending", sending()));
  }

  private Behavior<Message> announced() {
    snapshot.whenMore(more);
    return Behaviors.receiveMessage(message -> {
      if (message == More.INSTANCE) return announce();
      if (message == KeepAlive.INSTANCE) keepAlive();
      return other(message);
    });
  }

  private Behavior<Message> sending() {
    return Behaviors.receiveMessage(message -> {
      if (message == Free.INSTANCE) noteTaken();
      else if (message != More.INSTANCE) return other(message);
      return pump(Behaviors.same());
    });
  }

  /** The next piece of the snapshot, or what follows its last one. */
  private Behavior<Message> pump(Behavior<Message> sending) {
    if (!free) return sending;
    if (snapshotBytes == snapshot.length()) return ended(sending);
    ByteString piece;
    try {
      piece = snapshot.read(PIECE_BYTES);
    } catch (IOException reason) {
      return failed(reason);
    }
    if (piece.isEmpty()) {
      snapshot.whenMore(more);
      return sending;
    }
    snapshotBytes += piece.size();
    if (endMark != null && snapshotBytes == snapshot.length()) {
      piece = piece.concat(ByteString.fromArrayUnsafe(Bytes.of(endMark)));
      marked = true;
    }
    send(piece);
    return sending;
  }

  /** The socket has all of the snapshot; the mark may still be missing. */
  private Behavior<Message> ended(Behavior<Message> sending) {
    if (endMark != null && !marked) {
      send(endMark);
      marked = true;
      return sending;
    }
    listener.sent(snapshotBytes);
    if (log == null) return enter("done", done());
    if (endMark == null) return enter("streaming", streaming());
    return enter("confirming", confirming());
  }

  /** Nothing may follow the mark at the snapshot's end before the replica has seen it. */
  private Behavior<Message> confirming() {
    return Behaviors.receiveMessage(message ->
        message == Confirmed.INSTANCE ? enter("streaming", streaming()) : other(message));
  }

  private Behavior<Message> streaming() {
    stream();
    return Behaviors.receiveMessage(message -> {
      if (message == Free.INSTANCE) noteTaken();
      else if (message != More.INSTANCE) return other(message);
      return stream() ? Behaviors.same() : done();
    });
  }

  /** Sends the next piece of the log. False if it cannot be read. */
  private boolean stream() {
    if (!free) return true;
    try {
      ByteString piece = log.read(PIECE_BYTES);
      if (piece.isEmpty()) log.whenMore(more);
      else send(piece);
      return true;
    } catch (IOException reason) {
      failed(reason);
      return false;
    }
  }

  private Behavior<Message> failed(IOException reason) {
    listener.failed(reason);
    return enter("done", done());
  }

  private Behavior<Message> done() {
    return Behaviors.receiveMessage(this::other);
  }

  private Behavior<Message> enter(String state, Behavior<Message> next) {
    LOG.debug("Replica link {}: {} after {} bytes", context.getSelf().path().name(), state, progress.takenBytes);
    return next;
  }

  /** What is the same in every state. */
  private Behavior<Message> other(Message message) {
    if (message == Free.INSTANCE) noteTaken();
    if (message != Stop.INSTANCE) return Behaviors.same();
    return Behaviors.stopped();
  }

  // ---- the socket ---------------------------------------------------------------------------------------------------

  private void send(String text) {
    send(ByteString.fromArrayUnsafe(Bytes.of(text)));
  }

  private void send(ByteString bytes) {
    free = false;
    inFlight += bytes.size();
    socket.accept(bytes);
  }

  private void noteTaken() {
    free = true;
    progress.takenBytes += inFlight;
    inFlight = 0;
  }

  private void keepAlive() {
    if (free) send(NEWLINE);
  }
}
