package org.understudy.shard.clients;

import org.understudy.acl.AclLog;
import org.understudy.acl.Denial;
import org.understudy.acl.User;
import org.understudy.acl.Users;
import org.understudy.bytes.Bytes;
import org.understudy.command.CommandFlag;
import org.understudy.command.CommandSpec;
import org.understudy.command.Session;
import org.understudy.config.Config;
import org.understudy.config.Directive;
import org.understudy.config.ProtectedAction;
import org.understudy.resp.Errors;

/**
 * Why a known command with the right number of arguments may not run now, in Redis's order of precedence. The first
 * half needs the session only and is asked by the connection; the second depends on the state of the server and is
 * asked where the command runs, or by the connection when it queues it.
 */
public final class Admission {
  public static final String NO_AUTH = "NOAUTH Authentication required.";
  public static final String CANNOT_SAVE = "MISCONF Redis is configured to save RDB snapshots, but it's currently"
      + " unable to persist to disk. Commands that may modify the data set are disabled, because this instance is"
      + " configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option)."
      + " Please check the Redis logs for details about the RDB error.";
  public static final String OUT_OF_MEMORY = "OOM command not allowed when used memory > 'maxmemory'.";

  public static final String NO_REPLICAS = "NOREPLICAS Not enough good replicas to write.";

  public static final String READ_ONLY = "READONLY You can't write against a read only replica.";
  public static final String PRIMARY_DOWN =
      "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.";

  private static final int KEYSPACE =
      CommandFlag.mask(CommandFlag.READONLY, CommandFlag.WRITE, CommandFlag.MAY_REPLICATE);

  private final Config config;
  private final Users users;
  private final AclLog aclLog;
  /** Set by the shard before each command while there is a memory limit. */
  private volatile boolean outOfMemory;
  private volatile boolean lastSaveFailed;
  private volatile String aofFailure;
  private volatile boolean loading;
  private volatile boolean tooFewReplicas;
  private volatile boolean asyncLoading;
  private volatile boolean replica;
  private volatile boolean linkedToPrimary;

  public Admission(Config config, Users users, AclLog aclLog) {
    this.config = config;
    this.users = users;
    this.aclLog = aclLog;
  }

  public void outOfMemory(boolean yes) {
    if (outOfMemory != yes) outOfMemory = yes;
  }

  /** Whether the last background save failed. */
  public void lastSaveFailed(boolean yes) {
    lastSaveFailed = yes;
  }

  /** Why the append-only file cannot be written, in the words of strerror; null if it can. */
  public void aofFailure(String reason) {
    aofFailure = reason;
  }

  /** Whether the dataset is not there yet. */
  public void loading(boolean yes) {
    loading = yes;
  }

  /** Whether fewer replicas answer in time than writes need. */
  public void tooFewReplicas(boolean yes) {
    tooFewReplicas = yes;
  }

  /** Whether we are a replica, and if so one that hears of changes as they happen. */
  public void replica(boolean yes, boolean linked) {
    replica = yes;
    linkedToPrimary = linked;
  }

  /** Whether a dataset is on its way that is to replace ours, which is served meanwhile. */
  public void asyncLoading(boolean yes) {
    asyncLoading = yes;
  }

  /** Whether no key may go for memory here since our primary will say so: {@code replica-ignore-maxmemory}. */
  public boolean leavesEvictionToPrimary() {
    return replica && config.flag(Directive.REPLICA_IGNORE_MAXMEMORY);
  }

  public boolean isLoading() {
    return loading;
  }

  /** The error, or null. */
  public String refuse(Session session, CommandSpec spec, byte[][] argv) {
    if ((spec.flags & CommandFlag.PROTECTED.bit) != 0) {
      String error = refuseProtected(session, spec);
      if (error != null) return error;
    }
    boolean needsAuth = (spec.flags & CommandFlag.NO_AUTH.bit) == 0;
    if (needsAuth && !session.authenticated && !users.admitsEverybody()) return NO_AUTH;
    if (session.transaction != null && (spec.flags & CommandFlag.NO_MULTI.bit) != 0) {
      return "ERR Command not allowed inside a transaction";
    }
    Denial denial = denial(session, spec, argv);
    return denial == null ? null : denial.error(spec);
  }

  /** Why the client's user may not run the command, or null. */
  static Denial denial(Session session, CommandSpec spec, byte[][] argv) {
    return session.permissions == null || session.permissions.unlimited() ? null
        : ((User) session.permissions).check(spec, argv);
  }

