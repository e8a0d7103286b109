package org.understudy.resp;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.understudy.bytes.Bytes;

/** Every error that more than one place answers with, in Redis's words, once. */
public final class Errors {
  public static final CommandError SYNTAX = CommandError.err("syntax error");
  public static final CommandError NOT_AN_INTEGER = CommandError.err("value is not an integer or out of range");
  public static final CommandError OUT_OF_RANGE = CommandError.err("value is out of range");
  /** For a number that is negative; 0 is allowed all the same. */
  public static final CommandError NOT_POSITIVE = CommandError.err("value is out of range, must be positive");
  public static final CommandError NOT_A_FLOAT = CommandError.err("value is not a valid float");
  public static final CommandError NO_SUCH_KEY = CommandError.err("no such key");
  public static final CommandError WRONG_TYPE =
      new CommandError("WRONGTYPE Operation against a key holding the wrong kind of value");
  public static final CommandError DB_INDEX_OUT_OF_RANGE = CommandError.err("DB index is out of range");
  public static final CommandError SAME_OBJECT = CommandError.err("source and destination objects are the same");
  public static final CommandError INDEX_OUT_OF_RANGE = CommandError.err("index out of range");
  public static final CommandError STRING_TOO_LONG =
      CommandError.err("string exceeds maximum allowed size (proto-max-bulk-len)");
  public static final CommandError WOULD_OVERFLOW = CommandError.err("increment or decrement would overflow");
  public static final CommandError WOULD_BE_INFINITE = CommandError.err("increment would produce NaN or Infinity");
  public static final CommandError INVALID_CURSOR = CommandError.err("invalid cursor");

  public static final CommandError LOADING = new CommandError("LOADING Redis is loading the dataset in memory");

  private static final Set<String> SENT_AS_THEY_ARE = Stream.of(SYNTAX, NO_SUCH_KEY, SAME_OBJECT, INDEX_OUT_OF_RANGE)
      .map(CommandError::getMessage).collect(Collectors.toUnmodifiableSet());

  /** How much of what a client sent is repeated to it. */
  private static final int QUOTED_BYTES = 128;

  private Errors() {}

  /** Repeats up to 128 bytes of the name, and arguments until 128 bytes are reached. */
  public static CommandError unknownCommand(byte[][] argv) {
    StringBuilder arguments = new StringBuilder();
    for (int i = 1; i < argv.length && arguments.length() < QUOTED_BYTES; i++) {
      String quoted = quoted(argv[i], QUOTED_BYTES - arguments.length());
      arguments.append('\'').append(quoted).append("' ");
    }
    return CommandError.err("unknown command '" + quoted(argv[0], QUOTED_BYTES) + "', with args beginning with: "
        + arguments);
  }

  /** @param container the command as the client spelled it */
  public static CommandError unknownSubcommand(byte[] container, byte[] subcommand) {
    return CommandError.err("unknown subcommand '" + quoted(subcommand, QUOTED_BYTES) + "'. Try "
        + quoted(container, container.length).toUpperCase(Locale.ROOT) + " HELP.");
  }

  /**
   * For a subcommand whose arguments nothing takes.
   *
   * @param container the command as the client spelled it
   */
  public static CommandError subcommandSyntax(byte[] container, byte[] subcommand) {
    return CommandError.err("unknown subcommand or wrong number of arguments for '" + quoted(subcommand, QUOTED_BYTES)
        + "'. Try " + quoted(container, container.length).toUpperCase(Locale.ROOT) + " HELP.");
  }

  /**
   * An error line as Redis's log quotes it where none was expected: a telling code stays, with its dash, and a general
   * one goes, but for the few errors that Redis keeps ready as they are sent.
   */
  public static String logged(String error) {
    return error.startsWith("ERR ") && !SENT_AS_THEY_ARE.contains(error) ? error.substring(4) : "-" + error;
  }

  /** An error line to be quoted within another: a general code goes, a telling one stays. */
  public static String withoutCode(String error) {
    return error.startsWith("ERR ") ? error.substring(4) : error;
  }

  /** @param fullName in lower case, {@code client|kill} for a subcommand */
  public static CommandError wrongArity(String fullName) {
    return CommandError.err("wrong number of arguments for '" + fullName + "' command");
  }

  /** @param fullName as for {@link #wrongArity} */
  public static CommandError invalidExpireTime(String fullName) {
    return CommandError.err("invalid expire time in '" + fullName + "' command");
  }

  /** @param least inclusive, as {@code most} */
  public static CommandError outOfRange(long least, long most) {
    return CommandError.err("value is out of range, value must between " + least + " and " + most);
  }

  /** @param option as the client spelled it; line ends that it ends with are not repeated */
  public static CommandError unsupportedOption(byte[] option) {
    String text = quoted(option, option.length);
    int end = text.length();
    while (end > 0 && (text.charAt(end - 1) == '\r' || text.charAt(end - 1) == '\n')) end--;
    return CommandError.err("Unsupported option " + text.substring(0, end));
  }

  /** A consumer group, or the stream itself, is not there. */
  public static CommandError noGroup(byte[] key, byte[] group) {
    return new CommandError(noGroupText(key, group));
  }

  public static CommandError noGroupToRead(byte[] key, byte[] group) {
    return new CommandError(noGroupText(key, group) + " in XREADGROUP with GROUP option");
  }

  private static String noGroupText(byte[] key, byte[] group) {
    return "NOGROUP No such key '" + quoted(key, key.length) + "' or consumer group '" + quoted(group, group.length)
        + "'";
  }

  /** The stream is there, its consumer group is not. */
  public static CommandError noGroupOf(byte[] key, byte[] group) {
    return new CommandError("NOGROUP No such consumer group '" + quoted(group, group.length) + "' for key name '"
        + quoted(key, key.length) + "'");
  }

  /** The start of a text, up to a number of bytes or the first NUL, where a C string ends. */
  private static String quoted(byte[] text, int limit) {
    int length = 0;
    while (length < text.length && length < limit && text[length] != 0) length++;
    return Bytes.string(text, 0, length);
  }
}
