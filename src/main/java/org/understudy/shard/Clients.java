package org.understudy.shard;

import java.util.Collection;
import java.util.Collections;
import java.util.TreeMap;
import org.understudy.command.Session;

/** All connected clients, by id: the order in which they came. */
final class Clients {
  private final TreeMap<Long, Client> byId = new TreeMap<>();

  void add(Client client) {
    byId.put(client.session.id, client);
  }

  void remove(Client client) {
    byId.remove(client.session.id);
  }

  Client of(Session session) {
    return byId.get(session.id);
  }

  /** The client, or null. */
  Client find(long id) {
    return byId.get(id);
  }

  Collection<Client> all() {
    return Collections.unmodifiableCollection(byId.values());
  }

  int size() {
    return byId.size();
  }
}
