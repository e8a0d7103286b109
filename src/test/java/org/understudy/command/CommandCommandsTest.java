package org.understudy.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.CommandSpec.help;
import static org.understudy.command.KeyFlag.OW;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeySpec.at;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.resp.CommandError;
import org.understudy.resp.ReplyBuffer;
import org.understudy.testing.RespReader;
import org.understudy.testing.RespReader.RespError;

/** What does not depend on the real server; the replies as a whole are compared with it in the comparison package. */
class CommandCommandsTest {
  private final CommandTable table = table();

  private CommandTable table() {
    List<CommandSpec> rows = new ArrayList<>(new CommandCommands(this::renamedTable).rows());
    rows.add(command("MSET").arity(-3).group(CommandGroup.STRING).keys(at(1).flags(OW, UPDATE).range(-1, 2, 0))
        .runs(Place.SHARD, call -> {}));
    rows.add(command("PING").arity(-1).group(CommandGroup.CONNECTION).runs(Place.CONNECTION, call -> {}));
    return new CommandTable(rows).renamed("ping", "hello").renamed("mset", "");
  }

  private CommandTable renamedTable() {
    return table;
  }

  @Test
  void countsAndListsWhatCanBeCalled() {
    assertEquals(2L, answer(2, "COMMAND", "COUNT"));
    assertEquals(List.of("command", "command|count", "command|docs", "command|getkeys", "command|getkeysandflags",
        "command|info", "command|list", "command|help", "ping"), answer(2, "COMMAND", "LIST"));
    assertEquals(2, ((List<?>) answer(2, "COMMAND")).size());
    assertEquals(2, ((Map<?, ?>) answer(3, "COMMAND", "DOCS")).size());
  }

  @Test
  void aRenamedCommandIsDescribedUnderItsNewNameAndStillCallsItselfByTheOldOne() {
    assertEquals("ping", ((List<?>) ((List<?>) answer(2, "COMMAND", "INFO", "hello")).get(0)).get(0));
    assertEquals(Set.of("ping"), ((Map<?, ?>) answer(3, "COMMAND", "DOCS", "hello")).keySet());
    List<Object> nothing = new ArrayList<>();
    nothing.add(null);
    assertEquals(nothing, answer(2, "COMMAND", "INFO", "ping"));
  }

  @Test
  void aRemovedCommandIsNotThere() {
    assertEquals(new RespError("ERR Invalid command specified"), answer(2, "COMMAND", "GETKEYS", "MSET", "a", "1"));
    assertEquals(Map.of(), answer(3, "COMMAND", "DOCS", "mset"));
  }

  @Test
  void helpIsHeadedByTheNameInCapitals() {
    ReplyBuffer reply = new ReplyBuffer();
    Call call = new Call(null);
    call.argv = new byte[][] {Bytes.of("peopLe"), Bytes.of("help")};
    call.reply = reply;
    help("ID", "    Return it.").run(call);
    assertEquals(List.of("PEOPLE <subcommand> [<arg> [value] [opt] ...]. Subcommands are:", "ID", "    Return it.",
        "HELP", "    Prints this help."), RespReader.parse(reply.take().toArray()));
  }

  private Object answer(int protocol, String... request) {
    Call call = new Call(null); // these commands change nothing
    call.argv = new byte[request.length][];
    for (int i = 0; i < request.length; i++) call.argv[i] = Bytes.of(request[i]);
    call.reply = new ReplyBuffer();
    call.reply.protocol(protocol);
    try {
      table.resolve(call.argv).handler.run(call);
    } catch (CommandError e) {
      call.reply.error(e);
    }
    return RespReader.parse(call.reply.take().toArray());
  }
}
