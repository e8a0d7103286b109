package org.understudy.command;

import java.util.ArrayList;
import java.util.List;
import org.understudy.bytes.Bytes;

/**
 * What the server knows of one client: the record behind CLIENT LIST. The connection's loop writes the fields of the
 * first chapter, the shard those of the second; either may read all (with several I/O loops a reader can see a slightly
 * older value).
 */
public final class Session {
  // ---- written by the connection ------------------------------------------------------------------------------------
  public final long id;
  /** {@code ip:port}, {@code [v6]:port} or {@code path:0} for a Unix socket. */
  public final String address;
  public final String localAddress;
  public final long createdMillis;
  public boolean unixSocket;
  /** Number of the socket in the operating system, -1 if it is not known. */
  public int descriptor = -1;
  public byte[] name = Bytes.EMPTY;
  /** Name of the user that the client is logged in as. */
  public String user = "default";
  /** What that user may do; null for everything. */
  public Permissions permissions;
  public boolean authenticated;
  /** RESP version, 2 or 3. */
  public int protocol = 2;
  /** Index of the selected database. */
  public int database;
  public long lastInteractionMillis;
  /** Full name of the last command in lower case ({@code client|list}), or null before the first. */
  public String lastCommand;
  /** Bytes that were read of requests which are not done, and the spare room of their buffer. */
  public long queryBufferBytes;
  public long queryBufferFreeBytes;
  /** Bytes of the arguments that are complete in a request that is not. */
  public long argumentBytes;
  /** Pieces of output that wait to be sent. */
  public int outputPieces;
  /** Nothing is read from the client now, since it does not read either. */
  public boolean notRead;
  /** Bytes of queued commands of a transaction. */
  public long multiBytes;
  /** Commands queued since MULTI, or null outside a transaction. */
  public List<Queued> transaction;
  /** A queued command was refused: EXEC will abort. */
  public boolean transactionRefused;
  public boolean noEvict;
  /** When a replica last showed by an empty line that it lives; 0 before the first. */
  public long lastNewlineMillis;
  public ReplyMode replyMode = ReplyMode.ON;
  /** Set by a command after whose reply the connection is to be closed (QUIT, being killed by oneself, a fault). */
  public boolean closeAfterReply;

  // ---- written by the shard -----------------------------------------------------------------------------------------
  /** A watched key changed: EXEC will answer null. */
  public boolean watchedChanged;
  public int watchedKeys;
  public int channels;
  public int patterns;
  public int shardChannels;
  public boolean monitor;
  /** The client replicates from us (PSYNC or SYNC was accepted). Monitors are not meant. */
  public boolean replica;
  /** The client is our primary: its commands are obeyed, may not wait, and are not answered. */
  public boolean primary;
  /** The commands are those of an append-only file that is loaded. */
  public boolean loads;
  public boolean blocked;
  /** Client-side caching, null when off. */
  public Tracking tracking;

  /** Output that waits to be sent; the shard adds, the connection subtracts. */
  public final java.util.concurrent.atomic.AtomicLong outputBytes = new java.util.concurrent.atomic.AtomicLong();

  public Session(long id, String address, String localAddress, long nowMillis) {
    this.id = id;
    this.address = address;
    this.localAddress = localAddress;
    this.createdMillis = nowMillis;
    this.lastInteractionMillis = nowMillis;
  }

  /** Whether the client is on this machine: a loopback address or a Unix socket. */
  public boolean isLocal() {
    return unixSocket || address.startsWith("127.") || address.startsWith("[::1]");
  }

  /** Logs the client in as another user. */
  public void become(String name, Permissions rights) {
    user = name;
    permissions = rights;
  }

  /** Channels, patterns and shard channels together. */
  public int subscriptions() {
    return channels + patterns + shardChannels;
  }

  /** Whether the client is a replica or one that monitors, which Redis counts among them. */
  public boolean countsAsReplica() {
    return replica || monitor;
  }

  public boolean inTransaction() {
    return transaction != null;
  }

  public void startTransaction() {
    transaction = new ArrayList<>();
    transactionRefused = false;
  }

  /** What CLIENT REPLY asked for. SKIP_NEXT is the state in which the SKIP itself runs. */
  public enum ReplyMode { ON, OFF, SKIP_NEXT, SKIP }

  public void queue(CommandSpec spec, byte[][] argv) {
    transaction.add(new Queued(spec, argv));
    for (byte[] argument : argv) multiBytes += argument.length + 24;
  }

  /** Forgets what was queued; whoever runs it has the list. */
  public void endTransaction() {
    transaction = null;
    transactionRefused = false;
    multiBytes = 0;
  }

  /** A command of a transaction, checked and waiting for EXEC. */
  public record Queued(CommandSpec spec, byte[][] argv) {}

  /** Settings of CLIENT TRACKING. */
  public static final class Tracking {
    public boolean broadcast;
    public boolean optIn;
    public boolean optOut;
    public boolean noLoop;
    /** Client id that gets the invalidations, or 0 for the client itself. */
    public long redirect;
    public boolean redirectBroken;
    /** CLIENT CACHING yes or no was given for the next command. */
    public boolean cachingGiven;
  }
}
