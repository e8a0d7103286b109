package org.understudy.shard;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.GENERIC;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.DELETE;
import static org.understudy.command.KeyFlag.INCOMPLETE;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeySpec.at;
import static org.understudy.command.KeySpec.behind;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.pekko.util.ByteString;
import org.understudy.bytes.Bytes;
import org.understudy.command.AclCategory;
import org.understudy.command.Arguments;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.KeyFinders;
import org.understudy.command.NotifyClass;
import org.understudy.command.Place;
import org.understudy.keyspace.Entry;
import org.understudy.rdb.Payload;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;
import org.understudy.shard.clients.Pause;
import org.understudy.shard.clients.PausedClients;

/**
 * MIGRATE: sends keys to another server and then deletes them here. Where Redis stands still until the target has
 * answered, here only who writes waits, so that nothing can be written to a key that is about to go; reads go on.
 */
final class MigrateCommand {
  private static final CommandError KEY_AND_KEYS =
      CommandError.err("When using MIGRATE KEYS option, the key argument must be set to the empty string");
  private static final long DEFAULT_TIMEOUT_MILLIS = 1000;
  private static final int FIRST_OPTION = 6;
  private static final byte[] DEL = Bytes.of("DEL");
  private static final byte[] RESTORE = Bytes.of("RESTORE");
  private static final byte[] REPLACE = Bytes.of("REPLACE");

  private final Shard shard;
  private final PausedClients paused;
  private final MigrationTargets targets;

  MigrateCommand(Shard shard, PausedClients paused, MigrationTargets targets) {
    this.shard = shard;
    this.paused = paused;
    this.targets = targets;
  }

  /**
   * @param auth words of the AUTH command, or null
   * @param secrets how many arguments from {@code firstSecret} on no log may show
   * @param keys to be migrated if they exist
   */
  private record Options(boolean copy, boolean replace, byte[][] auth, int firstSecret, int secrets,
      List<byte[]> keys) {
    void redact(Call call) {
      for (int i = 0; i < secrets; i++) call.redact(firstSecret + i);
    }
  }

  List<CommandSpec> rows() {
    return List.of(
        command("MIGRATE").arity(-6).since("2.6.0").group(GENERIC)
            .complexity("This command actually executes a DUMP+DEL in the source instance, and a RESTORE in the target "
                + "instance. See the pages of these commands for time complexity. Also an O(N) data transfer between "
                + "the two instances is performed.")
            .summary("Atomically transfer a key from a Redis instance to another one.")
            .history("3.0.0", "Added the `COPY` and `REPLACE` options.")
            .history("3.0.6", "Added the `KEYS` option.")
            .history("4.0.7", "Added the `AUTH` option.")
            .history("6.0.0", "Added the `AUTH2` option.")
            .flags(WRITE).categories(AclCategory.KEYSPACE, AclCategory.DANGEROUS).tips("nondeterministic_output")
            .keys(at(3).flags(RW, ACCESS, DELETE),
                behind("KEYS", -2).range(-1, 1, 0).flags(RW, ACCESS, DELETE, INCOMPLETE))
            .keysFoundBy(KeyFinders::migrate)
            .args(string("host"), integer("port"),
                oneOf("key_or_empty_string", key("key"), token("empty_string", "")),
                integer("destination-db"), integer("timeout"), token("COPY").since("3.0.0").optional(),
                token("REPLACE").since("3.0.0").optional(),
                oneOf("authentication", string("password").after("AUTH").since("4.0.7").optional(),
                    block("username_password", string("username"), string("password")).after("AUTH2").since("6.0.0")
                        .optional()).optional(),
                key("key", 1).after("KEYS").since("3.0.6").optional().multiple())
            .runs(Place.SHARD, this::migrate));
  }

