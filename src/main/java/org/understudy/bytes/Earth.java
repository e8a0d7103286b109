package org.understudy.bytes;

/**
 * Distances on a sphere of the earth's size, in metres between points in degrees, computed in the order that Redis
 * does. Sines are {@link Math}'s and arc sines {@link StrictMath}'s: so they are, but for two in a thousand, the C
 * library's to the last bit.
 */
public final class Earth {
  public static final double RADIUS_METRES = 6372797.560856;
  private static final double RADIANS_PER_DEGREE = Math.PI / 180.0;

  private Earth() {}

  /** The shortest way along the surface, by the haversine formula. */
  public static double distance(double longitude1, double latitude1, double longitude2, double latitude2) {
    double v = Math.sin((radians(longitude2) - radians(longitude1)) / 2);
    if (v == 0) return latitudeDistance(latitude1, latitude2);
    double y1 = radians(latitude1);
    double y2 = radians(latitude2);
    double u = Math.sin((y2 - y1) / 2);
    double a = u * u + Math.cos(y1) * Math.cos(y2) * v * v;
    return 2.0 * RADIUS_METRES * StrictMath.asin(Math.sqrt(a));
  }

  /** The same along a meridian. */
  public static double latitudeDistance(double latitude1, double latitude2) {
    return RADIUS_METRES * Math.abs(radians(latitude2) - radians(latitude1));
  }

  public static double radians(double degrees) {
    return degrees * RADIANS_PER_DEGREE;
  }

  public static double degrees(double radians) {
    return radians / RADIANS_PER_DEGREE;
  }
}
