package org.understudy.command;

import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.DENYOOM;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.SORTED_SET;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.OW;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeySpec.at;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Value;
import org.understudy.keyspace.collection.ScoredCursor;
import org.understudy.keyspace.collection.SetValue;
import org.understudy.keyspace.collection.SortedSetValue;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;

/** Unions, intersections and differences of sorted sets; sets take part as if each member had the score 1. */
public final class SortedSetAlgebraCommands {
  private static final CommandError WEIGHT_NOT_A_FLOAT = CommandError.err("weight value is not a float");
  private static final CommandError LIMIT_NEGATIVE = CommandError.err("LIMIT can't be negative");
  private static final double SCORE_IN_SET = 1;

  private static final String UNION_COMPLEXITY = "O(N)+O(M*log(M)) with N being the sum of the sizes of the input "
      + "sorted sets, and M being the number of elements in the resulting sorted set.";
  private static final String INTERSECTION_COMPLEXITY = "O(N*K)+O(M*log(M)) worst case with N being the smallest input "
      + "sorted set, K being the number of input sorted sets and M being the number of elements in the resulting "
      + "sorted set.";
  private static final String DIFFERENCE_COMPLEXITY = "O(L + (N-K)log(N)) worst case where L is the total number of "
      + "elements in all the sets, N is the size of the first set, and K is the size of the result set.";
  private static final Arg WEIGHTS = integer("weight").after("WEIGHTS").optional().multiple();
  private static final Arg AGGREGATE =
      oneOf("aggregate", token("SUM"), token("MIN"), token("MAX")).after("AGGREGATE").optional();

  private SortedSetAlgebraCommands() {}

  public static List<CommandSpec> rows() {
    return List.of(
        replied("ZUNION").complexity(UNION_COMPLEXITY)
            .summary("Add multiple sorted sets")
            .args(integer("numkeys"), key("key").multiple(), WEIGHTS, AGGREGATE, token("WITHSCORES").optional())
            .runs(Place.SHARD, SortedSetAlgebraCommands::zunion),
        stored("ZUNIONSTORE").since("2.0.0").complexity("O(N)+O(M log(M)) with N being the sum of the sizes of the "
                + "input sorted sets, and M being the number of elements in the resulting sorted set.")
            .summary("Add multiple sorted sets and store the resulting sorted set in a new key")
            .args(key("destination"), integer("numkeys"), key("key", 1).multiple(), WEIGHTS, AGGREGATE)
            .runs(Place.SHARD, SortedSetAlgebraCommands::zunionstore),
        replied("ZINTER").complexity(INTERSECTION_COMPLEXITY)
            .summary("Intersect multiple sorted sets")
            .args(integer("numkeys"), key("key").multiple(), WEIGHTS, AGGREGATE, token("WITHSCORES").optional())
            .runs(Place.SHARD, SortedSetAlgebraCommands::zinter),
        stored("ZINTERSTORE").since("2.0.0").complexity(INTERSECTION_COMPLEXITY)
            .summary("Intersect multiple sorted sets and store the resulting sorted set in a new key")
            .args(key("destination"), integer("numkeys"), key("key", 1).multiple(), WEIGHTS, AGGREGATE)
            .runs(Place.SHARD, SortedSetAlgebraCommands::zinterstore),
        replied("ZINTERCARD").since("7.0.0").complexity("O(N*K) worst case with N being the smallest input sorted set, "
                + "K being the number of input sorted sets.")
            .summary("Intersect multiple sorted sets and return the cardinality of the result")
            .args(integer("numkeys"), key("key").multiple(), integer("limit").after("LIMIT").optional())
            .runs(Place.SHARD, SortedSetAlgebraCommands::zintercard),
        replied("ZDIFF").complexity(DIFFERENCE_COMPLEXITY)
            .summary("Subtract multiple sorted sets")
            .args(integer("numkeys"), key("key").multiple(), token("WITHSCORES").optional())
            .runs(Place.SHARD, SortedSetAlgebraCommands::zdiff),
        stored("ZDIFFSTORE").since("6.2.0").complexity(DIFFERENCE_COMPLEXITY)
            .summary("Subtract multiple sorted sets and store the resulting sorted set in a new key")
            .args(key("destination"), integer("numkeys"), key("key", 1).multiple())
            .runs(Place.SHARD, SortedSetAlgebraCommands::zdiffstore));
  }

