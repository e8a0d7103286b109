package org.understudy.sentinel.state;

import java.util.Map;

/**
 * What is configured for one primary.
 *
 * @param quorum sentinels that have to agree that it is down, 1 or more
 * @param downAfterMillis without a valid reply until it, its replicas and sentinels count as subjectively down
 * @param failoverTimeoutMillis of a stage of a failover; twice that lies between two attempts
 * @param parallelSyncs replicas that may be reconfigured at a time
 * @param login for the primary and its replicas, or null
 * @param notificationScript path or null
 * @param clientReconfigScript path or null
 * @param rebootDownAfterMillis until a primary that came back with another run id and does not answer PONG is down;
 *     0: not watched
 * @param renamedCommands by their names in capitals
 */
public record PrimarySettings(int quorum, long downAfterMillis, long failoverTimeoutMillis, int parallelSyncs,
    Login login, String notificationScript, String clientReconfigScript, long rebootDownAfterMillis,
    Map<String, String> renamedCommands) {

  public PrimarySettings {
    renamedCommands = Map.copyOf(renamedCommands);
  }

  /** What a primary starts with for which only the quorum is given. */
  public static PrimarySettings defaults(int quorum, Timing timing) {
    return new PrimarySettings(quorum, timing.millis(Timing.Period.DEFAULT_DOWN_AFTER),
        timing.millis(Timing.Period.DEFAULT_FAILOVER_TIMEOUT), 1, null, null, null, 0, Map.of());
  }

  public PrimarySettings withQuorum(int value) {
    return new PrimarySettings(value, downAfterMillis, failoverTimeoutMillis, parallelSyncs, login,
        notificationScript, clientReconfigScript, rebootDownAfterMillis, renamedCommands);
  }

  public PrimarySettings withDownAfter(long millis) {
    return new PrimarySettings(quorum, millis, failoverTimeoutMillis, parallelSyncs, login,
        notificationScript, clientReconfigScript, rebootDownAfterMillis, renamedCommands);
  }

  public PrimarySettings withFailoverTimeout(long millis) {
    return new PrimarySettings(quorum, downAfterMillis, millis, parallelSyncs, login,
        notificationScript, clientReconfigScript, rebootDownAfterMillis, renamedCommands);
  }

  public PrimarySettings withParallelSyncs(int value) {
    return new PrimarySettings(quorum, downAfterMillis, failoverTimeoutMillis, value, login,
        notificationScript, clientReconfigScript, rebootDownAfterMillis, renamedCommands);
  }

  public PrimarySettings withLogin(Login value) {
    return new PrimarySettings(quorum, downAfterMillis, failoverTimeoutMillis, parallelSyncs, value,
        notificationScript, clientReconfigScript, rebootDownAfterMillis, renamedCommands);
  }

  public PrimarySettings withNotificationScript(String path) {
    return new PrimarySettings(quorum, downAfterMillis, failoverTimeoutMillis, parallelSyncs, login,
        path, clientReconfigScript, rebootDownAfterMillis, renamedCommands);
  }

  public PrimarySettings withClientReconfigScript(String path) {
    return new PrimarySettings(quorum, downAfterMillis, failoverTimeoutMillis, parallelSyncs, login,
        notificationScript, path, rebootDownAfterMillis, renamedCommands);
  }

  public PrimarySettings withRebootDownAfter(long millis) {
    return new PrimarySettings(quorum, downAfterMillis, failoverTimeoutMillis, parallelSyncs, login,
        notificationScript, clientReconfigScript, millis, renamedCommands);
  }

  public PrimarySettings withRenamedCommands(Map<String, String> value) {
    return new PrimarySettings(quorum, downAfterMillis, failoverTimeoutMillis, parallelSyncs, login,
        notificationScript, clientReconfigScript, rebootDownAfterMillis, value);
  }
}
