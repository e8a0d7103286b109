package org.understudy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.bytes.Bytes;

/** What the reader promises where no real server is at hand; {@link ConfigComparisonTest} has the long lists. */
class ConfigReaderTest {
  @TempDir Path folder;

  @Test
  void theLaterOfTwoLinesWins() {
    assertEquals(4, Config.parse(List.of("timeout 3", "# timeout 9", "", "TimeOut 4")).timeout());
  }

  @Test
  void theFirstSaveReplacesTheDefaultsAndOthersAdd() {
    assertEquals("1 2 3 4", Config.parse(List.of("save 1 2", "save 3 4")).text(Directive.SAVE));
    assertEquals("", Config.parse(List.of("save 1 2", "save \"\"")).text(Directive.SAVE));
    assertEquals("5 6", Config.parse(List.of("save 1 2", "save \"\"", "save 5 6")).text(Directive.SAVE));
  }

  @Test
  void fileThenStandardInputThenOptions() throws Exception {
    Files.writeString(folder.resolve("a.conf"), "timeout 1\nhz 11\nport 1\n");
    Config config = read("timeout 2\nhz 12\n", "a.conf", "--timeout", "3", "-");
    assertEquals("3 12", config.timeout() + " " + config.hz());
    assertEquals(folder.resolve("a.conf"), config.file());
    assertEquals(1, config.port());
  }

  @Test
  void theConfigurationFileIsFoundBeforeDirAndOtherFilesAfterIt() throws Exception {
    Path sub = Files.createDirectory(folder.resolve("sub"));
    Files.writeString(folder.resolve("a.conf"), "include one\ndir sub\ninclude one\nlogfile x.log");
    Files.writeString(folder.resolve("one"), "timeout 1");
    Files.writeString(sub.resolve("one"), "hz 11");
    Config config = read("", "sub/../a.conf");
    assertEquals("1 11", config.timeout() + " " + config.hz());
    assertEquals(sub.toRealPath().resolve("x.log"), config.resolve(config.logfile()));
    assertTrue(Files.exists(sub.resolve("x.log")));
    assertEquals(Path.of("/abs"), config.resolve("/abs"));
  }

  @Test
  void namesAboveTheStartAreShortened() throws Exception {
    Path sub = Files.createDirectory(folder.resolve("sub"));
    Files.writeString(folder.resolve("a.conf"), "hz 11");
    Config config = Config.defaults(sub);
    new ConfigReader(config).read(CommandLine.parse("../a.conf"), null);
    assertEquals(folder.resolve("a.conf"), config.file());
    assertEquals(11, config.hz());
  }

  @Test
  void aFaultPrintsThreeLinesAndTheReason() {
    ConfigFileError error = assertThrows(ConfigFileError.class,
        () -> Config.parse(List.of("hz 10", "\t port  nowhere ")));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    error.printTo(new PrintStream(out));
    assertEquals("\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\nReading the configuration file, at line 2\n"
        + ">>> 'port  nowhere'\nargument couldn't be parsed into an integer\n", out.toString());
    assertFalse(error.logged());
  }

  @Test
  void renamesAreToldInOrderAndCanBeRefused() {
    Config config = Config.defaults();
    List<String> told = new ArrayList<>();
    ConfigReader reader = new ConfigReader(config).renaming((from, to) -> {
      if (to.equals("taken")) throw new IllegalArgumentException("Target command name already exists");
      told.add(from + ">" + to);
    });
    reader.readText("rename-command GET a\nrename-command SET \"\"");
    assertEquals(List.of("GET>a", "SET>"), told);
    assertEquals(List.of(new Config.Rename("GET", "a"), new Config.Rename("SET", "")), config.renamedCommands());
    ConfigFileError error = assertThrows(ConfigFileError.class, () -> reader.readText("\nrename-command PUT taken"));
    assertEquals(">>> 'rename-command PUT taken'\nTarget command name already exists\n",
        error.report().split("line 2\n")[1]);
  }

  @Test
  void modulesAreRefused() {
    assertEquals("Modules are not supported by Understudy", fault("loadmodule /x.so"));
    assertEquals("Modules are not supported by Understudy", fault("search.limit 3"));
  }

