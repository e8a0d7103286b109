package org.understudy.keyspace.collection;

import java.util.Arrays;
import org.understudy.bytes.Lzf;
import org.understudy.keyspace.packed.Listpack;

/**
 * How lists are cut into chunks and which chunks are compressed: what the configuration says when a list is made. Many
 * lists share one. Limits are those of 7.0's quicklist.c, so that the chunks are the nodes that it would make.
 */
public final class ListForm {
  /** {@code list-max-listpack-size} as of -1 to -5. */
  private static final int[] CHUNK_BYTES = {4096, 8192, 16384, 32768, 65536};
  /** A chunk that is limited by the number of its elements is not larger than this either. */
  private static final int SAFE_BYTES = 8192;
  private static final int MAX_ELEMENTS = (1 << 15) - 1;
  private static final int MAX_DEPTH = (1 << 16) - 1;
  /** What an element is taken to need besides its own bytes. */
  private static final int ESTIMATED_OVERHEAD = 8;
  /** … and what two chunks are taken to need less when they are one; it is less, in fact. */
  private static final int ESTIMATED_FRAME_BYTES = 11;
  /** A packed chunk without elements. */
  private static final int EMPTY_BYTES = new Listpack().size();
  /** Chunks below this are not compressed, nor are those that become smaller by less than the second. */
  private static final int LEAST_COMPRESSED_BYTES = 48;
  private static final int LEAST_GAIN_BYTES = 8;

  /** No chunk of several elements is larger. */
  static final int MOST_CHUNK_BYTES = CHUNK_BYTES[CHUNK_BYTES.length - 1];

  /** Elements of at least so many bytes are plain nodes, by default. */
  public static final long PLAIN_FROM_BYTES = 1L << 30;

  /** That of a server on which nothing is configured. */
  public static final ListForm DEFAULT = new ListForm(-2, 0, PLAIN_FROM_BYTES);

  private final int listMaxListpackSize;
  private final int listCompressDepth;
  private final long plainFromBytes;
  private final int chunkBytes;
  private final int chunkElements;
  private final int depth;
  private Lzf lzf;
  private byte[] compressed;

  /**
   * @param listMaxListpackSize as configured: a number of elements, or -1 to -5 for 4 to 64 KB
   * @param listCompressDepth how many chunks at either end are left as they are; 0: all are
   * @param plainFromBytes elements of at least so many bytes are nodes of their own kind; {@link #PLAIN_FROM_BYTES}
   *     but for debugging
   */
  public ListForm(int listMaxListpackSize, int listCompressDepth, long plainFromBytes) {
    this.listMaxListpackSize = listMaxListpackSize;
    this.listCompressDepth = listCompressDepth;
    this.plainFromBytes = plainFromBytes;
    boolean bySize = listMaxListpackSize < 0;
    chunkBytes = bySize ? CHUNK_BYTES[Math.min(CHUNK_BYTES.length, -listMaxListpackSize) - 1] : SAFE_BYTES;
    chunkElements = bySize ? Integer.MAX_VALUE : Math.min(MAX_ELEMENTS, listMaxListpackSize);
    depth = Math.min(MAX_DEPTH, Math.max(0, listCompressDepth));
  }

  /** Whether lists are to be made in the same way still. */
  public boolean is(int listMaxListpackSize, int listCompressDepth, long plainFromBytes) {
    return this.listMaxListpackSize == listMaxListpackSize && this.listCompressDepth == listCompressDepth
        && this.plainFromBytes == plainFromBytes;
  }

  /** {@code list-max-listpack-size} as it counts. */
  int configuredSize() {
    return Math.max(-CHUNK_BYTES.length, Math.min(MAX_ELEMENTS, listMaxListpackSize));
  }

  /** Whether a packed chunk may get one more element. */
  boolean fits(Listpack chunk, int elements, int elementBytes) {
    return fits(chunk.size(), elements, elementBytes);
  }

  private boolean fits(long packedBytes, int elements, int elementBytes) {
    return elementBytes < plainFromBytes && packedBytes + elementBytes + ESTIMATED_OVERHEAD <= chunkBytes
        && elements < chunkElements;
  }

  /** Whether an element gets a chunk of its own, in which no other ever fits. */
  boolean standsAlone(int elementBytes) {
    return !fits(EMPTY_BYTES, 0, elementBytes);
  }

  /** Whether the reference implementation would have a plain node for an element that stands alone. */
  boolean isPlain(int elementBytes) {
    return elementBytes >= plainFromBytes;
  }

  /** Whether two packed chunks may become one. */
  boolean mayJoin(Listpack a, int elementsOfA, Listpack b, int elementsOfB) {
    return (long) a.size() + b.size() - ESTIMATED_FRAME_BYTES <= chunkBytes
        && (long) elementsOfA + elementsOfB <= chunkElements;
  }

  /** The size of chunks that grow. */
  int chunkBytes() {
    return chunkBytes;
  }

  /** Whether the chunk at an index is compressed. */
  boolean compresses(int index, int chunks) {
    return depth > 0 && index >= depth && index < chunks - depth;
  }

  /** How many chunks from either end are not. */
  int depth() {
    return depth;
  }

  /** A chunk's bytes compressed, or null if that gains too little. */
  byte[] compress(byte[] bytes, int offset, int length) {
    if (length < LEAST_COMPRESSED_BYTES) return null;
    if (lzf == null) lzf = new Lzf();
    if (compressed == null || compressed.length < length) compressed = new byte[length];
    int compressedLength = lzf.compress(bytes, offset, length, compressed, 0, length - LEAST_GAIN_BYTES);
    return compressedLength == 0 ? null : Arrays.copyOf(compressed, compressedLength);
  }
}