  /** A row of a command that replies with what it finds: numkeys key [key …] … */
  private static CommandSpec.Builder replied(String name) {
    return command(name).arity(-3).since("6.2.0").group(SORTED_SET).flags(READONLY)
        .keys(at(1).flags(RO, ACCESS).counted(0, 1, 1)).keysFoundBy(KeyFinders.counted(1));
  }

  /** A row of a command that stores what it finds: destination numkeys key [key …] … */
  private static CommandSpec.Builder stored(String name) {
    return command(name).arity(-4).group(SORTED_SET).flags(WRITE, DENYOOM)
        .keys(at(1).flags(OW, UPDATE), at(2).flags(RO, ACCESS).counted(0, 1, 1))
        .keysFoundBy(KeyFinders::storedAndCounted);
  }

  // ---- commands -----------------------------------------------------------------------------------------------------

  static void zunion(Call call) {
    reply(call, Operation.UNION);
  }

  static void zinter(Call call) {
    reply(call, Operation.INTERSECTION);
  }

  static void zdiff(Call call) {
    reply(call, Operation.DIFFERENCE);
  }

  static void zunionstore(Call call) {
    store(call, Operation.UNION, "zunionstore");
  }

  static void zinterstore(Call call) {
    store(call, Operation.INTERSECTION, "zinterstore");
  }

  static void zdiffstore(Call call) {
    store(call, Operation.DIFFERENCE, "zdiffstore");
  }

  /** ZINTERCARD numkeys key [key …] [LIMIT limit] */
  static void zintercard(Call call) {
    Request request = new Request(call, 1, Kind.COUNTED, Operation.INTERSECTION);
    int[] count = {0};
    request.intersect((member, score) -> ++count[0] != request.limit);
    call.reply.integer(count[0]);
  }

  private static void reply(Call call, Operation operation) {
    Request request = new Request(call, 1, Kind.REPLIED, operation);
    SortedSetValue result = request.result();
    SortedSetCommands.replyLength(call.reply, result.size(), request.withScores);
    ScoredCursor member = result.cursor(0, false);
    while (member.next()) SortedSetCommands.replyMember(call.reply, member, request.withScores);
  }

  private static void store(Call call, Operation operation, String event) {
    Request request = new Request(call, 2, Kind.STORED, operation);
    SortedSetCommands.store(call, call.argv[1], request.result().compact(SortedSetCommands.packing(call)), event);
  }

  // ---- what is asked ------------------------------------------------------------------------------------------------

  private enum Operation { UNION, INTERSECTION, DIFFERENCE }

  /** What is done with the result. */
  private enum Kind { REPLIED, STORED, COUNTED }

  private enum Aggregate { SUM, MIN, MAX }

  /** Sees a member and its score; true to go on. */
  private interface Visitor {
    boolean visit(byte[] member, double score);
  }

  /** One of the sets. */
  private static final class Source {
    /** A {@link SortedSetValue}, a {@link SetValue}, or null. */
    final Value value;
    final long size;
    double weight = 1;

    Source(Value value) {
      this.value = value;
      size = value instanceof SortedSetValue sorted ? sorted.size() : value instanceof SetValue set ? set.size() : 0;
    }

    /** NaN if the member is not there. */
    double score(byte[] member) {
      if (value instanceof SortedSetValue sorted) return sorted.score(member);
      return value instanceof SetValue set && set.contains(member) ? SCORE_IN_SET : Double.NaN;
    }

    void forEachWhile(Visitor visitor) {
      if (value instanceof SortedSetValue sorted) {
        ScoredCursor each = sorted.cursor(0, false);
        while (each.next() && visitor.visit(each.member(), each.score)) { }
      } else if (value instanceof SetValue set) {
        set.forEachWhile(member -> visitor.visit(member, SCORE_IN_SET));
      }
    }

    double weighted(double score) {
      return weight * score;
    }
  }

  /** The arguments, read and with the keys looked up. */
  private static final class Request {
    final Call call;
    final Operation operation;
    final Source[] sources;
    Aggregate aggregate = Aggregate.SUM;
    boolean withScores;
    /** How many to count at most; 0 all. */
    long limit;