  /** Takes down that a command was refused, if its user was the reason. */
  public void noteRefused(Client client, CommandSpec spec, byte[][] argv, long nowMillis) {
    Denial denial = denial(client.session, spec, argv);
    if (denial == null) return;
    client.session.lastCommand = spec.fullName; // as the log is to show it
    boolean queued = client.session.inTransaction();
    noteDenied(client, denial, queued ? AclLog.Context.MULTI : AclLog.Context.TOPLEVEL, spec, argv, nowMillis);
  }

  void noteDenied(Client client, Denial denial, AclLog.Context context, CommandSpec spec, byte[][] argv,
      long nowMillis) {
    String object = denial.reason() == Denial.Reason.COMMAND ? spec.fullName : Bytes.string(argv[denial.position()]);
    aclLog.add(denial.reason(), context, object, client.session.user, nowMillis, ClientInfo.line(client, nowMillis));
  }

  private String refuseProtected(Session session, CommandSpec spec) {
    String command = spec.parent == null ? spec.name : spec.parent.name;
    boolean debug = command.equals("debug");
    ProtectedAction action = debug ? config.enableDebugCommand() : config.enableModuleCommand();
    if (action.allows(session.isLocal())) return null;
    return "ERR " + (debug ? "DEBUG" : "MODULE") + " command not allowed. If the "
        + (debug ? "enable-debug-command" : "enable-module-command") + " option is set to \"local\", you can run it"
        + " from a local connection, otherwise you need to set this option in the configuration file, and then restart"
        + " the server.";
  }

  /** The error, or null. An EXEC is refused if one of the commands would be that it is about to run. */
  public String refuseNow(Session session, CommandSpec spec, QueuedFlags queued) {
    int flags = spec.flags | queued.any();
    if (outOfMemory && ((flags & CommandFlag.DENYOOM.bit) != 0
        || session.transaction != null && !endsTransaction(spec))) {
      return OUT_OF_MEMORY;
    }
    String diskFailure = diskFailure(spec, queued);
    if (diskFailure != null) return diskFailure;
    if (tooFewReplicas && !replica && (flags & CommandFlag.WRITE.bit) != 0) return NO_REPLICAS;
    if (replica && (flags & CommandFlag.WRITE.bit) != 0 && config.flag(Directive.REPLICA_READ_ONLY)) return READ_ONLY;
    if (session.protocol == 2 && session.subscriptions() > 0 && !runsWhileSubscribed(spec)) {
      return "ERR Can't execute '" + spec.fullName + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET"
          + " are allowed in this context";
    }
    if (replica && !linkedToPrimary && lacks(CommandFlag.STALE, spec, queued)
        && !config.flag(Directive.REPLICA_SERVE_STALE_DATA)) {
      return PRIMARY_DOWN;
    }
    if (loading && lacks(CommandFlag.LOADING, spec, queued)) return Errors.LOADING.getMessage();
    if (asyncLoading && (flags & CommandFlag.NO_ASYNC_LOADING.bit) != 0) return Errors.LOADING.getMessage();
    if (session.countsAsReplica() && (flags & KEYSPACE) != 0) {
      return "ERR Replica can't interact with the keyspace";
    }
    return null;
  }

  /** Why a command may not change what cannot be kept on disk, or null. */
  public String diskFailure(CommandSpec spec, QueuedFlags queued) {
    if (!lastSaveFailed && aofFailure == null || !writes(spec, spec.flags | queued.any())) return null;
    if (lastSaveFailed && config.flag(Directive.STOP_WRITES_ON_BGSAVE_ERROR) && !config.save().isEmpty()) {
      return CANNOT_SAVE;
    }
    String reason = aofFailure;
    return reason == null ? null : "MISCONF Errors writing to the AOF file: " + reason;
  }

  /** PING counts too: who asks for a server's health is to hear of it. */
  private static boolean writes(CommandSpec spec, int flags) {
    return (flags & CommandFlag.WRITE.bit) != 0 || spec.fullName.equals("ping");
  }

  private static boolean lacks(CommandFlag flag, CommandSpec spec, QueuedFlags queued) {
    return (spec.flags & flag.bit) == 0 || queued.lacks(flag);
  }

  private static boolean endsTransaction(CommandSpec spec) {
    return switch (spec.fullName) {
      case "exec", "discard", "quit", "reset" -> true;
      default -> false;
    };
  }

  private static boolean runsWhileSubscribed(CommandSpec spec) {
    return switch (spec.fullName) {
      case "ping", "quit", "reset", "subscribe", "unsubscribe", "psubscribe", "punsubscribe", "ssubscribe",
          "sunsubscribe" -> true;
      default -> false;
    };
  }
}
