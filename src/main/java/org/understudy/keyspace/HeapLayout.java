package org.understudy.keyspace;

/**
 * How large objects are in this virtual machine's heap, so that memory is accounted as it is.
 *
 * @param objectHeader bytes before the first field: 12, or 8 with compact object headers
 * @param arrayHeader bytes before the first element: 16, or 12 with compact object headers
 * @param reference bytes of a reference: 4, or 8 from 32 GB of heap on
 */
public record HeapLayout(int objectHeader, int arrayHeader, int reference) {
  /** HotSpot on 64 bits with a heap below 32 GB. */
  public static final HeapLayout COMMON = new HeapLayout(12, 16, 4);

  /** What the running machine says of itself; {@link #COMMON} where it says nothing. */
  public static HeapLayout ofThisMachine() {
    boolean compactHeaders = option("UseCompactObjectHeaders", false);
    int reference = option("UseCompressedOops", true) ? 4 : 8;
    return new HeapLayout(compactHeaders ? 8 : 12, compactHeaders ? 12 : 16, reference);
  }

  private static boolean option(String name, boolean otherwise) {
    try {
      var machine =
          java.lang.management.ManagementFactory.getPlatformMXBean(com.sun.management.HotSpotDiagnosticMXBean.class);
      return machine == null ? otherwise : Boolean.parseBoolean(machine.getVMOption(name).getValue());
    } catch (IllegalArgumentException e) { // no such option in this version
      return otherwise;
    }
  }

  public long byteArray(long length) {
    return align(arrayHeader + length);
  }

  public long referenceArray(long length) {
    return align(arrayHeader + length * reference);
  }

  /** @param primitives bytes of all fields that are not references, in an order without gaps */
  public long object(int references, int primitives) {
    return align(objectHeader + (long) references * reference + primitives);
  }

  private static long align(long bytes) {
    return bytes + 7 & ~7L;
  }
}
