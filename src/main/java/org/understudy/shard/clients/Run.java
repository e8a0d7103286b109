package org.understudy.shard.clients;

import java.util.Arrays;
import java.util.List;
import org.understudy.command.CommandSpec;
import org.understudy.command.Session;
import org.understudy.resp.ReplyBuffer;

/**
 * Consecutive requests of one connection on their way to the shard, with the buffer for their replies. One object a
 * connection, and the message itself: while the shard has it, the connection does not touch it.
 */
public final class Run implements ShardMessage {
  private static final int KEEP = 256;

  public final Client client;
  /** Where replies go, also those of commands that the connection runs. */
  public final ReplyBuffer reply;
  /** No further request of the chunk follows: replies go straight to the socket. */
  public boolean last;
  /** Nothing to execute, but nothing of this client may be executed before a pause ends. */
  public boolean awaitsUnpause;

  public CommandSpec[] specs = new CommandSpec[4];
  public byte[][][] argvs = new byte[4][][];
  Queue[] queues;
  public int count;
  /** Index of the request that is executed next. */
  public int next;

  /**
   * What EXEC or DISCARD finds queued.
   *
   * @param abortedBecause the error for which EXEC itself was refused, or null
   */
  public record Queue(List<Session.Queued> commands, boolean refused, QueuedFlags flags, String abortedBecause) {}

  /** With a buffer that is no connection's. */
  public Run(Client client) {
    this(client, new ReplyBuffer());
  }

  public Run(Client client, ReplyBuffer reply) {
    this.client = client;
    this.reply = reply;
    client.run = this;
  }

  public void add(CommandSpec spec, byte[][] argv) {
    if (count == specs.length) {
      specs = Arrays.copyOf(specs, 2 * count);
      argvs = Arrays.copyOf(argvs, 2 * count);
      if (queues != null) queues = Arrays.copyOf(queues, 2 * count);
    }
    specs[count] = spec;
    argvs[count++] = argv;
  }

  /** Adds EXEC or DISCARD with what was queued since MULTI. */
  public void add(CommandSpec spec, byte[][] argv, List<Session.Queued> queued, boolean refused) {
    add(spec, argv, new Queue(queued, refused, QueuedFlags.of(queued), null));
  }

  /** Adds an EXEC that may not run: it only ends the transaction. */
  public void addAborted(CommandSpec exec, byte[][] argv, String error) {
    add(exec, argv, new Queue(List.of(), true, QueuedFlags.NONE, error));
  }

  private void add(CommandSpec spec, byte[][] argv, Queue queue) {
    add(spec, argv);
    if (queues == null) queues = new Queue[specs.length];
    queues[count - 1] = queue;
  }

  public boolean isEmpty() {
    return count == 0;
  }

  public Queue queue() {
    return queues == null ? null : queues[next];
  }

  /** Bytes of the arguments of the request in work and of those behind it. */
  long argumentBytes() {
    long bytes = 0;
    for (int i = Math.max(0, next - 1); i < count; i++) {
      byte[][] argv = argvs[i];
      if (argv == null) continue;
      for (byte[] argument : argv) bytes += argument.length;
    }
    return bytes;
  }

  /** Forgets the requests, keeps the replies. */
  public void clear() {
    if (count > KEEP) {
      specs = new CommandSpec[4];
      argvs = new byte[4][][];
    } else {
      Arrays.fill(specs, 0, count, null);
      Arrays.fill(argvs, 0, count, null);
    }
    queues = null;
    count = 0;
    next = 0;
    awaitsUnpause = false;
  }
}