    /** numkeys key [key …] [WEIGHTS weight …] [AGGREGATE SUM | MIN | MAX] [WITHSCORES] [LIMIT n], whatever applies */
    Request(Call call, int countIndex, Kind kind, Operation operation) {
      this.call = call;
      this.operation = operation;
      byte[][] argv = call.argv;
      long keys = Arguments.integer(argv[countIndex]);
      if (keys < 1) {
        throw CommandError.err("at least 1 input key is needed for '" + call.spec.fullName + "' command");
      }
      if (keys > argv.length - countIndex - 1) throw Errors.SYNTAX;
      sources = new Source[(int) keys];
      int next = countIndex + 1;
      for (int i = 0; i < sources.length; i++) sources[i] = source(argv[next++]);
      while (next < argv.length) next = option(next, kind);
      // the smallest first: what is not in there is in no intersection; and sums depend on the order
      if (operation != Operation.DIFFERENCE) Arrays.sort(sources, Comparator.comparingLong(source -> source.size));
    }

    private Source source(byte[] key) {
      if (!call.find(key)) return new Source(null);
      Value value = call.entry.value();
      if (!(value instanceof SortedSetValue) && !(value instanceof SetValue)) throw Errors.WRONG_TYPE;
      return new Source(value);
    }

    /** Reads the option at an index; returns the index of the next. */
    private int option(int index, Kind kind) {
      byte[][] argv = call.argv;
      int following = argv.length - index - 1;
      boolean scored = operation != Operation.DIFFERENCE && kind != Kind.COUNTED;
      if (scored && following >= sources.length && Bytes.is(argv[index], "WEIGHTS")) {
        for (int i = 0; i < sources.length; i++) {
          sources[i].weight = Arguments.real(argv[index + 1 + i], WEIGHT_NOT_A_FLOAT);
        }
        return index + 1 + sources.length;
      }
      if (scored && following >= 1 && Bytes.is(argv[index], "AGGREGATE")) {
        aggregate = aggregate(argv[index + 1]);
        return index + 2;
      }
      if (kind == Kind.REPLIED && Bytes.is(argv[index], "WITHSCORES")) {
        withScores = true;
        return index + 1;
      }
      if (kind == Kind.COUNTED && following >= 1 && Bytes.is(argv[index], "LIMIT")) {
        limit = Arguments.notNegative(argv[index + 1], LIMIT_NEGATIVE);
        return index + 2;
      }
      throw Errors.SYNTAX;
    }

    private static Aggregate aggregate(byte[] word) {
      for (Aggregate each : Aggregate.values()) {
        if (Bytes.is(word, each.name())) return each;
      }
      throw Errors.SYNTAX;
    }

    // ---- what comes of it ------------------------------------------------------------------------------------------

    /** In the form of large sets: it keeps the sign of zero, which the reply shows. */
    SortedSetValue result() {
      SortedSetValue result = SortedSetValue.large(call.keyspace.hashSeed());
      Visitor put = (member, score) -> {
        SortedSetCommands.put(call, result, score, member);
        return true;
      };
      switch (operation) {
        case UNION -> unite(result);
        case INTERSECTION -> intersect(put);
        case DIFFERENCE -> subtract(put);
      }
      return result;
    }

    private void unite(SortedSetValue result) {
      for (Source source : sources) {
        source.forEachWhile((member, score) -> {
          double weighted = zeroIfNaN(source.weighted(score));
          double before = result.score(member);
          double after = Double.isNaN(before) ? weighted : aggregated(before, weighted);
          if (after == 0 && before == 0) result.remove(member); // the sign may be another
          SortedSetCommands.put(call, result, after, member);
          return true;
        });
      }
    }

    void intersect(Visitor visitor) {
      Source smallest = sources[0];
      smallest.forEachWhile((member, score) -> {
        double sum = zeroIfNaN(smallest.weighted(score));
        for (int i = 1; i < sources.length; i++) {
          double other = sources[i].score(member);
          if (Double.isNaN(other)) return true;
          sum = aggregated(sum, sources[i].weighted(other));
        }
        return visitor.visit(member, sum);
      });
    }

    private void subtract(Visitor visitor) {
      for (int i = 1; i < sources.length; i++) if (sources[i].value == sources[0].value) return;
      sources[0].forEachWhile((member, score) -> {
        for (int i = 1; i < sources.length; i++) if (!Double.isNaN(sources[i].score(member))) return true;
        return visitor.visit(member, score);
      });
    }

    /** An infinite score less another is 0. */
    private double aggregated(double a, double b) {
      return switch (aggregate) {
        case SUM -> zeroIfNaN(a + b);
        case MIN -> b < a ? b : a;
        case MAX -> b > a ? b : a;
      };
    }

    private static double zeroIfNaN(double score) {
      return Double.isNaN(score) ? 0 : score;
    }
  }
}
