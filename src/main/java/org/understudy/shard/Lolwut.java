package org.understudy.shard;

import java.util.SplittableRandom;
import org.understudy.shard.server.ServerFacts;

/** The picture of LOLWUT: an actor waiting in the wings, under a sky that is never twice the same. */
final class Lolwut {
  private static final int WIDTH = 40;
  private static final int HEIGHT = 6;
  private static final String STARS = "..'`*+";
  private static final String[] STAGE = {
      "  _____________________________________",
      " |  |                               |  |",
      " |  |             \\o/               |  |  o",
      " |  |              |                |  | /|\\",
      " |__|_____________/_\\_______________|__|_/_\\__",
  };

  private Lolwut() {}

  static String picture(long seed, long client) {
    SplittableRandom random = new SplittableRandom(seed ^ client);
    StringBuilder picture = new StringBuilder();
    for (int row = 0; row < HEIGHT; row++) {
      for (int column = 0; column < WIDTH; column++) {
        boolean star = random.nextInt(HEIGHT * 3) < HEIGHT - row;
        picture.append(star ? STARS.charAt(random.nextInt(STARS.length())) : ' ');
      }
      picture.append('\n');
    }
    for (String line : STAGE) picture.append(line).append('\n');
    return picture.append("\nRedis ver. ").append(ServerFacts.REDIS_VERSION).append('\n').toString();
  }
}
