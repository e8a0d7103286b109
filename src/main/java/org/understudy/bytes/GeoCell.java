package org.understudy.bytes;

/**
 * A cell of a grid over the earth. A step halves every cell in both directions, so that there are 2^step columns and
 * rows; the number of a cell has the bits of its column and row in turn, the column's first. Two points close to each
 * other mostly are in cells with close numbers. The grid of {@link #at} ends where maps of Mercator's kind end, at
 * about 85 degrees.
 *
 * @param bits the number; that of a sorted set's score may have more bits than the step allows
 * @param step from 1 to 32
 */
public record GeoCell(long bits, int step) {
  /** The finest grid: its cells' numbers have 52 bits, as many as a score holds exactly. */
  public static final int FINEST = 26;
  public static final double MOST_LONGITUDE = 180;
  public static final double MOST_LATITUDE = 85.05112878;

  private static final int SCORE_BITS = 2 * FINEST;
  private static final int HASH_CHARACTERS = 11;
  private static final String ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz";
  private static final long LOW_WORD = 0xFFFFFFFFL;

  /** The cell that a point is in. @param longitude within the grid, as {@code latitude} */
  public static GeoCell at(double longitude, double latitude, int step) {
    return at(longitude, MOST_LONGITUDE, latitude, MOST_LATITUDE, step);
  }

  private static GeoCell at(double x, double mostX, double y, double mostY, int step) {
    double column = (x + mostX) / (mostX + mostX) * (1L << step);
    double row = (y + mostY) / (mostY + mostY) * (1L << step);
    return new GeoCell(spread((long) row) | spread((long) column) << 1, step);
  }

  /** The cell of the finest grid that a score stands for, of whatever kind it is. */
  public static GeoCell ofScore(double score) {
    // as x86 converts to unsigned numbers
    long bits = score < 0x1p63 ? (long) score : score < 0x1p64 ? (long) (score - 0x1p63) ^ Long.MIN_VALUE : 0;
    return new GeoCell(bits, FINEST);
  }

  // ---- where it is --------------------------------------------------------------------------------------------------

  public double west() {
    return edge(column(), MOST_LONGITUDE);
  }

  public double east() {
    return edge(column() + 1 & LOW_WORD, MOST_LONGITUDE);
  }

  public double south() {
    return edge(row(), MOST_LATITUDE);
  }

  public double north() {
    return edge(row() + 1 & LOW_WORD, MOST_LATITUDE);
  }

  private double edge(long index, double most) {
    return -most + index * 1.0 / (1L << step) * (most + most);
  }

  /** Longitude of the middle. */
  public double longitude() {
    return Math.max(-MOST_LONGITUDE, Math.min(MOST_LONGITUDE, (west() + east()) / 2));
  }

  /** Latitude of the middle. */
  public double latitude() {
    return Math.max(-MOST_LATITUDE, Math.min(MOST_LATITUDE, (south() + north()) / 2));
  }

  private long column() {
    return gather(bits >>> 1);
  }

  private long row() {
    return gather(bits);
  }

  /**
   * The cell so many columns and rows further on; beyond an edge the grid begins anew. The point at the very edge is
   * beyond it, and stays so, as in Redis, unless it is moved across that edge.
   */
  public GeoCell neighbour(int east, int north) {
    return new GeoCell(spread(moved(row(), north)) | spread(moved(column(), east)) << 1, step);
  }

  private long moved(long index, int by) {
    return by == 0 ? index : index + by & (1L << step) - 1;
  }

  // ---- as a number --------------------------------------------------------------------------------------------------

  /** The least score of a point within the cell; that of the next cell is beyond its last. */
  public long score() {
    return bits << SCORE_BITS - 2 * step;
  }

  /** The first score behind those of points within the cell. */
  public long scoreBehind() {
    return bits + 1 << SCORE_BITS - 2 * step;
  }

  /**
   * The standard geohash of the cell's middle: five bits a character on a grid from pole to pole, the last one always
   * 0.
   */
  public String geohash() {
    long standard = at(longitude(), 180, latitude(), 90, FINEST).bits;
    StringBuilder text = new StringBuilder(HASH_CHARACTERS);
    for (int shift = SCORE_BITS - 5; shift >= 0; shift -= 5) {
      text.append(ALPHABET.charAt((int) (standard >>> shift) & 31));
    }
    return text.append(ALPHABET.charAt(0)).toString();
  }

  /** Moves the bits of a 32-bit number apart: each gets a zero before it. */
  private static long spread(long number) {
    long x = number & LOW_WORD;
    x = (x | x << 16) & 0x0000FFFF0000FFFFL;
    x = (x | x << 8) & 0x00FF00FF00FF00FFL;
    x = (x | x << 4) & 0x0F0F0F0F0F0F0F0FL;
    x = (x | x << 2) & 0x3333333333333333L;
    return (x | x << 1) & 0x5555555555555555L;
  }

  /** Takes every second bit, from the lowest on. */
  private static long gather(long number) {
    long x = number & 0x5555555555555555L;
    x = (x | x >>> 1) & 0x3333333333333333L;
    x = (x | x >>> 2) & 0x0F0F0F0F0F0F0F0FL;
    x = (x | x >>> 4) & 0x00FF00FF00FF00FFL;
    x = (x | x >>> 8) & 0x0000FFFF0000FFFFL;
    return (x | x >>> 16) & LOW_WORD;
  }
}
