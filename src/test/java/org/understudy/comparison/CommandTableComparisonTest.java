package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Clock;
import org.understudy.client.ConnectionCommands;
import org.understudy.command.AclCategory;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.CommandTable;
import org.understudy.config.Config;
import org.understudy.resp.CommandError;
import org.understudy.resp.ReplyBuffer;
import org.understudy.shard.ShardParts;
import org.understudy.testing.NeedsRealRedis;
import org.understudy.testing.RealRedis;
import org.understudy.testing.RespClient;
import org.understudy.testing.RespReader;
import org.understudy.testing.RespReader.RespError;

/**
 * What we tell about each of our commands is what the real server tells about it, type for type. The handlers are
 * called directly. Only the order of commands among each other differs: the real server's is that of a hash table.
 */
@NeedsRealRedis
class CommandTableComparisonTest {
  private static RealRedis redis;
  private static RespClient real;
  private static CommandTable table;

  @BeforeAll
  static void start() {
    redis = RealRedis.start();
    real = redis.connect().exact();
    Config config = Config.defaults();
    table = new ShardParts(config, new StoppedClock(), 1,
        wired -> new ConnectionCommands(wired).rows()).table();
  }

  private static final class StoppedClock implements Clock {
    @Override
    public long millis() {
      return 0;
    }

    @Override
    public long nanos() {
      return 0;
    }
  }