  private void migrate(Call call) {
    byte[][] argv = call.argv;
    Options options = options(argv);
    options.redact(call);
    long timeout = Arguments.integer(argv[5]);
    long database = Arguments.integer(argv[4]);
    List<Migration.Key> keys = payloads(call, options);
    if (keys == null) {
      call.reply.simple("NOKEY");
      return;
    }
    String host = Bytes.string(argv[1]);
    String port = Bytes.string(argv[2]);
    MigrationTarget target = targets.take(host, port);
    Migration migration = new Migration(target, timeout <= 0 ? DEFAULT_TIMEOUT_MILLIS : timeout,
        options.auth == null ? null : encoded(options.auth), database, encoded(Bytes.of("SELECT"), Bytes.of(database)),
        keys);
    boolean atOnce = call.inTransaction;
    if (!atOnce) paused.begin(Pause.Purpose.MIGRATION, Pause.Mode.WRITE, Long.MAX_VALUE);
    shard.offLoop(call, migration, rest -> {
      if (!atOnce) paused.end(Pause.Purpose.MIGRATION);
      options.redact(rest);
      targets.release(host, port, target, rest.nowMillis);
      if (!options.copy) delete(rest, migration.acknowledged());
      if (migration.error() != null) throw migration.error();
      rest.reply.ok();
    });
  }

  private static Options options(byte[][] argv) {
    boolean copy = false;
    boolean replace = false;
    byte[][] auth = null;
    int firstSecret = 0;
    int secrets = 0;
    List<byte[]> keys = List.of(argv[3]);
    for (int i = FIRST_OPTION; i < argv.length; i++) {
      int more = argv.length - 1 - i;
      if (Bytes.is(argv[i], "COPY")) {
        copy = true;
      } else if (Bytes.is(argv[i], "REPLACE")) {
        replace = true;
      } else if (Bytes.is(argv[i], "AUTH") && more >= 1) {
        firstSecret = ++i;
        secrets = 1;
        auth = new byte[][] {Bytes.of("AUTH"), argv[i]};
      } else if (Bytes.is(argv[i], "AUTH2") && more >= 2) {
        firstSecret = i + 1;
        secrets = 2;
        i += 2;
        auth = new byte[][] {Bytes.of("AUTH"), argv[i - 1], argv[i]};
      } else if (Bytes.is(argv[i], "KEYS")) {
        if (argv[3].length > 0) throw KEY_AND_KEYS;
        keys = Arrays.asList(argv).subList(i + 1, argv.length);
        break;
      } else {
        throw Errors.SYNTAX;
      }
    }
    return new Options(copy, replace, auth, firstSecret, secrets, keys);
  }

  /** A RESTORE command for each key that exists; null if none does. */
  private static List<Migration.Key> payloads(Call call, Options options) {
    List<Migration.Key> found = new ArrayList<>();
    boolean any = false;
    for (byte[] key : options.keys) {
      if (!call.find(key)) continue;
      any = true;
      long expireAt = call.entry.expireAtMillis();
      long left = expireAt == Entry.NO_EXPIRE ? 0 : expireAt - call.nowMillis;
      if (left < 0) continue; // it expires at this moment
      long ttl = expireAt == Entry.NO_EXPIRE ? 0 : Math.max(1, left);
      found.add(new Migration.Key(key, restore(call, key, ttl, options.replace)));
    }
    return any ? found : null;
  }

  private static ByteString restore(Call call, byte[] key, long ttl, boolean replace) {
    ByteBuffer payload = Payload.of(call.entry, call.config.rdbcompression());
    ReplyBuffer command = new ReplyBuffer();
    command.array(replace ? 5 : 4);
    command.bulk(RESTORE);
    command.bulk(key);
    command.bulk(Bytes.of(ttl));
    command.lend(payload.array(), 0, payload.remaining());
    if (replace) command.bulk(REPLACE);
    return command.take();
  }

  private static ByteString encoded(byte[]... words) {
    ReplyBuffer command = new ReplyBuffer();
    command.array(words.length);
    for (byte[] word : words) command.bulk(word);
    return command.take();
  }

  /** What the target has acknowledged goes here, and from replicas and the append-only file as one DEL. */
  private static void delete(Call call, List<byte[]> keys) {
    List<byte[]> effect = new ArrayList<>(List.of(DEL));
    for (byte[] key : keys) {
      if (!call.db.remove(key)) continue; // named twice
      call.changed(key);
      call.notify(NotifyClass.GENERIC, "del", key);
      effect.add(key);
    }
    call.noEffect();
    if (effect.size() > 1) call.effect(effect.toArray(byte[][]::new));
  }
}
