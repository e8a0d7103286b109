package org.understudy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.testing.RealRedis;

/** {@code conf/understudy.conf}, which is delivered, describes the table of directives and nothing else. */
class ConfFileTest {
  private static final Path FILE = Path.of("conf", "understudy.conf").toAbsolutePath();

  @TempDir Path folder;

  /** A directive of the file with the bracket that ends its description, such as [seconds, live]. */
  private record Described(Directive directive, String line, String bracket) {}

  @Test
  void everyDirectiveIsThereOnceByItsOwnName() throws Exception {
    List<Directive> missing = new ArrayList<>(List.of(Directive.values()));
    for (Described described : described()) {
      boolean first = missing.remove(described.directive);
      assertTrue(first || described.directive == Directive.CLIENT_OUTPUT_BUFFER_LIMIT, described.line);
      assertEquals(described.directive.directiveName(), Words.split(described.line).get(0));
    }
    assertEquals(List.of(), missing);
  }

  @Test
  void everyValueIsTheDefault() throws Exception {
    List<String> lines = new ArrayList<>();
    for (Described described : described()) lines.add(described.line);
    Config config = Config.parse(lines);
    Config defaults = Config.defaults();
    for (Directive directive : Directive.values()) {
      assertEquals(defaults.text(directive), config.text(directive), directive.directiveName());
    }
  }

  @Test
  void everyDescriptionSaysWhetherTheServerCanChangeTheValue() throws Exception {
    for (Described described : described()) {
      boolean live = described.bracket.contains("live");
      boolean start = described.bracket.contains("start");
      assertEquals(described.directive.immutable(), start, described.line);
      assertEquals(!start, live, described.line);
    }
  }

  @Test
  void whatIsKeptWithoutMeaningIsListedAsSuch() throws Exception {
    String text = Files.readString(FILE);
    int[] chapters = {text.indexOf("# TLS: not offered"), text.indexOf("# Cluster mode: not offered"),
        text.indexOf("# Without meaning on a JVM")};
    for (int chapter : chapters) assertTrue(chapter > 0);
    for (Directive directive : Directive.values()) {
      if (!directive.kept()) continue;
      int place = text.indexOf("\n" + directive.directiveName() + " ");
      if (place < 0) place = text.indexOf("\n#" + directive.directiveName() + " ");
      assertTrue(place > chapters[0], directive.directiveName());
    }
  }

  @Test
  void theServerStartsWithIt() {
    Config config = Config.defaults(folder);
    new ConfigReader(config).read(CommandLine.parse(FILE.toString()), null);
    assertEquals(6379, config.port());
    assertEquals(FILE, config.file());
  }

  @Test
  void theRealServerReadsItAndKeepsItsDefaults() throws Exception {
    RealRedis.assumeInstalled();
    String[] own = {"--port", "0", "--unixsocket", "s"};
    List<Config.Setting> defaults;
    try (RealServer real = RealServer.start(folder, "", own)) {
      defaults = real.configGet("*");
    }
    Files.delete(folder.resolve("s"));
    Path theirs = folder.resolve("theirs.conf");
    Files.write(theirs, Files.readAllLines(FILE).stream().filter(line -> !isOurs(line)).toList());
    try (RealServer real = RealServer.start(folder, "", theirs.toString(), own[0], own[1], own[2], own[3])) {
      for (Config.Setting setting : defaults) assertEquals(List.of(setting), real.configGet(setting.name()));
    }
  }

  private static boolean isOurs(String line) {
    Directive directive = Directive.of(line.split(" ")[0]);
    return directive != null && directive.ours();
  }

  /** All directives of the file, those with a # right before them too. */
  private static List<Described> described() throws Exception {
    List<Described> all = new ArrayList<>();
    String comment = "";
    for (String line : Files.readAllLines(FILE)) {
      if (line.startsWith("# ")) {
        comment = line;
      } else if (!line.isEmpty() && !line.equals("#")) {
        String bare = line.startsWith("#") ? line.substring(1) : line;
        Directive directive = Directive.of(bare.substring(0, bare.indexOf(' ')));
        assertTrue(directive != null, line);
        all.add(new Described(directive, bare, comment.substring(Math.max(0, comment.lastIndexOf('[')))));
      }
    }
    return all;
  }
}
