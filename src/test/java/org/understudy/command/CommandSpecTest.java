package org.understudy.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.understudy.command.CommandFlag.ADMIN;
import static org.understudy.command.CommandFlag.BLOCKING;
import static org.understudy.command.CommandFlag.FAST;
import static org.understudy.command.CommandFlag.MOVABLE_KEYS;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.CommandSpec.container;
import static org.understudy.command.CommandSpec.subcommand;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.INCOMPLETE;
import static org.understudy.command.KeyFlag.NOT_KEY;
import static org.understudy.command.KeyFlag.OW;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeyFlag.VARIABLE_FLAGS;
import static org.understudy.command.KeySpec.at;
import static org.understudy.command.KeySpec.behind;
import static org.understudy.command.KeySpec.somewhere;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.understudy.bytes.Bytes;

class CommandSpecTest {
  private static final Handler NOTHING = call -> {};

  // ---- categories ------------------------------------------------------------------------------------------------

  @Test
  void flagsAndGroupGiveTheCategories() {
    assertCategories(row(-1).group(CommandGroup.STRING).flags(READONLY, FAST),
        AclCategory.STRING, AclCategory.READ, AclCategory.FAST);
    assertCategories(row(-1).group(CommandGroup.SERVER).flags(ADMIN, WRITE, BLOCKING), AclCategory.ADMIN,
        AclCategory.DANGEROUS, AclCategory.WRITE, AclCategory.BLOCKING, AclCategory.SLOW);
  }

  @Test
  void namedCategoriesReplaceTheGroupsOnly() {
    assertCategories(row(-1).group(CommandGroup.GENERIC).categories(AclCategory.LIST).flags(WRITE),
        AclCategory.LIST, AclCategory.WRITE, AclCategory.SLOW);
  }

  @Test
  void scriptsThatOnlyReadAreNotInTheReadCategory() {
    assertCategories(row(-1).group(CommandGroup.SCRIPTING).flags(READONLY), AclCategory.SCRIPTING, AclCategory.SLOW);
  }

  @Test
  void aContainerIsInNoGroupsCategoryButItsSubcommandsAre() {
    CommandSpec container = container("OBJECT").arity(-2).group(CommandGroup.GENERIC)
        .containing(subcommand("FREQ").arity(3).group(CommandGroup.GENERIC).runs(Place.SHARD, NOTHING));
    assertEquals(EnumSet.of(AclCategory.SLOW), categories(container));
    assertEquals(EnumSet.of(AclCategory.SLOW, AclCategory.KEYSPACE), categories(container.subcommands.get(0)));
  }

  // ---- first, last, step -----------------------------------------------------------------------------------------

  @Test
  void onePlainRangeIsTheOldFigures() {
    assertFigures(1, 1, 1, false, at(1));
    assertFigures(1, -1, 2, false, at(1).range(-1, 2, 0));
    assertFigures(2, 4, 1, false, at(2).range(2, 1, 0));
    assertFigures(0, 0, 0, false);
  }

  @Test
  void consecutiveRangesJoin() {
    assertFigures(1, 2, 1, false, at(1), at(2));
    assertFigures(1, -1, 1, false, at(1), at(2).range(-1, 1, 0));
  }

  @Test
  void whatTheOldFiguresCannotSayMakesKeysMovable() {
    assertFigures(0, 0, 0, true, at(1).counted(0, 1, 1));
    assertFigures(1, 1, 1, true, at(1), at(2).counted(0, 1, 1));
    assertFigures(1, 1, 1, true, at(1), at(3));
    assertFigures(1, 1, 1, true, at(1), behind("STORE", 2));
    assertFigures(1, 1, 1, true, at(1).flags(INCOMPLETE));
    assertFigures(0, 0, 0, true, somewhere());
  }

