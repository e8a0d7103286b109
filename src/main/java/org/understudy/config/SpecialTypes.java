package org.understudy.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The directives whose values have a grammar of their own, one class each. */
final class SpecialTypes {
  private SpecialTypes() {}

  /** Those that take any number of words; CONFIG SET always counts as a change. */
  private abstract static class WordsType extends ValueType {
    @Override
    boolean severalArguments() {
      return true;
    }

    @Override
    boolean alwaysChanges() {
      return true;
    }
  }

  /** A single empty argument means that there is none. */
  private static boolean none(List<String> arguments) {
    return arguments.isEmpty() || arguments.size() == 1 && arguments.get(0).isEmpty();
  }

  /** {@code dir}: an existing folder, as a {@link Path} without symbolic links. Relative to the folder so far. */
  static final class Dir extends ValueType {
    @Override
    Object initial() {
      return Path.of("").toAbsolutePath();
    }

    @Override
    Object parse(List<String> arguments, Object previous) throws BadValue {
      String name = arguments.get(0);
      if (name.isEmpty()) throw new BadValue("No such file or directory");
      Path folder = ((Path) previous).resolve(FileNames.path(name));
      try {
        folder = folder.toRealPath();
      } catch (NotDirectoryException e) {
        throw new BadValue("Not a directory");
      } catch (NoSuchFileException e) {
        throw new BadValue("No such file or directory");
      } catch (AccessDeniedException e) {
        throw new BadValue("Permission denied");
      } catch (java.io.IOException e) {
        throw new BadValue(FileNames.reason(e));
      }
      if (!Files.isDirectory(folder)) throw new BadValue("Not a directory");
      if (!Files.isExecutable(folder)) throw new BadValue("Permission denied");
      return folder;
    }

    @Override
    String text(Object value) {
      return FileNames.text((Path) value);
    }

    @Override
    void rewrite(String name, Object value, Lines lines) {
      lines.add(name + ' ' + Words.quote(text(value)), true);
    }

    @Override
    boolean alwaysChanges() {
      return true;
    }
  }

  /** {@code save seconds changes [seconds changes …]}, as a list of {@link SavePoint}. */
  static final class Save extends WordsType {
    @Override
    Object initial() {
      return List.of(new SavePoint(3600, 1), new SavePoint(300, 100), new SavePoint(60, 10000));
    }

    @Override
    Object parse(List<String> arguments, Object previous) throws BadValue {
      if (none(arguments)) return List.of();
      if (arguments.size() % 2 != 0) throw invalid();
      List<SavePoint> points = new ArrayList<>();
      for (int i = 0; i < arguments.size(); i += 2) {
        long seconds = number(arguments.get(i), 1);
        long changes = number(arguments.get(i + 1), 0);
        points.add(new SavePoint(seconds, (int) changes));
      }
      return List.copyOf(points);
    }

    private static long number(String word, long least) throws BadValue {
      try {
        long number = CNumbers.whole(word, 10);
        if (number >= least) return number;
      } catch (NumberFormatException e) {
        // the same answer as for a number that is too small
      }
      throw invalid();
    }

    private static BadValue invalid() {
      return new BadValue("Invalid save parameters");
    }

    @Override
    String text(Object value) {
      StringBuilder text = new StringBuilder();
      for (SavePoint point : points(value)) {
        text.append(text.isEmpty() ? "" : " ").append(point.seconds()).append(' ').append(point.changes());
      }
      return text.toString();
    }

    @Override
    void rewrite(String name, Object value, Lines lines) {
      if (points(value).isEmpty()) lines.add(name + " \"\"", true);
      for (SavePoint point : points(value)) lines.add(name + ' ' + point.seconds() + ' ' + point.changes(), true);
    }

    @SuppressWarnings("unchecked")
    static List<SavePoint> points(Object value) {
      return (List<SavePoint>) value;
    }
  }

  /** {@code client-output-buffer-limit class hard soft seconds […]}, as a list of {@link OutputLimit}, one a class. */
  static final class OutputLimits extends WordsType {
    private static final long MB = 1024 * 1024;

    @Override
    Object initial() {
      return List.of(new OutputLimit(0, 0, 0), new OutputLimit(256 * MB, 64 * MB, 60),
          new OutputLimit(32 * MB, 8 * MB, 60));
    }

    @Override
    Object parse(List<String> arguments, Object previous) throws BadValue {
      if (arguments.size() % 4 != 0) throw new BadValue("Wrong number of arguments in buffer limit configuration.");
      List<OutputLimit> limits = new ArrayList<>(limits(previous));
      for (int i = 0; i < arguments.size(); i += 4) {
        ClientClass clients = ClientClass.named(arguments.get(i));
        if (clients == null) throw new BadValue("Invalid client class specified in buffer limit configuration.");
        limits.set(clients.ordinal(), limit(arguments.get(i + 1), arguments.get(i + 2), arguments.get(i + 3)));
      }
      return List.copyOf(limits);
    }

