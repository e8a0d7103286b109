package org.understudy.node;

/** Versions that are told to clients and in the log. */
final class Version {
  /** What clients may rely on. */
  static final String REDIS = "7.0.15";
  /** Our own, from the build; {@code dev} for classes that were not packaged. */
  static final String UNDERSTUDY = ownVersion();

  private Version() {}

  private static String ownVersion() {
    String packaged = Version.class.getPackage().getImplementationVersion();
    return packaged == null ? "dev" : packaged;
  }
}
