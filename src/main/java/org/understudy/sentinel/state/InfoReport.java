package org.understudy.sentinel.state;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an INFO says that a sentinel cares about. A field that it does not have is null, and what was known before
 * stays; a replica's own fields count only after {@code role:slave}.
 *
 * @param role PRIMARY or REPLICA; null for a text without a role
 * @param replicas in the order of the lines {@code slaveN}
 * @param primaryLinkDownMillis 0 without such a line
 */
record InfoReport(String runId, Kind role, List<Place> replicas, long primaryLinkDownMillis, String primaryHost,
    Integer primaryPort, Boolean primaryLinkUp, Integer priority, Long replicaOffset, Boolean announced,
    Long primaryOffset) {

  private static final int RUN_ID_LENGTH = 40;
  private static final Pattern LINE_END = Pattern.compile("\r\n");

  record Place(String host, int port) {}

  static InfoReport parse(String info) {
    String runId = null;
    Kind role = null;
    List<Place> replicas = new ArrayList<>();
    long linkDownMillis = 0;
    String primaryHost = null;
    Integer primaryPort = null;
    Boolean linkUp = null;
    Integer priority = null;
    Long replicaOffset = null;
    Boolean announced = null;
    Long primaryOffset = null;
    for (String line : LINE_END.split(info)) {
      int colon = line.indexOf(':');
      if (colon < 0) continue;
      String field = line.substring(0, colon);
      String value = line.substring(colon + 1);
      boolean ofReplica = role == Kind.REPLICA;
      switch (field) {
        case "run_id" -> {
          if (value.length() >= RUN_ID_LENGTH) runId = value.substring(0, RUN_ID_LENGTH);
        }
        case "role" -> {
          if (value.startsWith("master")) role = Kind.PRIMARY;
          else if (value.startsWith("slave")) role = Kind.REPLICA;
        }
        case "master_link_down_since_seconds" -> linkDownMillis = Lenient.number(value) * 1000;
        case "master_repl_offset" -> primaryOffset = Lenient.number(value);
        case "master_host" -> primaryHost = ofReplica && !value.isEmpty() ? value : primaryHost;
        case "master_port" -> primaryPort = ofReplica ? (Integer) (int) Lenient.number(value) : primaryPort;
        case "master_link_status" -> linkUp = ofReplica ? (Boolean) value.equalsIgnoreCase("up") : linkUp;
        case "slave_priority" -> priority = ofReplica ? (Integer) (int) Lenient.number(value) : priority;
        case "slave_repl_offset" -> replicaOffset = ofReplica ? (Long) Lenient.number(value) : replicaOffset;
        case "replica_announced" -> announced = ofReplica ? (Boolean) (Lenient.number(value) != 0) : announced;
        default -> {
          Place place = replica(field, value);
          if (place != null) replicas.add(place);
        }
      }
    }
    return new InfoReport(runId, role, replicas, linkDownMillis, primaryHost, primaryPort, linkUp, priority,
        replicaOffset, announced, primaryOffset);
  }

  /** A line {@code slave0:ip=127.0.0.1,port=6380,…} or, before Redis 2.8, {@code slave0:127.0.0.1,6380,online}. */
  private static Place replica(String field, String value) {
    if (!field.startsWith("slave") || field.length() < 6 || !Character.isDigit(field.charAt(5))) return null;
    String[] parts = value.split(",");
    if (!value.contains("ip=")) {
      return parts.length < 3 ? null : new Place(parts[0], (int) Lenient.number(parts[1]));
    }
    String host = null;
    String port = null;
    for (String part : parts) {
      if (part.startsWith("ip=")) host = part.substring(3);
      else if (part.startsWith("port=")) port = part.substring(5);
    }
    return host == null || port == null ? null : new Place(host, (int) Lenient.number(port));
  }
}
