package org.understudy.sentinel;

import java.nio.file.Path;
import org.understudy.sentinel.state.Login;
import org.understudy.sentinel.state.Settings;

/**
 * What is configured for a sentinel as a whole.
 *
 * @param announceIp what others are told, or null for the address that a link is connected from
 * @param announcePort 0 for the port that is listened on
 * @param user for links to other sentinels, or null
 * @param password likewise, or null
 * @param denyScriptsReconfig whether SENTINEL SET may not change scripts
 * @param stateFile where what was learned is kept instead of in the configuration file, or null. Ours
 * @param forgetAfterMillis replicas and sentinels that were down for so long are forgotten; 0: never. Ours
 */
public record SentinelOptions(String announceIp, int announcePort, boolean resolveHostnames, boolean announceHostnames,
    String user, String password, boolean denyScriptsReconfig, Path stateFile, long forgetAfterMillis) {
  static final SentinelOptions DEFAULTS = new SentinelOptions(null, 0, false, false, null, null, true, null, 0);

  /**
   * What the machine is told.
   *
   * @param port that is listened on
   * @param requirepass our own password, which other sentinels are taken to have too; empty for none
   */
  Settings settings(String myId, int port, String requirepass) {
    Login login = null;
    if (password != null) login = new Login(user, password);
    else if (!requirepass.isEmpty()) login = new Login(null, requirepass);
    return new Settings(myId, announceIp, announcePort == 0 ? port : announcePort, announceHostnames, login,
        forgetAfterMillis);
  }

  SentinelOptions withAnnounceIp(String value) {
    return new SentinelOptions(value, announcePort, resolveHostnames, announceHostnames, user, password,
        denyScriptsReconfig, stateFile, forgetAfterMillis);
  }

  SentinelOptions withAnnouncePort(int value) {
    return new SentinelOptions(announceIp, value, resolveHostnames, announceHostnames, user, password,
        denyScriptsReconfig, stateFile, forgetAfterMillis);
  }

  SentinelOptions withResolveHostnames(boolean value) {
    return new SentinelOptions(announceIp, announcePort, value, announceHostnames, user, password,
        denyScriptsReconfig, stateFile, forgetAfterMillis);
  }

  SentinelOptions withAnnounceHostnames(boolean value) {
    return new SentinelOptions(announceIp, announcePort, resolveHostnames, value, user, password,
        denyScriptsReconfig, stateFile, forgetAfterMillis);
  }

  SentinelOptions withUser(String value) {
    return new SentinelOptions(announceIp, announcePort, resolveHostnames, announceHostnames, value, password,
        denyScriptsReconfig, stateFile, forgetAfterMillis);
  }

  SentinelOptions withPassword(String value) {
    return new SentinelOptions(announceIp, announcePort, resolveHostnames, announceHostnames, user, value,
        denyScriptsReconfig, stateFile, forgetAfterMillis);
  }

  SentinelOptions withDenyScriptsReconfig(boolean value) {
    return new SentinelOptions(announceIp, announcePort, resolveHostnames, announceHostnames, user, password, value,
        stateFile, forgetAfterMillis);
  }

  SentinelOptions withStateFile(Path value) {
    return new SentinelOptions(announceIp, announcePort, resolveHostnames, announceHostnames, user, password,
        denyScriptsReconfig, value, forgetAfterMillis);
  }

  SentinelOptions withForgetAfterMillis(long value) {
    return new SentinelOptions(announceIp, announcePort, resolveHostnames, announceHostnames, user, password,
        denyScriptsReconfig, stateFile, value);
  }
}