    private static OutputLimit limit(String hard, String soft, String softSeconds) throws BadValue {
      try {
        // seconds are an int in the reference implementation, cut off before the sign is looked at
        int seconds = (int) CNumbers.whole(softSeconds, 10);
        if (seconds >= 0) return new OutputLimit(CNumbers.memory(hard), CNumbers.memory(soft), seconds);
      } catch (NumberFormatException e) {
        // the same answer as for negative seconds
      }
      throw new BadValue("Error in hard, soft or soft_seconds setting in buffer limit configuration.");
    }

    @Override
    String text(Object value) {
      StringBuilder text = new StringBuilder();
      for (ClientClass clients : ClientClass.values()) {
        OutputLimit limit = limits(value).get(clients.ordinal());
        text.append(text.isEmpty() ? "" : " ").append(clients.shown)
            .append(' ').append(Long.toUnsignedString(limit.hardBytes()))
            .append(' ').append(Long.toUnsignedString(limit.softBytes()))
            .append(' ').append(limit.softSeconds());
      }
      return text.toString();
    }

    @Override
    void rewrite(String name, Object value, Lines lines) {
      for (ClientClass clients : ClientClass.values()) {
        OutputLimit limit = limits(value).get(clients.ordinal());
        String text = name + ' ' + clients.written + ' ' + CNumbers.memoryText(limit.hardBytes()) + ' '
            + CNumbers.memoryText(limit.softBytes()) + ' ' + limit.softSeconds();
        lines.add(text, !limit.equals(limits(initial()).get(clients.ordinal())));
      }
    }

    @SuppressWarnings("unchecked")
    static List<OutputLimit> limits(Object value) {
      return (List<OutputLimit>) value;
    }
  }

  /** {@code oom-score-adj-values primary replica child}: three numbers from -2000 to 2000, as a list. */
  static final class OomScores extends ValueType {
    @Override
    Object initial() {
      return List.of(0L, 200L, 800L);
    }

    @Override
    Object parse(List<String> arguments, Object previous) throws BadValue {
      if (arguments.size() != 3) throw new BadValue("wrong number of arguments");
      List<Long> scores = new ArrayList<>();
      for (String argument : arguments) scores.add(score(argument));
      return List.copyOf(scores);
    }

    @SuppressWarnings("unchecked")
    static List<Long> scores(Object value) {
      return (List<Long>) value;
    }

    private static long score(String word) throws BadValue {
      try {
        long score = CNumbers.whole(word, 10);
        if (score >= -2000 && score <= 2000) return score;
      } catch (NumberFormatException e) {
        // the same answer as for a number out of range
      }
      throw new BadValue("Invalid oom-score-adj-values, elements must be between -2000 and 2000.");
    }

    @Override
    String text(Object value) {
      List<?> scores = (List<?>) value;
      return scores.get(0) + " " + scores.get(1) + " " + scores.get(2);
    }

    @Override
    boolean severalArguments() {
      return true;
    }
  }

  /** {@code notify-keyspace-events}: letters, as the sum of their bits. The bits are those of {@code NotifyClass}. */
  static final class NotifyEvents extends ValueType {
    private static final String BITS = "KEg$lshzxetmdn";
    /** The letters that A stands for, in the order in which they are shown. */
    private static final String ALL_LETTERS = "g$lshzxetd";
    private static final long ALL = ALL_LETTERS.chars().mapToLong(NotifyEvents::bit).sum();

    private static long bit(int letter) {
      int bit = BITS.indexOf(letter);
      return bit < 0 ? 0 : 1L << bit;
    }

    @Override
    Object initial() {
      return 0L;
    }

    @Override
    Object parse(List<String> arguments, Object previous) throws BadValue {
      long events = 0;
      for (char letter : arguments.get(0).toCharArray()) {
        long bits = letter == 'A' ? ALL : bit(letter);
        if (bits == 0) throw new BadValue("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
        events |= bits;
      }
      return events;
    }

    @Override
    String text(Object value) {
      return text((Long) value, false);
    }

    /** @param newBehindAll CONFIG GET forgets the n behind an A, as in Redis 7.0.15; a file should not */
    private static String text(long events, boolean newBehindAll) {
      boolean all = (events & ALL) == ALL;
      StringBuilder text = new StringBuilder();
      if (all) text.append('A');
      else addLetters(ALL_LETTERS, events, text);
      if (!all || newBehindAll) addLetters("n", events, text);
      addLetters("KEm", events, text);
      return text.toString();
    }

    private static void addLetters(String letters, long events, StringBuilder text) {
      for (char letter : letters.toCharArray()) {
        if ((events & bit(letter)) != 0) text.append(letter);
      }
    }

    @Override
    void rewrite(String name, Object value, Lines lines) {
      lines.add(name + ' ' + Words.quote(text((Long) value, true)), (Long) value != 0);
    }

    @Override
    boolean alwaysChanges() {
      return true;
    }
  }

