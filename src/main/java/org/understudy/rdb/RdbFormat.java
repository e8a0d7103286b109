package org.understudy.rdb;

/** The numbers of the format, as in rdb.h of Redis 7.0.15. */
final class RdbFormat {
  /** What is written; a reader takes 1 to this. */
  static final int VERSION = 10;
  static final int FIRST_VERSION_WITH_CHECKSUM = 5;

  // what follows is a key with a value of this type

  static final int STRING = 0;
  static final int LIST = 1;
  static final int SET = 2;
  /** Scores as text. */
  static final int ZSET = 3;
  static final int HASH = 4;
  /** Scores as binary doubles. */
  static final int ZSET_2 = 5;
  static final int MODULE = 6;
  static final int MODULE_2 = 7;
  static final int HASH_ZIPMAP = 9;
  static final int LIST_ZIPLIST = 10;
  static final int SET_INTSET = 11;
  static final int ZSET_ZIPLIST = 12;
  static final int HASH_ZIPLIST = 13;
  /** Nodes are ziplists. */
  static final int LIST_QUICKLIST = 14;
  static final int STREAM_LISTPACKS = 15;
  static final int HASH_LISTPACK = 16;
  static final int ZSET_LISTPACK = 17;
  /** Nodes are listpacks or single large elements. */
  static final int LIST_QUICKLIST_2 = 18;
  /**
   * With the first ID, the largest deleted ID, the count of all entries ever and the groups' counts of entries read.
   */
  static final int STREAM_LISTPACKS_2 = 19;

  // what follows is something else

  /** The code of a library of functions. */
  static final int FUNCTION2 = 245;
  /** A library as the release candidates of 7.0 wrote it. */
  static final int FUNCTION_PRE_GA = 246;
  static final int MODULE_AUX = 247;
  /** Seconds since the next key's last access. */
  static final int IDLE = 248;
  /** The next key's access counter, one byte. */
  static final int FREQ = 249;
  static final int AUX = 250;
  /** How many keys, and keys with an expiry, the selected database has: a hint. */
  static final int RESIZEDB = 251;
  static final int EXPIRETIME_MS = 252;
  /** The next key's expiry as 32 bits of seconds. */
  static final int EXPIRETIME = 253;
  static final int SELECTDB = 254;
  static final int EOF = 255;

  // the first byte of a length: its two highest bits, or all of it

  static final int LENGTH_6_BITS = 0;
  static final int LENGTH_14_BITS = 1;
  static final int LENGTH_32_BITS = 0x80;
  static final int LENGTH_64_BITS = 0x81;
  /** Not a length: the other six bits say which encoding of a string follows. */
  static final int ENCODED = 3;

  static final int ENCODED_INT8 = 0;
  static final int ENCODED_INT16 = 1;
  static final int ENCODED_INT32 = 2;
  static final int ENCODED_LZF = 3;

  /** The longest decimal text of a 32-bit number. */
  static final int MAX_INT32_TEXT = 11;

  /** What a node of {@link #LIST_QUICKLIST_2} holds. */
  static final int NODE_PLAIN = 1;
  static final int NODE_PACKED = 2;

  /** Text lengths of {@link #ZSET} that stand for values. */
  static final int SCORE_NAN = 253;
  static final int SCORE_POSITIVE_INFINITY = 254;
  static final int SCORE_NEGATIVE_INFINITY = 255;

  private RdbFormat() {}
}
