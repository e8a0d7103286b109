package org.understudy.shard.clients;

/** What others need of the clients: to know them, to have them wait, and to say what they may not do. */
public record ClientParts(Clients clients, BlockedClients blocked, Pause pause, Admission admission) {}