  /** {@code bind address …}: at most 16, as a list; a dash before an address makes it optional. None means no TCP. */
  static final class Bind extends WordsType {
    private static final int MOST = 16;

    @Override
    Object initial() {
      return List.of("*", "-::*");
    }

    @Override
    Object parse(List<String> arguments, Object previous) throws BadValue {
      if (arguments.size() > MOST) throw new BadValue("Too many bind addresses specified.");
      return none(arguments) ? List.of() : List.copyOf(arguments);
    }

    @Override
    String text(Object value) {
      return String.join(" ", addresses(value));
    }

    @Override
    void rewrite(String name, Object value, Lines lines) {
      if (value.equals(initial())) return;
      lines.add(name + ' ' + (addresses(value).isEmpty() ? "\"\"" : text(value)), true);
    }

    @SuppressWarnings("unchecked")
    static List<String> addresses(Object value) {
      return (List<String>) value;
    }
  }

  /** {@code replicaof host port} or {@code replicaof no one}, as an optional {@link PrimaryAddress}. */
  static final class ReplicaOf extends WordsType {
    @Override
    Object initial() {
      return Optional.empty();
    }

    @Override
    Object parse(List<String> arguments, Object previous) throws BadValue {
      if (arguments.size() != 2) throw new BadValue("wrong number of arguments");
      String host = arguments.get(0);
      String port = arguments.get(1);
      if (host.equalsIgnoreCase("no") && port.equalsIgnoreCase("one")) return Optional.empty();
      try {
        long number = CNumbers.whole(port, 10);
        if (number >= 0 && number <= 65535) return Optional.of(new PrimaryAddress(host, (int) number));
      } catch (NumberFormatException e) {
        // the same answer as for a number out of range
      }
      throw new BadValue("Invalid master port");
    }

    @Override
    String text(Object value) {
      return primary(value).map(at -> at.host() + ' ' + at.port()).orElse("");
    }

    @Override
    void rewrite(String name, Object value, Lines lines) {
      if (primary(value).isPresent()) lines.add(name + ' ' + text(value), true);
    }

    @SuppressWarnings("unchecked")
    static Optional<PrimaryAddress> primary(Object value) {
      return (Optional<PrimaryAddress>) value;
    }
  }

  /** {@code latency-tracking-info-percentiles p …}: numbers from 0 to 100, as a list of {@link Double}. */
  static final class Percentiles extends WordsType {
    /** What strtod reads: decimal, infinite, or hexadecimal with an optional exponent. NaN is refused anyway. */
    private static final Pattern DECIMAL =
        Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern INFINITE = Pattern.compile("[+-]?inf(inity)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern HEX = Pattern.compile(
        "[+-]?0x(\\p{XDigit}+\\.?\\p{XDigit}*|\\.\\p{XDigit}+)(?<exponent>p[+-]?\\d+)?", Pattern.CASE_INSENSITIVE);

    @Override
    Object initial() {
      return List.of(50.0, 99.0, 99.9);
    }

    @Override
    Object parse(List<String> arguments, Object previous) throws BadValue {
      if (none(arguments)) return List.of();
      List<Double> percentiles = new ArrayList<>();
      for (String argument : arguments) percentiles.add(percentile(argument));
      return List.copyOf(percentiles);
    }

    private static double percentile(String word) throws BadValue {
      double percentile = number(word);
      if (percentile >= 0 && percentile <= 100) return percentile;
      throw new BadValue("latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
    }

    private static double number(String word) throws BadValue {
      if (DECIMAL.matcher(word).matches()) return Double.parseDouble(word);
      if (INFINITE.matcher(word).matches()) return Double.POSITIVE_INFINITY;
      Matcher hex = HEX.matcher(word);
      if (!hex.matches()) throw new BadValue("Invalid latency-tracking-info-percentiles parameters");
      return Double.parseDouble(hex.group("exponent") == null ? word + "p0" : word);
    }

    @Override
    String text(Object value) {
      StringBuilder text = new StringBuilder();
      for (double percentile : percentiles(value)) {
        text.append(text.isEmpty() ? "" : " ").append(sixDecimals(percentile));
      }
      return text.toString();
    }

    /** Rounded to six decimals, without trailing zeros. */
    private static String sixDecimals(double number) {
      BigDecimal rounded = new BigDecimal(number).setScale(6, RoundingMode.HALF_EVEN);
      return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }

    @Override
    void rewrite(String name, Object value, Lines lines) {
      lines.add(name + ' ' + (percentiles(value).isEmpty() ? "\"\"" : text(value)), true);
    }

    @SuppressWarnings("unchecked")
    static List<Double> percentiles(Object value) {
      return (List<Double>) value;
    }
  }
}
