package org.understudy.sentinel.state;

/**
 * What is configured for the sentinel as a whole.
 *
 * @param myId 40 hexadecimal digits by which other sentinels know this one
 * @param announceIp told to others instead of the address that a link is connected from, or null
 * @param announcePort the port told to others: {@code sentinel announce-port}, or else the port it listens on
 * @param announceHostnames whether others are told names rather than addresses
 * @param sentinelLogin for links to other sentinels, or null
 * @param forgetAfterMillis replicas and other sentinels that were down for so long are forgotten; 0: never. Ours
 */
public record Settings(String myId, String announceIp, int announcePort, boolean announceHostnames,
    Login sentinelLogin, long forgetAfterMillis) {}
