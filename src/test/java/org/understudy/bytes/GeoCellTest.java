package org.understudy.bytes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeoCellTest {
  /** Scores and geohashes as redis-server 7.0.15 gives them. */
  @ParameterizedTest
  @CsvSource({"13.361389, 38.115556, 3479099956230698, sqc8b49rny0",
      "15.087269, 37.502669, 3479447370796909, sqdtr74hyu0",
      "-180, -85.05112878, 0, 00bh0hbj200", "0, 0, 3377699720527872, s0000000000"})
  void pointsHaveTheirScoresAndHashes(double longitude, double latitude, long score, String hash) {
    GeoCell cell = GeoCell.at(longitude, latitude, GeoCell.FINEST);
    assertEquals(score, cell.score());
    assertEquals(hash, GeoCell.ofScore(score).geohash());
  }

  @Test
  void theMiddleOfACellIsWithinHalfACellOfItsPoints() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      double longitude = random.nextDouble() * 360 - 180;
      double latitude = (random.nextDouble() * 2 - 1) * GeoCell.MOST_LATITUDE;
      int step = 1 + random.nextInt(GeoCell.FINEST);
      GeoCell cell = GeoCell.at(longitude, latitude, step);
      assertTrue(cell.west() <= longitude && longitude <= cell.east());
      assertTrue(cell.south() <= latitude && latitude <= cell.north());
      assertEquals((cell.west() + cell.east()) / 2, cell.longitude());
      long score = GeoCell.at(longitude, latitude, GeoCell.FINEST).score();
      assertTrue(cell.score() <= score && score < cell.scoreBehind(), "scores within a coarse cell are a range");
    }
  }

  @Test
  void neighboursTouchAndTheGridBeginsAnewBeyondItsEdge() {
    GeoCell cell = GeoCell.at(10, 20, 7);
    assertEquals(cell.east(), cell.neighbour(1, 0).west());
    assertEquals(cell.north(), cell.neighbour(0, 1).south());
    assertEquals(cell, cell.neighbour(-1, -1).neighbour(1, 1));
    GeoCell corner = GeoCell.at(-180, -85, 7);
    assertEquals(-180, corner.west());
    assertEquals(180, corner.neighbour(-1, 0).east());
  }

  @Test
  void aPointAtTheVeryEdgeIsInNoColumnUntilItIsMovedAcrossTheEdge() {
    GeoCell edge = GeoCell.at(180, 20, 1);
    assertTrue(edge.neighbour(0, 1).score() >= 1L << 52, "beyond all scores, as in Redis");
    assertEquals(GeoCell.at(10, 20, 1), edge.neighbour(-1, 0));
    assertEquals(GeoCell.at(10, -20, 1), edge.neighbour(1, 1));
  }

  @Test
  void distancesAreThoseOfTheSphere() {
    GeoCell palermo = GeoCell.ofScore(3479099956230698L);
    GeoCell catania = GeoCell.ofScore(3479447370796909L);
    assertEquals(166274.1516,
        Earth.distance(palermo.longitude(), palermo.latitude(), catania.longitude(), catania.latitude()), 0.00005);
    assertEquals(0, Earth.distance(5, 6, 5, 6));
    assertEquals(Math.PI * Earth.RADIUS_METRES / 180, Earth.distance(7, 0, 7, 1), 1e-6);
  }
}
