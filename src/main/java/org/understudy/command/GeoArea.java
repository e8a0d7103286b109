package org.understudy.command;

import java.util.ArrayList;
import java.util.List;
import org.understudy.bytes.Earth;
import org.understudy.bytes.GeoCell;
import org.understudy.keyspace.collection.ScoredCursor;
import org.understudy.keyspace.collection.SortedSetValue;

/**
 * What a search covers: a circle, or a rectangle along meridians and parallels. Found within a sorted set by nine
 * cells, the one of the centre and its neighbours, in a fixed order that results without a sort order show.
 */
final class GeoArea {
  /** East and north of the middle cell: in this order neighbours are searched. */
  private static final int[][] NEIGHBOURS = {{0, 1}, {0, -1}, {1, 0}, {-1, 0}, {1, 1}, {-1, 1}, {1, -1}, {-1, -1}};
  /** Half the circumference of the earth on a Mercator map, about. */
  private static final double MERCATOR_METRES = 20037726.37;

  final double longitude;
  final double latitude;
  /** Metres from the centre to the edges of a rectangle; the radius of a circle. */
  private final double halfWidth;
  private final double halfHeight;
  private final boolean circle;
  /** Metres from the centre to the furthest point. */
  private final double reach;

  private GeoArea(double longitude, double latitude, double halfWidth, double halfHeight, boolean circle,
      double reach) {
    this.longitude = longitude;
    this.latitude = latitude;
    this.halfWidth = halfWidth;
    this.halfHeight = halfHeight;
    this.circle = circle;
    this.reach = reach;
  }

  /** @param unit metres */
  static GeoArea circle(double longitude, double latitude, double radius, double unit) {
    return new GeoArea(longitude, latitude, unit * radius, unit * radius, true, radius * unit);
  }

  /** @param unit metres */
  static GeoArea rectangle(double longitude, double latitude, double width, double height, double unit) {
    double reach = Math.sqrt(width / 2 * (width / 2) + height / 2 * (height / 2)) * unit;
    return new GeoArea(longitude, latitude, width * unit / 2, height * unit / 2, false, reach);
  }

  /** A member within the area. @param distance from the centre in metres */
  record Found(byte[] member, double score, GeoCell cell, double distance) {}

  /**
   * The members within the area, cell by cell.
   *
   * @param most how many are enough; 0 all
   */
  List<Found> search(SortedSetValue set, long most) {
    List<Found> found = new ArrayList<>();
    GeoCell last = null;
    List<GeoCell> cells = cells();
    for (int i = 0; i < cells.size(); i++) {
      GeoCell cell = cells.get(i);
      if (cell.equals(last)) continue; // a small grid has the same cell on both sides
      if (most > 0 && found.size() >= most) break;
      search(set, cell, most, found);
      if (i > 0) last = cell;
    }
    return found;
  }

  private void search(SortedSetValue set, GeoCell cell, long most, List<Found> found) {
    double behind = cell.scoreBehind();
    ScoredCursor each = set.cursor(set.rankOf(cell.score()), false);
    while (each.next() && each.score < behind) {
      GeoCell at = GeoCell.ofScore(each.score);
      double distance = distance(at.longitude(), at.latitude());
      if (distance >= 0) found.add(new Found(each.member(), each.score, at, distance));
      if (most > 0 && found.size() >= most) return;
    }
  }

  /** From the centre; -1 for a point that is not within the area. */
  private double distance(double x, double y) {
    if (!circle) {
      if (Earth.latitudeDistance(y, latitude) > halfHeight) return -1;
      if (Earth.distance(x, y, longitude, y) > halfWidth) return -1;
      return Earth.distance(longitude, latitude, x, y);
    }
    double distance = Earth.distance(longitude, latitude, x, y);
    return distance > reach ? -1 : distance;
  }

  /** The cells to search: the middle one first. Neighbours that the area does not touch are left out. */
  private List<GeoCell> cells() {
    double height = Earth.degrees(halfHeight / Earth.RADIUS_METRES);
    // parallels are shorter towards the poles
    double narrow = latitude < 0 ? latitude - height : latitude + height;
    double width = Earth.degrees(halfWidth / Earth.RADIUS_METRES / Math.cos(Earth.radians(narrow)));
    double west = longitude - width;
    double east = longitude + width;
    double south = latitude - height;
    double north = latitude + height;

    int step = step();
    GeoCell middle = GeoCell.at(longitude, latitude, step);
    boolean sticksOut = middle.neighbour(0, 1).north() < north || middle.neighbour(0, -1).south() > south
        || middle.neighbour(1, 0).east() < east || middle.neighbour(-1, 0).west() > west;
    if (step > 1 && sticksOut) middle = GeoCell.at(longitude, latitude, --step);

    List<GeoCell> cells = new ArrayList<>(9);
    cells.add(middle);
    boolean choose = step >= 2;
    for (int[] way : NEIGHBOURS) {
      boolean useless = way[1] < 0 && middle.south() < south || way[1] > 0 && middle.north() > north
          || way[0] < 0 && middle.west() < west || way[0] > 0 && middle.east() > east;
      if (!choose || !useless) cells.add(middle.neighbour(way[0], way[1]));
    }
    return cells;
  }

  /** A grid so fine that the middle cell and its neighbours just cover the area, as far as can be told at once. */
  private int step() {
    if (reach == 0) return GeoCell.FINEST;
    int step = -1;
    for (double metres = reach; metres < MERCATOR_METRES; metres *= 2) step++;
    if (Math.abs(latitude) > 66) step--;
    if (Math.abs(latitude) > 80) step--;
    return Math.max(1, Math.min(GeoCell.FINEST, step));
  }
}
