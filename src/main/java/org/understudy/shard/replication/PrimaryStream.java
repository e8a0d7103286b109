package org.understudy.shard.replication;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.apache.pekko.util.ByteString;
import org.understudy.bytes.Bytes;
import org.understudy.command.CommandSpec;
import org.understudy.command.CommandTable;
import org.understudy.command.Session;
import org.understudy.replication.ReplicationLog;
import org.understudy.resp.CommandError;
import org.understudy.resp.RequestParser;
import org.understudy.shard.clients.Client;
import org.understudy.shard.clients.Run;
import org.understudy.shard.clients.SilentSink;

/**
 * Applies the changes of our primary as they come: as a client that is obeyed and gets no replies. What was applied is
 * appended to the log as it came, byte for byte, so that offsets are those of the primary; a transaction counts when
 * all of it is there. What has not been applied when the connection ends will come again.
 */
public final class PrimaryStream {
  /** Who follows what the stream does. */
  public interface Listener {
    /** The primary asks how far we are (REPLCONF GETACK); that command itself does not count yet. */
    void asked();

    /** A command failed, or there is none of that name. */
    void failed(String error, String command);

    /** It is to be cut off (CLIENT KILL). */
    void cut();
  }

  private static final int LONGEST_BULK_BYTES = Integer.MAX_VALUE - 64;

  private final DatasetOwner owner;
  private final Supplier<CommandTable> table;
  private final ReplicationLog log;
  private final Listener listener;
  private final Client client;
  private final Run run;
  private final RequestParser parser = new RequestParser();
  /** Name and row of the last command without subcommands. */
  private byte[] lastName;
  private CommandSpec lastSpec;
  /** What came in earlier pieces and has not been applied: a part of a command, or of a transaction. */
  private final List<byte[]> unapplied = new ArrayList<>();

  /** @param session of the link, with the database that is selected in the stream */
  public PrimaryStream(DatasetOwner owner, Supplier<CommandTable> table, ReplicationLog log, Session session,
      Listener listener) {
    this.owner = owner;
    this.table = table;
    this.log = log;
    this.listener = listener;
    client = new Client(session, new Sink(session));
    run = new Run(client);
    run.last = true;
    parser.maxBulkBytes(LONGEST_BULK_BYTES);
  }

  public Client client() {
    return client;
  }

  /** Bytes that have come and are not applied. */
  public long unappliedBytes() {
    return unapplied.stream().mapToLong(bytes -> bytes.length).sum();
  }

  /**
   * Applies all that is complete with this piece.
   *
   * @param piece not changed any more
   * @return null, or what is wrong with the stream
   */
  public String apply(byte[] piece) {
    int from = 0;
    int end = 0;
    parser.feed(piece, 0, piece.length);
    for (byte[][] argv = parser.next(); argv != null; argv = parser.next()) {
      boolean asks = asksForOffset(argv);
      if (asks) {
        from = applied(piece, from, end);
        listener.asked();
      } else {
        add(argv);
      }
      if (!client.session.inTransaction()) end = parser.position();
    }
    from = applied(piece, from, end);
    if (from < piece.length) unapplied.add(from == 0 ? piece : Arrays.copyOfRange(piece, from, piece.length));
    return parser.error();
  }

  private static boolean asksForOffset(byte[][] argv) {
    return argv.length == 3 && Bytes.is(argv[0], "REPLCONF") && Bytes.is(argv[1], "GETACK");
  }

  /** Puts a command to those that are executed next; within a transaction, to that. */
  private void add(byte[][] argv) {
    CommandSpec spec = lookup(argv);
    Session session = client.session;
    if (spec == null || !spec.takes(argv.length)) {
      refuse(argv);
    } else if (spec.fullName.equals("multi")) {
      session.startTransaction();
    } else if (!session.inTransaction()) {
      run.add(spec, argv);
    } else if (spec.fullName.equals("exec")) {
      run.add(spec, argv, session.transaction, false);
      session.endTransaction();
    } else {
      session.queue(spec, argv);
    }
  }

  private void refuse(byte[][] argv) {
    try {
      table.get().resolve(argv);
    } catch (CommandError error) {
      listener.failed(error.getMessage(), "<unknown>");
    }
  }

  /** The parser gives a name that comes again as the same array. */
  private CommandSpec lookup(byte[][] argv) {
    if (argv[0] == lastName) return lastSpec;
    CommandSpec spec = table.get().lookup(argv);
    if (spec != null && spec.parent == null && !spec.isContainer()) {
      lastName = argv[0];
      lastSpec = spec;
    }
    return spec;
  }

  /**
   * Executes what was gathered, which makes the stream applied up to {@code end} of the piece.
   *
   * @param from what of the piece was applied before
   * @return what of it is applied now
   */
  private int applied(byte[] piece, int from, int end) {
    if (!run.isEmpty()) owner.execute(run);
    if (end == from) return from;
    for (byte[] earlier : unapplied) log.append(earlier, 0, earlier.length);
    unapplied.clear();
    log.append(piece, from, end - from);
    return end;
  }

  /** Nothing goes this way: the primary is not answered. */
  private final class Sink extends SilentSink {
    private Sink(Session session) {
      super(session);
    }

    @Override
    public void closeAfterReplies(ByteString replies) {
      super.closeAfterReplies(replies);
      listener.cut();
    }

    @Override
    public void kill() {
      listener.cut();
    }
  }
}
