package org.understudy.sentinel.state;

/**
 * What sentinels tell each other through the channel of hello messages:
 * {@code ip,port,id,current-epoch,primary,primary-ip,primary-port,config-epoch}.
 */
record HelloMessage(String ip, int port, String id, long currentEpoch, String primary, String primaryHost,
    int primaryPort, long configEpoch) {

  private static final int FIELDS = 8;

  /** The message, or null if it is none. Numbers are read as Redis reads them: what is no number is 0. */
  static HelloMessage parse(String text) {
    String[] fields = text.split(",", -1);
    if (fields.length != FIELDS) return null;
    long port = Lenient.number(fields[1]);
    long primaryPort = Lenient.number(fields[6]);
    if (!Address.isPort(port) || !Address.isPort(primaryPort)) return null;
    return new HelloMessage(fields[0], (int) port, fields[2], Lenient.number(fields[3]), fields[4], fields[5],
        (int) primaryPort, Lenient.number(fields[7]));
  }

  String text() {
    return ip + "," + port + "," + id + "," + currentEpoch + "," + primary + "," + primaryHost + "," + primaryPort
        + "," + configEpoch;
  }
}