  @Test
  void usersAreKeptWithTheirRulesUnlessOneComesTwice() {
    Config read = Config.parse(List.of("user alice on >secret \"+@read\"", "user default on nopass ~* &* +@all"));
    assertEquals(List.of(List.of("alice", "on", ">secret", "+@read"), List.of("default", "on", "nopass", "~*", "&*",
        "+@all")), read.users());
    assertEquals("Error in user declaration 'alice': Duplicate user found. A user can only be defined once in config"
        + " files", fault("user alice on\nuser alice off"));
  }

  @Test
  void sentinelLinesNeedASentinel() {
    assertEquals("sentinel directive while not in sentinel mode", fault("sentinel monitor a 127.0.0.1 1 1"));
    Config config = Config.defaults();
    List<SentinelLine> lines = new ArrayList<>();
    new ConfigReader(config).sentinel(lines::add).readText("sentinel monitor a 127.0.0.1 1 1\nsentinel\nport 5");
    assertEquals(List.of(new SentinelLine(List.of("monitor", "a", "127.0.0.1", "1", "1"), 1,
        "sentinel monitor a 127.0.0.1 1 1")), lines);
    assertEquals(5, config.port());
  }

  @Test
  void filesThatIncludeEachOtherAreAFault() throws Exception {
    Files.writeString(folder.resolve("a.conf"), "include a.conf");
    ConfigFileError error = assertThrows(ConfigFileError.class, () -> read("", "a.conf"));
    assertEquals("Too many nested include directives", error.getMessage());
  }

  @Test
  void aMissingIncludeIsForTheLogAndAPatternWithoutFilesIsNothing() throws Exception {
    Files.writeString(folder.resolve("a.conf"), "include none*.conf\nhz 11\n");
    assertEquals(11, read("", "a.conf").hz());
    Files.writeString(folder.resolve("a.conf"), "include none.conf\n");
    ConfigFileError error = assertThrows(ConfigFileError.class, () -> read("", "a.conf"));
    assertTrue(error.logged());
    assertEquals("Fatal error, can't open config file 'none.conf': No such file or directory", error.getMessage());
  }

  @Test
  void patternsFollowTheShellsRules() throws Exception {
    for (String name : List.of("b", "a", ".a", "a{b}", "a]", "x-1", "x!1")) Files.createFile(folder.resolve(name));
    Path sub = Files.createDirectories(folder.resolve("sub/deep"));
    Files.createFile(sub.resolve("b"));
    assertEquals("[a, a], a{b}, b, sub, x!1, x-1]", FilePattern.expand("*", folder).toString());
    assertEquals("[.a]", FilePattern.expand(".a*", folder).toString());
    assertEquals("[a, b]", FilePattern.expand("[a-c]", folder).toString());
    assertEquals("[b]", FilePattern.expand("[!a]", folder).toString());
    assertEquals("[b]", FilePattern.expand("[^a]", folder).toString());
    assertEquals("[x!1, x-1]", FilePattern.expand("x[-!]1", folder).toString());
    assertEquals("[a]]", FilePattern.expand("a[]]", folder).toString());
    assertEquals("[a{b}]", FilePattern.expand("a{?}", folder).toString());
    assertEquals("[sub/deep/b]", FilePattern.expand("s*/*/b", folder).toString());
    assertEquals("[]", FilePattern.expand("b/*", folder).toString());
    assertEquals("[]", FilePattern.expand("[z-a]", folder).toString());
    assertEquals(List.of(sub.resolve("b")), FilePattern.expand(folder + "/sub/*/?", Path.of("/")));
  }

  private static String fault(String text) {
    return assertThrows(ConfigFileError.class, () -> Config.parse(List.of(text))).getMessage();
  }

  private Config read(String standardInput, String... arguments) {
    Config config = Config.defaults(folder);
    ConfigReader reader = new ConfigReader(config);
    reader.read(CommandLine.parse(arguments), new ByteArrayInputStream(Bytes.of(standardInput)));
    return config;
  }
}