  // ---- finding keys ----------------------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
      "1, 'x a', '1:RO'",
      "-1, 'x a b c', '1:RO 2:RO 3:RO'",
      "-2, 'x a b c', '1:RO 2:RO'",
  })
  void rangesReachToTheLastKey(int last, String request, String keys) {
    int lastKey = last == 1 ? 0 : last;
    assertKeys(keys, row(-2).keys(at(1).flags(RO).range(lastKey, 1, 0)), request);
  }

  @Test
  void rangesStepOverValues() {
    assertKeys("1:OW 3:OW", row(-3).keys(at(1).flags(OW).range(-1, 2, 0)), "mset a 1 b 2");
  }

  @Test
  void aLimitDividesWhatIsLeft() {
    assertKeys("2:RO 3:RO", row(-3).keys(behind("STREAMS", 1).flags(RO).range(-1, 1, 2)), "xread STREAMS a b 0 0");
  }

  @Test
  void aCountIsReadFromTheArguments() {
    CommandSpec.Builder row = row(-3).keys(at(2).flags(RO).counted(0, 1, 1));
    assertKeys("3:RO 4:RO", row, "eval s 2 a b arg");
    for (String nonsense : List.of("eval s 0", "eval s -1 a", "eval s x a", "eval s 2 a", "eval s 99999999999 a")) {
      assertKeys("", row, nonsense);
    }
  }

  @Test
  void aKeywordIsSearchedForwardsOrBackwards() {
    CommandSpec.Builder forwards = row(-2).keys(behind("STORE", 2).flags(OW));
    assertKeys("4:OW", forwards, "cmd a b store k c");
    assertKeys("", forwards, "cmd a b c");
    assertKeys("", forwards, "cmd a b store", "the last argument cannot be the word");
    assertKeys("3:RO 4:RO", row(-2).keys(behind("KEYS", -2).flags(RO).range(-1, 1, 0)), "cmd keys keys a b");
  }

  @Test
  void whatOnlyLooksLikeAKeyIsNotFound() {
    CommandSpec spec = row(-2).keys(at(1).flags(NOT_KEY)).runs(Place.SHARD, NOTHING);
    assertFalse(spec.hasKeys());
    assertKeys("", row(-2).keys(at(1).flags(NOT_KEY)), "spublish a b");
  }

  @Test
  void incompleteSpecificationsAreLeftToTheFinder() {
    CommandSpec.Builder row = row(-2).keys(at(1).flags(RO, INCOMPLETE));
    assertKeys("", row, "cmd a b");
    assertKeys("2:OW", row.keysFoundBy((argv, into) -> {
      into.add(2, OW.bit);
      return true;
    }), "cmd a b");
    assertKeys("", row.keysFoundBy((argv, into) -> {
      into.add(2, OW.bit);
      return false;
    }), "cmd a b");
  }

  @ParameterizedTest
  @CsvSource({
      "set k v, 1:OW+UPDATE",
      "set k v ex 10 nx, 1:OW+UPDATE",
      "set k get, 1:OW+UPDATE",
      "set k v nx Get, 1:RW+ACCESS+UPDATE",
  })
  void setReadsItsKeyOnlyWithGet(String request, String keys) {
    assertKeys(keys, row(-3).keys(at(1).flags(RW, ACCESS, UPDATE, VARIABLE_FLAGS)).keysFoundBy(KeyFinders::set),
        request);
  }

  @ParameterizedTest
  @CsvSource({
      "bitfield k, 1:RO+ACCESS",
      "bitfield k get u8 0 GET u8 1, 1:RO+ACCESS",
      "bitfield k overflow sat get u8 0, 1:RO+ACCESS",
      "bitfield k get u8 0 set u8 0 1, 1:RW+ACCESS+UPDATE",
      "bitfield k incrby u8 0 1, 1:RW+ACCESS+UPDATE",
      "bitfield k get u8, 1:RW+ACCESS+UPDATE",
      "bitfield k overflow, 1:RW+ACCESS+UPDATE",
      "bitfield k foo, 1:RW+ACCESS+UPDATE",
  })
  void bitfieldOnlyReadsIfAllItIsAskedForIsGet(String request, String keys) {
    assertKeys(keys, row(-2).keys(at(1).flags(RW, ACCESS, UPDATE, VARIABLE_FLAGS)).keysFoundBy(KeyFinders::bitfield),
        request);
  }

  // ---- rows ------------------------------------------------------------------------------------------------------

  @Test
  void aRowWithoutArityGroupOrHandlerIsRefused() {
    assertThrows(IllegalStateException.class, () -> command("X").group(CommandGroup.STRING).runs(Place.SHARD, NOTHING));
    assertThrows(IllegalStateException.class, () -> command("X").arity(1).runs(Place.SHARD, NOTHING));
    assertThrows(IllegalStateException.class, () -> row(1).runs(Place.SHARD, null));
  }

  @Test
  void arityIsExactOrALowerBound() {
    assertTrue(row(2).runs(Place.SHARD, NOTHING).takes(2));
    assertFalse(row(2).runs(Place.SHARD, NOTHING).takes(3));
    assertTrue(row(-2).runs(Place.SHARD, NOTHING).takes(3));
    assertFalse(row(-2).runs(Place.SHARD, NOTHING).takes(1));
  }

  private static CommandSpec.Builder row(int arity) {
    return command("X").arity(arity).group(CommandGroup.STRING);
  }

  private static void assertCategories(CommandSpec.Builder row, AclCategory... expected) {
    assertEquals(EnumSet.copyOf(Set.of(expected)), categories(row.runs(Place.SHARD, NOTHING)));
  }

  private static Set<AclCategory> categories(CommandSpec spec) {
    Set<AclCategory> in = EnumSet.allOf(AclCategory.class);
    in.removeIf(category -> !spec.in(category));
    return in;
  }

  private static void assertFigures(int first, int last, int step, boolean movable, KeySpec... specs) {
    CommandSpec spec = row(-1).keys(specs).runs(Place.SHARD, NOTHING);
    assertEquals(first + " " + last + " " + step + " " + movable,
        spec.firstKey + " " + spec.lastKey + " " + spec.keyStep + " " + spec.is(MOVABLE_KEYS));
  }

  private static void assertKeys(String expected, CommandSpec.Builder row, String request) {
    assertKeys(expected, row, request, request);
  }

  /** @param expected {@code position:FLAG+FLAG …} */
  private static void assertKeys(String expected, CommandSpec.Builder row, String request, String why) {
    String[] words = request.split(" ");
    byte[][] argv = new byte[words.length][];
    for (int i = 0; i < words.length; i++) argv[i] = Bytes.of(words[i]);
    KeyPositions found = new KeyPositions();
    row.runs(Place.SHARD, NOTHING).findKeys(argv, found);
    Set<String> keys = new TreeSet<>();
    for (int i = 0; i < found.size(); i++) {
      int bits = found.flags(i);
      keys.add(found.position(i) + ":" + EnumSet.allOf(KeyFlag.class).stream().filter(flag -> (bits & flag.bit) != 0)
          .map(KeyFlag::name).collect(Collectors.joining("+")));
    }
    assertEquals(expected, String.join(" ", keys), why);
  }
}