  @AfterAll
  static void stop() {
    if (real != null) real.close();
    if (redis != null) redis.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void infoIsTheSame(int protocol) {
    assertAll(table.rows().stream().map(spec -> same(protocol, "COMMAND", "INFO", spec.fullName)));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void docsAreTheSame(int protocol) {
    assertAll(table.rows().stream().map(spec -> same(protocol, "COMMAND", "DOCS", spec.fullName)));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void severalAndUnknownNamesAreAnsweredTheSame(int protocol) {
    assertAll(Stream.of("INFO", "DOCS").flatMap(what -> Stream.of(
        same(protocol, "COMMAND", what, "nosuch"),
        same(protocol, "COMMAND", what, "command|count", "nosuch", "COMMAND|List"),
        same(protocol, "COMMAND", what, "command|", "command|nosuch", "command|list|x", "", "|"))));
  }

  /** Every command with words that are keys, numbers or nonsense to it, with too few, enough and too many of them. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void keysAreFoundTheSame(int protocol) {
    List<Executable> all = new ArrayList<>();
    for (CommandSpec spec : table.rows()) {
      String[] name = spec.fullName.split("\\|");
      for (String words : List.of("a b c d e f g h", "1 1 1 1 1 1 1 1", "2 2 2 2 2 2 2 2", "k 0 k 0 k 0 k 0")) {
        String[] arguments = words.split(" ");
        for (int count = 0; count <= arguments.length; count++) {
          List<String> request = new ArrayList<>(List.of("COMMAND", "GETKEYSANDFLAGS"));
          request.addAll(List.of(name));
          request.addAll(Arrays.asList(arguments).subList(0, count));
          if (request.size() >= 4) all.add(same(protocol, request.toArray(String[]::new)));
        }
      }
    }
    for (String request : List.of(
        "SET k v GET", "SET k v NX get", "SET k v EX 10", "BITFIELD k", "BITFIELD k GET u8 0",
        "BITFIELD k get u8 0 SET u8 1 1", "BITFIELD k OVERFLOW sat", "BITFIELD k OVERFLOW", "BITFIELD k INCRBY u8 0",
        "MSET a 1 b 2", "MSET a 1 b", "BITOP and a b c", "LCS a b IDX", "OBJECT ENCODING k", "OBJECT HELP",
        "OBJECT nosuch k", "MEMORY USAGE k", "nosuch command", "ZUNION 2x a b", "ZUNION +1 a", "ZUNION 4294967297 a b",
        "ZINTER 99999999999999999999 a b", "ZUNIONSTORE d 2x a b c", "ZUNIONSTORE d 3 a b", "SINTERCARD 1x a b",
        "LMPOP 1x a LEFT", "BLMPOP 0 1x a LEFT", "ZMPOP 1x a MIN", "BZMPOP 0 1x a MIN", "EVAL s 1x a b", "SORT a",
        "SORT a store b STORE c", "SORT a store store b", "SORT a get store store b", "SORT a store", "SORT_RO a BY b",
        "GEORADIUS a 0 0 1 m", "GEORADIUS a 0 0 1 m store b storedist c", "GEORADIUS a 0 0 1 m store store b",
        "GEORADIUSBYMEMBER a b 1 m STORE c", "XREAD streams a b 0 0", "XREAD streams a b 0", "XREAD foo streams a 0",
        "XREAD count streams block streams streams a 0", "XREADGROUP group streams streams noack streams a 0",
        "MIGRATE h p a 0 10", "MIGRATE h p a 0 10 keys b", "MIGRATE h p k 0 10 auth keys keys a b")) {
      if (table.find(Bytes.of(request.split(" ")[0])) == null && !request.startsWith("nosuch")) continue;
      all.add(same(protocol, ("COMMAND GETKEYS " + request).split(" ")));
      all.add(same(protocol, ("COMMAND GETKEYSANDFLAGS " + request).split(" ")));
    }
    assertAll(all);
  }

  @Test
  void filteredListsAreTheSameAsFarAsWeHaveTheCommands() {
    List<String[]> filters = new ArrayList<>();
    for (AclCategory category : AclCategory.values()) filters.add(new String[] {"FILTERBY", "ACLCAT", category.label});
    for (String filter : List.of("", "FILTERBY ACLCAT nosuch", "filterby aclcat READ", "FILTERBY MODULE nosuch",
        "FILTERBY PATTERN *", "FILTERBY pattern *|*", "FILTERBY PATTERN C*[st]", "FILTERBY PATTERN command|LIST")) {
      filters.add(filter.isEmpty() ? new String[0] : filter.split(" "));
    }
    Set<String> ours = table.rows().stream().map(spec -> spec.fullName).collect(Collectors.toSet());
    for (String[] filter : filters) {
      Object[] request = Stream.concat(Stream.of("COMMAND", "LIST"), Stream.of(filter)).toArray();
      Set<Object> expected = new HashSet<>((Collection<?>) real.call(request));
      expected.retainAll(ours);
      List<?> listed = (List<?>) answer(2, request);
      assertEquals(expected, new HashSet<>(listed), Arrays.toString(filter));
      assertEquals(expected.size(), listed.size(), "listed twice: " + listed);
    }
  }

  @Test
  void wrongFiltersAreRefusedTheSame() {
    assertAll(Stream.of("FILTERBY", "FILTERBY PATTERN", "FILTERBY PATTERN a b", "FILTERBY nosuch a", "nosuch a b",
        "FILTERBY PATTERN a FILTERBY PATTERN b").map(filter -> same(2, ("COMMAND LIST " + filter).split(" "))));
  }

  @Test
  void helpIsTheSame() {
    List<Executable> all = new ArrayList<>();
    for (CommandSpec spec : table.commands()) {
      if (spec.isContainer()) all.add(same(2, spec.fullName, "HELP"));
    }
    assertFalse(all.isEmpty());
    assertAll(all);
  }

  @Test
  void requestsThatNoCommandTakesAreRefusedTheSame() {
    List<Executable> all = new ArrayList<>();
    for (CommandSpec spec : table.rows()) {
      if (spec.name.equals("exec")) continue; // every refusal of it ends the transaction, which the executor says
      Object[] name = spec.fullName.split("\\|");
      if (!spec.takes(name.length)) all.add(refusedTheSame(name));
      int tooMany = spec.arity + 1;
      if (spec.arity > 0) all.add(refusedTheSame(Arrays.copyOf(filled(name, tooMany), tooMany)));
      if (spec.isContainer()) all.add(refusedTheSame(spec.fullName, "nosuch", "x"));
    }
    String x = "x".repeat(200);
    all.add(refusedTheSame("nosuch"));
    all.add(refusedTheSame("NoSuch", "a", "b\r\nc", "d"));
    all.add(refusedTheSame(x, x, x));
    all.add(refusedTheSame("nosuch", "y".repeat(60), "y".repeat(57), x, "z"));
    all.add(refusedTheSame("nosuch", "y".repeat(60), "y".repeat(58), "z"));
    all.add(refusedTheSame("no\0such", "a\0b"));
    all.add(refusedTheSame("\u00ff\u0001", "\u00ff"));
    all.add(refusedTheSame("command", x));
    all.add(refusedTheSame("command", "a\0b"));
    assertAll(all);
  }

  private static Object[] filled(Object[] name, int length) {
    Object[] request = Arrays.copyOf(name, length);
    Arrays.fill(request, name.length, length, "x");
    return request;
  }

  private static Executable refusedTheSame(Object... request) {
    return () -> {
      ReplyBuffer reply = new ReplyBuffer();
      try {
        reply.simple("would run " + table.resolve(argv(request)));
      } catch (CommandError e) {
        reply.error(e);
      }
      assertEquals(real.call(request), RespReader.parseExact(reply.take().toArray()), () -> Arrays.toString(request));
    };
  }

  private static Executable same(int protocol, String... request) {
    return () -> {
      hello(protocol);
      Object expected = sorted(real.call((Object[]) request));
      assertEquals(expected, sorted(answer(protocol, (Object[]) request)), () -> String.join(" ", request));
    };
  }

  private static void hello(int protocol) {
    Object answer = real.call("HELLO", protocol);
    if (answer instanceof RespError error) throw new IllegalStateException(error.message());
  }

  /** What our handler answers. */
  private static Object answer(int protocol, Object... request) {
    Call call = new Call(null); // these commands change nothing
    call.argv = argv(request);
    call.reply = new ReplyBuffer();
    call.reply.protocol(protocol);
    try {
      call.spec = table.resolve(call.argv);
      call.spec.handler.run(call);
    } catch (CommandError e) {
      call.reply.error(e);
    }
    return RespReader.parseExact(call.reply.take().toArray());
  }

  private static byte[][] argv(Object... words) {
    return Stream.of(words).map(word -> Bytes.of((String) word)).toArray(byte[][]::new);
  }

  /** Puts descriptions of subcommands, which come in no certain order, in the order of their names. */
  private static Object sorted(Object reply) {
    if (reply instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      map.forEach((key, value) -> copy.put(key, sorted(value)));
      return copy;
    }
    if (!(reply instanceof List<?> list)) return reply;
    List<Object> copy = new ArrayList<>();
    for (Object element : list) copy.add(sorted(element));
    boolean info = copy.size() == 10 && copy.get(1) instanceof Long;
    if (info && copy.get(9) instanceof List<?> subcommands) copy.set(9, byName(subcommands, 1));
    for (int i = 0; i + 1 < copy.size(); i += 2) {
      boolean docs = "subcommands".equals(copy.get(i));
      if (docs && copy.get(i + 1) instanceof List<?> flat) copy.set(i + 1, byName(flat, 2));
    }
    return copy;
  }

  /** @param step 1: each element is a list that begins with its name; 2: names and descriptions take turns */
  private static List<Object> byName(List<?> elements, int step) {
    List<List<?>> groups = new ArrayList<>();
    for (int i = 0; i < elements.size(); i += step) groups.add(elements.subList(i, i + step));
    groups.sort((a, b) -> name(a).compareTo(name(b)));
    return Collections.unmodifiableList(groups.stream().flatMap(List::stream).collect(Collectors.<Object>toList()));
  }

  private static String name(List<?> group) {
    return group.get(0) instanceof List<?> nested ? nested.get(0).toString() : group.get(0).toString();
  }
}
