package org.understudy.command;

import static org.understudy.command.Arg.block;
import static org.understudy.command.Arg.floating;
import static org.understudy.command.Arg.integer;
import static org.understudy.command.Arg.key;
import static org.understudy.command.Arg.oneOf;
import static org.understudy.command.Arg.string;
import static org.understudy.command.Arg.token;
import static org.understudy.command.CommandFlag.DENYOOM;
import static org.understudy.command.CommandFlag.READONLY;
import static org.understudy.command.CommandFlag.WRITE;
import static org.understudy.command.CommandGroup.GEO;
import static org.understudy.command.CommandSpec.command;
import static org.understudy.command.KeyFlag.ACCESS;
import static org.understudy.command.KeyFlag.OW;
import static org.understudy.command.KeyFlag.RO;
import static org.understudy.command.KeyFlag.RW;
import static org.understudy.command.KeyFlag.UPDATE;
import static org.understudy.command.KeySpec.at;
import static org.understudy.command.KeySpec.behind;

import java.util.Comparator;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Doubles;
import org.understudy.bytes.Earth;
import org.understudy.bytes.GeoCell;
import org.understudy.keyspace.collection.SortedSetValue;
import org.understudy.resp.CommandError;
import org.understudy.resp.Errors;
import org.understudy.resp.ReplyBuffer;

/**
 * Points on the earth within a sorted set: the score is the number of the point's {@link GeoCell}. Errors, their order
 * and the order of results are those of geo.c of Redis 7.0.15; among points at exactly the same distance the order may
 * differ.
 */
public final class GeoCommands {
  private static final CommandError UNKNOWN_UNIT =
      CommandError.err("unsupported unit provided. please use M, KM, FT, MI");
  private static final CommandError NO_POSITION = CommandError.err("could not decode requested zset member");
  private static final CommandError RADIUS_NOT_A_NUMBER = CommandError.err("need numeric radius");
  private static final CommandError RADIUS_NEGATIVE = CommandError.err("radius cannot be negative");
  private static final CommandError WIDTH_NOT_A_NUMBER = CommandError.err("need numeric width");
  private static final CommandError HEIGHT_NOT_A_NUMBER = CommandError.err("need numeric height");
  private static final CommandError SIZE_NEGATIVE = CommandError.err("height or width cannot be negative");
  private static final CommandError COUNT_NOT_POSITIVE = CommandError.err("COUNT must be > 0");
  private static final CommandError ANY_WITHOUT_COUNT = CommandError.err("the ANY argument requires COUNT argument");
  private static final byte[] EFFECT_ZADD = Bytes.of("zadd");

  private static final String AREA_COMPLEXITY = "O(N+log(M)) where N is the number of elements in the grid-aligned "
      + "bounding box area around the shape provided as the filter and M is the number of items inside the shape";
  private static final String RADIUS_COMPLEXITY = "O(N+log(M)) where N is the number of elements inside the bounding "
      + "box of the circular area delimited by center and radius and M is the number of items inside the index.";
  private static final Arg UNIT = oneOf("unit", token("M"), token("KM"), token("FT"), token("MI"));
  private static final Arg FROM = oneOf("from", string("member").after("FROMMEMBER"),
      block("longitude_latitude", floating("longitude"), floating("latitude")).after("FROMLONLAT"));
  private static final Arg BY = oneOf("by", block("circle", floating("radius").after("BYRADIUS"), UNIT),
      block("box", floating("width").after("BYBOX"), floating("height"), UNIT));
  private static final Arg ORDER = oneOf("order", token("ASC"), token("DESC")).optional();
  private static final Arg COUNT =
      block("count", integer("count").after("COUNT"), token("ANY").optional()).optional();
  private static final Arg COUNT_WITH_LATER_ANY =
      block("count", integer("count").after("COUNT"), token("ANY").since("6.2.0").optional()).optional();
  private static final Arg WITH_PLACE = token("WITHCOORD").optional();
  private static final Arg WITH_DISTANCE = token("WITHDIST").optional();
  private static final Arg WITH_HASH = token("WITHHASH").optional();
  private static final Arg STORE = key("key", 1).after("STORE").optional();
  private static final Arg STORE_DISTANCES = key("key", 2).after("STOREDIST").optional();

