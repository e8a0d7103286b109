package org.understudy.shard;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.string;
import static org.understudy.command.CommandFlag.ADMIN;
import static org.understudy.command.CommandFlag.LOADING;
import static org.understudy.command.CommandFlag.NOSCRIPT;
import static org.understudy.command.CommandFlag.NO_ASYNC_LOADING;
import static org.understudy.command.CommandFlag.PROTECTED;
import static org.understudy.command.CommandFlag.STALE;
import static org.understudy.command.CommandGroup.SERVER;
import static org.understudy.command.CommandSpec.container;
import static org.understudy.command.CommandSpec.help;
import static org.understudy.command.CommandSpec.subcommand;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.bytes.Bytes;
import org.understudy.command.Call;
import org.understudy.command.CommandSpec;
import org.understudy.command.Place;
import org.understudy.resp.CommandError;

/**
 * MODULE. Modules are machine code for redis-server, so none can be loaded here and none ever is: who may try gets the
 * error that Redis has for a file that is no module.
 */
final class ModuleCommands {
  private static final Logger log = LoggerFactory.getLogger(ModuleCommands.class);
  private static final CommandError NOT_LOADED =
      CommandError.err("Error loading the extension. Please check the server logs.");
  private static final CommandError NOT_UNLOADED =
      CommandError.err("Error unloading module: no such module with that name");

  private ModuleCommands() {}

  static List<CommandSpec> rows() {
    return List.of(
        container("MODULE").arity(-2).since("4.0.0").group(SERVER).complexity("Depends on subcommand.")
            .summary("A container for module commands")
            .containing(
                subcommand("HELP").arity(2).since("5.0.0").group(SERVER).complexity("O(1)")
                    .summary("Show helpful text about the different subcommands")
                    .flags(LOADING, STALE)
                    .runs(Place.CONNECTION, help(
                        "LIST",
                        "    Return a list of loaded modules.",
                        "LOAD <path> [<arg> ...]",
                        "    Load a module library from <path>, passing to it any optional arguments.",
                        "LOADEX <path> [[CONFIG NAME VALUE] [CONFIG NAME VALUE]] [ARGS ...]",
                        "    Load a module library from <path>, while passing it module configurations and optional "
                            + "arguments.",
                        "UNLOAD <name>",
                        "    Unload a module.")),
                subcommand("LIST").arity(2).since("4.0.0").group(SERVER)
                    .complexity("O(N) where N is the number of loaded modules.")
                    .summary("List all modules loaded by the server")
                    .flags(ADMIN, NOSCRIPT).tips("nondeterministic_output_order")
                    .runs(Place.CONNECTION, call -> call.reply.array(0)),
                subcommand("LOAD").arity(-3).since("4.0.0").group(SERVER).complexity("O(1)")
                    .summary("Load a module")
                    .flags(NO_ASYNC_LOADING, ADMIN, NOSCRIPT, PROTECTED)
                    .args(string("path"), string("arg").multiple().optional())
                    .runs(Place.CONNECTION, ModuleCommands::load),
                subcommand("LOADEX").arity(-3).since("7.0.0").group(SERVER).complexity("O(1)")
                    .summary("Load a module with extended parameters")
                    .flags(NO_ASYNC_LOADING, ADMIN, NOSCRIPT, PROTECTED)
                    .args(string("path"),
                        block("configs", string("name"), string("value")).after("CONFIG").multiple().multipleToken()
                            .optional(),
                        block("args", string("arg")).after("ARGS").multiple().optional())
                    .runs(Place.CONNECTION, ModuleCommands::load),
                subcommand("UNLOAD").arity(3).since("4.0.0").group(SERVER).complexity("O(1)")
                    .summary("Unload a module")
                    .flags(NO_ASYNC_LOADING, ADMIN, NOSCRIPT, PROTECTED)
                    .args(string("name"))
                    .runs(Place.CONNECTION, ModuleCommands::unload)));
  }

  private static void load(Call call) {
    log.warn("Module {} failed to load: modules cannot be loaded into this server", Bytes.string(call.argv[2]));
    throw NOT_LOADED;
  }

  private static void unload(Call call) {
    throw NOT_UNLOADED;
  }
}
