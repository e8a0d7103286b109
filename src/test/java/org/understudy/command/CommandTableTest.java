package org.understudy.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.CommandSpec.container;
import static org.understudy.command.CommandSpec.subcommand;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.bytes.Bytes;
import org.understudy.resp.CommandError;

class CommandTableTest {
  private static final Handler NOTHING = call -> {};

  private final CommandTable table = new CommandTable(List.of(
      plain("GET", 2), plain("EXPIRE", 3), plain("EXPIREAT", 3), plain("EXPIRETIME", 2), plain("SUBSCRIBE", -2),
      plain("SSUBSCRIBE", -2),
      container("CLIENT").arity(-2).group(CommandGroup.CONNECTION).containing(sub("KILL", -3), sub("ID", 2)),
      plain("COMMAND", -1).containing(sub("COUNT", 2)),
      plain("PING", -1)));

  // ---- names -----------------------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"get", "GET", "gEt"})
  void findsACommandInUpperAndLowerCase(String name) {
    assertEquals("get", table.find(Bytes.of(name)).fullName);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "g", "ge", "gett", "get ", "\0get", "get\0", "expir", "expireatt", "expiretim",
      "expiretimes", "subscrib", "client|kill", "\u00c7et", "GE\u0014", "}et"})
  void findsNoNameThatIsOnlySimilar(String name) {
    assertNull(table.find(Bytes.of(name)));
  }

  @Test
  void tellsNamesApartThatShareTheirFirstEightBytes() {
    assertEquals("expireat", table.find(Bytes.of("EXPIREAT")).fullName);
    assertEquals("expiretime", table.find(Bytes.of("EXPIRETIME")).fullName);
    assertNull(table.find(Bytes.of("expiretiMF")));
  }

  @Test
  void foldsTheLettersOfAsciiAndNothingElse() {
    CommandTable ascii = new CommandTable(IntStream.range(0, 128).filter(c -> c < 'A' || c > 'Z')
        .mapToObj(c -> plain("12" + (char) c + "45678" + (char) c, 1)).toList());
    for (int c = 0; c < 256; c++) {
      byte[] name = Bytes.of("12" + (char) c + "45678" + (char) c);
      CommandSpec found = ascii.find(name);
      if (c < 128) assertEquals(Bytes.lowerString(name), found.fullName);
      else assertNull(found);
    }
  }

  @Test
  void findsEachOfManyCommands() {
    List<CommandSpec> many = IntStream.range(0, 500)
        .mapToObj(i -> plain("command-number-" + i % 7 + "-" + i, 1)).toList();
    CommandTable large = new CommandTable(many);
    for (CommandSpec spec : many) assertEquals(spec.fullName, large.find(Bytes.of(spec.fullName)).fullName);
    assertNull(large.find(Bytes.of("command-number-0-500")));
  }

  @Test
  void refusesTwoRowsOfOneName() {
    assertThrows(IllegalArgumentException.class, () -> new CommandTable(List.of(plain("GET", 2), plain("get", 3))));
    assertThrows(IllegalArgumentException.class, () -> container("C").arity(-2).group(CommandGroup.SERVER)
        .containing(sub("A", 2), sub("a", 2)));
  }

  @Test
  void numbersRowsWithoutGapsSubcommandsBehindTheirContainer() {
    assertEquals(List.of("get", "expire", "expireat", "expiretime", "subscribe", "ssubscribe", "client", "client|kill",
        "client|id", "command", "command|count", "ping"), table.rows().stream().map(row -> row.fullName).toList());
    for (int i = 0; i < table.rows().size(); i++) assertEquals(i, table.rows().get(i).index);
    assertSame(table.rows().get(8), table.lookup(argv("client", "ID")));
  }

  @Test
  void namesSubcommandsByABar() {
    assertEquals("client|kill", table.named(Bytes.of("Client|KILL")).fullName);
    assertEquals("client", table.named(Bytes.of("CLIENT")).fullName);
    for (String none : List.of("client|", "client|kill|x", "get|x", "|kill", "nosuch|kill")) {
      assertNull(table.named(Bytes.of(none)), none);
    }
  }

  // ---- requests --------------------------------------------------------------------------------------------------

  @Test
  void resolvesCommandsSubcommandsAndContainersThatRun() {
    assertEquals("get", table.resolve(argv("GET", "k")).fullName);
    assertEquals("client|kill", table.resolve(argv("client", "Kill", "x")).fullName);
    assertEquals("command", table.resolve(argv("command")).fullName);
    assertEquals("command|count", table.resolve(argv("command", "count")).fullName);
  }

  @Test
  void refusesUnknownCommandsRepeatingTheFirstArguments() {
    assertRefused("ERR unknown command 'foo', with args beginning with: 'a' 'b' ", "foo", "a", "b");
    assertRefused("ERR unknown command 'FOO', with args beginning with: ", "FOO");
  }

  @Test
  void repeatsAtMost128BytesOfNameAndArguments() {
    String x = "x".repeat(200);
    assertRefused("ERR unknown command '" + x.substring(0, 128) + "', with args beginning with: '"
        + x.substring(0, 128) + "' ", x, x, "y");
    assertRefused("ERR unknown command 'foo', with args beginning with: '" + x.substring(0, 120) + "' '"
        + x.substring(0, 5) + "' ", "foo", x.substring(0, 120), x, "y");
  }

  @Test
  void repeatsTextUpToItsFirstNul() {
    assertRefused("ERR unknown command 'fo', with args beginning with: 'a' '' ", "fo\0o", "a\0b", "\0");
  }

  @Test
  void refusesUnknownSubcommands() {
    assertRefused("ERR unknown subcommand 'x'. Try CLIENT HELP.", "cLient", "x", "y");
    assertRefused("ERR unknown subcommand '" + "x".repeat(128) + "'. Try CLIENT HELP.", "client", "x".repeat(129));
  }

  @Test
  void refusesAWrongNumberOfArguments() {
    assertRefused("ERR wrong number of arguments for 'get' command", "GET");
    assertRefused("ERR wrong number of arguments for 'get' command", "GET", "a", "b");
    assertRefused("ERR wrong number of arguments for 'client|kill' command", "CLIENT", "KILL");
    assertRefused("ERR wrong number of arguments for 'client' command", "client");
  }

  // ---- rename-command --------------------------------------------------------------------------------------------

  @Test
  void aRenamedCommandAnswersToItsNewNameAndKeepsItsFullName() {
    CommandTable renamed = table.renamed("Get", "Fetch");
    assertNull(renamed.find(Bytes.of("get")));
    assertSame(table.find(Bytes.of("get")), renamed.find(Bytes.of("FETCH")));
    assertEquals("get", renamed.resolve(argv("fetch", "k")).fullName);
    assertEquals(table.rows(), renamed.rows());
    assertEquals("get", table.find(Bytes.of("get")).fullName, "the table itself stays");
  }

  @Test
  void aRenamedContainerIsNamedAsTheClientSpellsIt() {
    CommandTable renamed = table.renamed("client", "people");
    assertEquals("client|id", renamed.resolve(argv("people", "id")).fullName);
    assertEquals("ERR unknown subcommand 'x'. Try PEOPLE HELP.", refusal(renamed, "People", "x"));
    assertEquals("ERR unknown command 'client', with args beginning with: 'id' ", refusal(renamed, "client", "id"));
  }

  @Test
  void aCommandRenamedToNothingIsGone() {
    CommandTable renamed = table.renamed("GET", "");
    assertNull(renamed.find(Bytes.of("GET")));
    assertEquals(table.commands().size() - 1, renamed.commands().size());
  }

  @Test
  void aNameThatOneRenameLeavesMayBeTakenByTheNext() {
    CommandTable renamed = table.renamed("get", "tmp").renamed("ping", "get").renamed("tmp", "ping");
    assertEquals("ping", renamed.find(Bytes.of("GET")).fullName);
    assertEquals("get", renamed.find(Bytes.of("PING")).fullName);
  }

  @Test
  void refusesToRenameWhatIsNotThereOrToATakenName() {
    assertEquals("No such command in rename-command",
        assertThrows(IllegalArgumentException.class, () -> table.renamed("nosuch", "x")).getMessage());
    assertEquals("Target command name already exists",
        assertThrows(IllegalArgumentException.class, () -> table.renamed("get", "PING")).getMessage());
  }

  private void assertRefused(String message, String... argv) {
    assertEquals(message, refusal(table, argv));
  }

  private static String refusal(CommandTable table, String... argv) {
    return assertThrows(CommandError.class, () -> table.resolve(argv(argv))).getMessage();
  }

  private static byte[][] argv(String... words) {
    byte[][] argv = new byte[words.length][];
    for (int i = 0; i < words.length; i++) argv[i] = Bytes.of(words[i]);
    return argv;
  }

  private static CommandSpec plain(String name, int arity) {
    return command(name).arity(arity).group(CommandGroup.GENERIC).runs(Place.SHARD, NOTHING);
  }

  private static CommandSpec sub(String name, int arity) {
    return subcommand(name).arity(arity).group(CommandGroup.GENERIC).runs(Place.CONNECTION, NOTHING);
  }
}