  private GeoCommands() {}

  public static List<CommandSpec> rows() {
    return List.of(
        command("GEOADD").arity(-5).since("3.2.0").group(GEO)
            .complexity("O(log(N)) for each item added, where N is the number of elements in the sorted set.")
            .summary("Add one or more geospatial items in the geospatial index represented using a sorted set")
            .history("6.2.0", "Added the `CH`, `NX` and `XX` options.")
            .flags(WRITE, DENYOOM).keys(at(1).flags(RW, UPDATE))
            .args(key("key"), oneOf("condition", token("NX"), token("XX")).since("6.2.0").optional(),
                token("change", "CH").since("6.2.0").optional(),
                block("longitude_latitude_member", floating("longitude"), floating("latitude"),
                    string("member")).multiple())
            .runs(Place.SHARD, GeoCommands::geoadd),
        command("GEOHASH").arity(-2).since("3.2.0").group(GEO)
            .complexity("O(log(N)) for each member requested, where N is the number of elements in the sorted set.")
            .summary("Returns members of a geospatial index as standard geohash strings")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), string("member").multiple())
            .runs(Place.SHARD, GeoCommands::geohash),
        command("GEOPOS").arity(-2).since("3.2.0").group(GEO)
            .complexity("O(N) where N is the number of members requested.")
            .summary("Returns longitude and latitude of members of a geospatial index")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), string("member").multiple())
            .runs(Place.SHARD, GeoCommands::geopos),
        command("GEODIST").arity(-4).since("3.2.0").group(GEO).complexity("O(log(N))")
            .summary("Returns the distance between two members of a geospatial index")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), string("member1"), string("member2"), UNIT.optional())
            .runs(Place.SHARD, GeoCommands::geodist),
        command("GEOSEARCH").arity(-7).since("6.2.0").group(GEO).complexity(AREA_COMPLEXITY)
            .summary("Query a sorted set representing a geospatial index to fetch members inside an area of a box "
                + "or a circle.")
            .history("7.0.0", "Added support for uppercase unit names.")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), FROM, BY, ORDER, COUNT, WITH_PLACE, WITH_DISTANCE, WITH_HASH)
            .runs(Place.SHARD, GeoCommands::geosearch),
        command("GEOSEARCHSTORE").arity(-8).since("6.2.0").group(GEO).complexity(AREA_COMPLEXITY)
            .summary("Query a sorted set representing a geospatial index to fetch members inside an area of a box "
                + "or a circle, and store the result in another key.")
            .history("7.0.0", "Added support for uppercase unit names.")
            .flags(WRITE, DENYOOM).keys(at(1).flags(OW, UPDATE), at(2).flags(RO, ACCESS))
            .args(key("destination"), key("source", 1), FROM, BY, ORDER, COUNT, token("STOREDIST").optional())
            .runs(Place.SHARD, GeoCommands::geosearchstore),
        command("GEORADIUS").arity(-6).since("3.2.0").group(GEO).complexity(RADIUS_COMPLEXITY)
            .summary("Query a sorted set representing a geospatial index to fetch members matching a given "
                + "maximum distance from a point")
            .deprecated("6.2.0", "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument")
            .history("6.2.0", "Added the `ANY` option for `COUNT`.")
            .history("7.0.0", "Added support for uppercase unit names.")
            .flags(WRITE, DENYOOM)
            .keys(at(1).flags(RO, ACCESS), behind("STORE", 6).flags(OW, UPDATE),
                behind("STOREDIST", 6).flags(OW, UPDATE))
            .keysFoundBy(KeyFinders::georadius)
            .args(key("key"), floating("longitude"), floating("latitude"), floating("radius"),
                UNIT, WITH_PLACE, WITH_DISTANCE, WITH_HASH, COUNT_WITH_LATER_ANY, ORDER, STORE, STORE_DISTANCES)
            .runs(Place.SHARD, GeoCommands::georadius),
        command("GEORADIUS_RO").arity(-6).since("3.2.10").group(GEO).complexity(RADIUS_COMPLEXITY)
            .summary("A read-only variant for GEORADIUS")
            .deprecated("6.2.0", "`GEOSEARCH` with the `BYRADIUS` argument")
            .history("6.2.0", "Added the `ANY` option for `COUNT`.")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), floating("longitude"), floating("latitude"), floating("radius"),
                UNIT, WITH_PLACE, WITH_DISTANCE, WITH_HASH, COUNT_WITH_LATER_ANY, ORDER)
            .runs(Place.SHARD, GeoCommands::georadiusRo),
        command("GEORADIUSBYMEMBER").arity(-5).since("3.2.0").group(GEO).complexity(RADIUS_COMPLEXITY)
            .summary("Query a sorted set representing a geospatial index to fetch members matching a given "
                + "maximum distance from a member")
            .deprecated("6.2.0", "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments")
            .history("7.0.0", "Added support for uppercase unit names.")
            .flags(WRITE, DENYOOM)
            .keys(at(1).flags(RO, ACCESS), behind("STORE", 5).flags(OW, UPDATE),
                behind("STOREDIST", 5).flags(OW, UPDATE))
            .keysFoundBy(KeyFinders::georadius)
            .args(key("key"), string("member"), floating("radius"),
                UNIT, WITH_PLACE, WITH_DISTANCE, WITH_HASH, COUNT, ORDER, STORE, STORE_DISTANCES)
            .runs(Place.SHARD, GeoCommands::georadiusbymember),
        command("GEORADIUSBYMEMBER_RO").arity(-5).since("3.2.10").group(GEO).complexity(RADIUS_COMPLEXITY)
            .summary("A read-only variant for GEORADIUSBYMEMBER")
            .deprecated("6.2.0", "`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments")
            .flags(READONLY).keys(at(1).flags(RO, ACCESS))
            .args(key("key"), string("member"), floating("radius"),
                UNIT, WITH_PLACE, WITH_DISTANCE, WITH_HASH, COUNT, ORDER)
            .runs(Place.SHARD, GeoCommands::georadiusbymemberRo));
  }

  // ---- arguments ----------------------------------------------------------------------------------------------------

  /** A pair of longitude and latitude, in degrees. */
  private record Point(double longitude, double latitude) {}

  private static Point point(byte[][] argv, int index) {
    double longitude = Arguments.real(argv[index]);
    double latitude = Arguments.real(argv[index + 1]);
    if (Math.abs(longitude) > GeoCell.MOST_LONGITUDE || Math.abs(latitude) > GeoCell.MOST_LATITUDE) {
      throw CommandError.err("invalid longitude,latitude pair " + Doubles.toFixed(longitude, 6) + ','
          + Doubles.toFixed(latitude, 6));
    }
    return new Point(longitude, latitude);
  }

  private static Point point(SortedSetValue set, byte[] member) {
    GeoCell cell = cell(set, member);
    if (cell == null) throw NO_POSITION;
    return new Point(cell.longitude(), cell.latitude());
  }

  /** Null if the member, or the set, is not there. */
  private static GeoCell cell(SortedSetValue set, byte[] member) {
    double score = set == null ? Double.NaN : set.score(member);
    return Double.isNaN(score) ? null : GeoCell.ofScore(score);
  }

  /** The unit's length in metres. */
  private static double unit(byte[] word) {
    if (Bytes.is(word, "m")) return 1;
    if (Bytes.is(word, "km")) return 1000;
    if (Bytes.is(word, "ft")) return 0.3048;
    if (Bytes.is(word, "mi")) return 1609.34;
    throw UNKNOWN_UNIT;
  }

  // ---- points -------------------------------------------------------------------------------------------------------

  /** GEOADD key [NX | XX] [CH] longitude latitude member …: a ZADD of cell numbers, and propagated as such. */
  static void geoadd(Call call) {
    byte[][] argv = call.argv;
    int first = 2;
    boolean nx = false;
    boolean xx = false;
    for (; first < argv.length; first++) {
      if (Bytes.is(argv[first], "NX")) nx = true;
      else if (Bytes.is(argv[first], "XX")) xx = true;
      else if (!Bytes.is(argv[first], "CH")) break;
    }
    if ((argv.length - first) % 3 != 0 || nx && xx) throw Errors.SYNTAX;
    int points = (argv.length - first) / 3;
    byte[][] zadd = new byte[first + 2 * points][];
    zadd[0] = EFFECT_ZADD;
    System.arraycopy(argv, 1, zadd, 1, first - 1);
    for (int i = 0; i < points; i++) {
      Point point = point(argv, first + 3 * i);
      zadd[first + 2 * i] = Bytes.of(GeoCell.at(point.longitude, point.latitude, GeoCell.FINEST).score());
      zadd[first + 2 * i + 1] = argv[first + 3 * i + 2];
    }
    SortedSetCommands.add(call, zadd, 0);
    if (call.dirty > 0) call.effect(zadd);
  }

  static void geohash(Call call) {
    SortedSetValue set = call.find(call.argv[1], SortedSetValue.class);
    call.reply.array(call.argv.length - 2);
    for (int i = 2; i < call.argv.length; i++) {
      GeoCell cell = cell(set, call.argv[i]);
      if (cell == null) call.reply.nullValue();
      else call.reply.bulk(cell.geohash());
    }
  }

  static void geopos(Call call) {
    SortedSetValue set = call.find(call.argv[1], SortedSetValue.class);
    call.reply.array(call.argv.length - 2);
    for (int i = 2; i < call.argv.length; i++) {
      GeoCell cell = cell(set, call.argv[i]);
      if (cell == null) call.reply.nullArray();
      else replyPosition(call.reply, cell);
    }
  }

  private static void replyPosition(ReplyBuffer reply, GeoCell cell) {
    reply.array(2);
    reply.doubleText(Doubles.toPlainText(cell.longitude()));
    reply.doubleText(Doubles.toPlainText(cell.latitude()));
  }

  /** GEODIST key member1 member2 [unit] */
  static void geodist(Call call) {
    byte[][] argv = call.argv;
    if (argv.length > 5) throw Errors.SYNTAX;
    double unit = argv.length == 5 ? unit(argv[4]) : 1;
    SortedSetValue set = call.find(argv[1], SortedSetValue.class);
    GeoCell from = cell(set, argv[2]);
    GeoCell to = cell(set, argv[3]);
    if (from == null || to == null) {
      call.reply.nullValue();
      return;
    }
    double metres = Earth.distance(from.longitude(), from.latitude(), to.longitude(), to.latitude());
    call.reply.bulk(distanceText(metres / unit));
  }

  /** Four decimals, rounded in binary. */
  private static String distanceText(double distance) {
    long scaled = (long) Math.rint(distance * 10_000);
    String fraction = Long.toString(scaled % 10_000);
    return scaled / 10_000 + "." + "0".repeat(4 - fraction.length()) + fraction;
  }

  // ---- searching ----------------------------------------------------------------------------------------------------

  static void georadius(Call call) {
    Search search = new Search(call, 1, Syntax.RADIUS);
    search.around(point(call.argv, 2), 4);
    search.run(6);
  }

  static void georadiusRo(Call call) {
    Search search = new Search(call, 1, Syntax.RADIUS_READ_ONLY);
    search.around(point(call.argv, 2), 4);
    search.run(6);
  }

  static void georadiusbymember(Call call) {
    aroundMember(new Search(call, 1, Syntax.RADIUS));
  }

  static void georadiusbymemberRo(Call call) {
    aroundMember(new Search(call, 1, Syntax.RADIUS_READ_ONLY));
  }

  private static void aroundMember(Search search) {
    if (search.set != null) search.around(point(search.set, search.call.argv[2]), 3); // else nobody reads the radius
    search.run(5);
  }

  static void geosearch(Call call) {
    new Search(call, 1, Syntax.SEARCH).run(2);
  }

  static void geosearchstore(Call call) {
    Search search = new Search(call, 2, Syntax.SEARCH_AND_STORE);
    search.destination = call.argv[1];
    search.run(3);
  }

  /** Which options there are besides those that all have. */
  private enum Syntax { RADIUS, RADIUS_READ_ONLY, SEARCH, SEARCH_AND_STORE }

  private enum Order { NONE, ASCENDING, DESCENDING }

  /** One search: its arguments, then its results. */
  private static final class Search {
    final Call call;
    final Syntax syntax;
    /** Null if there is none. */
    final SortedSetValue set;
    /** Null if the result is the reply. */
    byte[] destination;
    private boolean storesDistance;
    private boolean withDistance;
    private boolean withHash;
    private boolean withPosition;
    private Order order = Order.NONE;
    private boolean any;
    /** 0 for all. */
    private long count;
    private boolean fromMember;
    private boolean fromPoint;
    private Point centre;
    private boolean circle;
    private boolean rectangle;
    /** Radius or width, and height, in {@link #unit}, which is in metres. */
    private double width;
    private double height;
    private double unit = 1;

    Search(Call call, int source, Syntax syntax) {
      this.call = call;
      this.syntax = syntax;
      set = call.find(call.argv[source], SortedSetValue.class);
    }

    private boolean bySearch() {
      return syntax == Syntax.SEARCH || syntax == Syntax.SEARCH_AND_STORE;
    }

    void around(Point point, int radiusIndex) {
      centre = point;
      readRadius(radiusIndex);
    }

    private void readRadius(int index) {
      width = Arguments.real(call.argv[index], RADIUS_NOT_A_NUMBER);
      if (width < 0) throw RADIUS_NEGATIVE;
      unit = unit(call.argv[index + 1]);
      circle = true;
    }

    private void readRectangle(int index) {
      width = Arguments.real(call.argv[index], WIDTH_NOT_A_NUMBER);
      height = Arguments.real(call.argv[index + 1], HEIGHT_NOT_A_NUMBER);
      if (height < 0 || width < 0) throw SIZE_NEGATIVE;
      unit = unit(call.argv[index + 2]);
      rectangle = true;
    }

    // ---- options ---------------------------------------------------------------------------------------------------

    void run(int firstOption) {
      for (int i = firstOption; i < call.argv.length; ) i = option(i);
      requireSense();
      if (set == null) {
        answer(List.of());
        return;
      }
      GeoArea area = rectangle ? GeoArea.rectangle(centre.longitude, centre.latitude, width, height, unit)
          : GeoArea.circle(centre.longitude, centre.latitude, width, unit);
      List<GeoArea.Found> found = area.search(set, any ? count : 0);
      sort(found);
      if (count > 0 && found.size() > count) found = found.subList(0, (int) count);
      answer(found);
    }

    private void answer(List<GeoArea.Found> found) {
      if (destination == null) reply(found);
      else store(found);
    }

    /** Reads the option at an index; returns the index of the next. */
    private int option(int index) {
      byte[][] argv = call.argv;
      byte[] word = argv[index];
      int following = argv.length - index - 1;
      if (Bytes.is(word, "WITHDIST")) {
        withDistance = true;
      } else if (Bytes.is(word, "WITHHASH")) {
        withHash = true;
      } else if (Bytes.is(word, "WITHCOORD")) {
        withPosition = true;
      } else if (Bytes.is(word, "ANY")) {
        any = true;
      } else if (Bytes.is(word, "ASC")) {
        order = Order.ASCENDING;
      } else if (Bytes.is(word, "DESC")) {
        order = Order.DESCENDING;
      } else if (following >= 1 && Bytes.is(word, "COUNT")) {
        count = Arguments.integer(argv[index + 1]);
        if (count <= 0) throw COUNT_NOT_POSITIVE;
        return index + 2;
      } else {
        return bySearch() ? searchOption(index, word, following) : radiusOption(index, word, following);
      }
      return index + 1;
    }

    private int radiusOption(int index, byte[] word, int following) {
      boolean distance = Bytes.is(word, "STOREDIST");
      boolean known = distance || Bytes.is(word, "STORE");
      if (!known || following < 1 || syntax == Syntax.RADIUS_READ_ONLY) throw Errors.SYNTAX;
      destination = call.argv[index + 1];
      storesDistance = distance;
      return index + 2;
    }

    private int searchOption(int index, byte[] word, int following) {
      if (syntax == Syntax.SEARCH_AND_STORE && Bytes.is(word, "STOREDIST")) {
        storesDistance = true;
        return index + 1;
      }
      if (following >= 1 && !fromPoint && Bytes.is(word, "FROMMEMBER")) {
        if (set != null) centre = point(set, call.argv[index + 1]);
        fromMember = true;
        return index + 2;
      }
      if (following >= 2 && !fromMember && Bytes.is(word, "FROMLONLAT")) {
        centre = point(call.argv, index + 1);
        fromPoint = true;
        return index + 3;
      }
      if (following >= 2 && !rectangle && Bytes.is(word, "BYRADIUS")) {
        readRadius(index + 1);
        return index + 3;
      }
      if (following >= 3 && !circle && Bytes.is(word, "BYBOX")) {
        readRectangle(index + 1);
        return index + 4;
      }
      throw Errors.SYNTAX;
    }

    private void requireSense() {
      if (destination != null && (withDistance || withHash || withPosition)) {
        throw CommandError.err((bySearch() ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS")
            + " is not compatible with WITHDIST, WITHHASH and WITHCOORD options");
      }
      String command = Bytes.string(call.argv[0]);
      if (bySearch() && !fromMember && !fromPoint) {
        throw CommandError.err("exactly one of FROMMEMBER or FROMLONLAT can be specified for " + command);
      }
      if (bySearch() && !circle && !rectangle) {
        throw CommandError.err("exactly one of BYRADIUS and BYBOX can be specified for " + command);
      }
      if (any && count == 0) throw ANY_WITHOUT_COUNT;
    }

    // ---- results ---------------------------------------------------------------------------------------------------

    /** A count without an order means the closest, unless any will do. */
    private void sort(List<GeoArea.Found> found) {
      Comparator<GeoArea.Found> closest = Comparator.comparingDouble(GeoArea.Found::distance);
      if (order == Order.DESCENDING) found.sort(closest.reversed());
      else if (order == Order.ASCENDING || count > 0 && !any) found.sort(closest);
    }

    /** Members, or arrays of the member and what is wanted besides. */
    private void reply(List<GeoArea.Found> found) {
      ReplyBuffer reply = call.reply;
      int parts = 1 + (withDistance ? 1 : 0) + (withHash ? 1 : 0) + (withPosition ? 1 : 0);
      reply.array(found.size());
      for (GeoArea.Found each : found) {
        if (parts > 1) reply.array(parts);
        reply.bulk(each.member());
        if (withDistance) reply.bulk(distanceText(each.distance() / unit));
        if (withHash) reply.integer((long) each.score());
        if (withPosition) replyPosition(reply, each.cell());
      }
    }

    private void store(List<GeoArea.Found> found) {
      SortedSetValue result = new SortedSetValue();
      for (GeoArea.Found each : found) {
        double score = storesDistance ? each.distance() / unit : each.score();
        SortedSetCommands.put(call, result, score, each.member());
      }
      SortedSetCommands.store(call, destination, result, bySearch() ? "geosearchstore" : "georadiusstore");
      if (found.size() > 1) call.dirty += found.size() - 1;
    }
  }
}
