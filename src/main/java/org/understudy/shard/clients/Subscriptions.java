package org.understudy.shard.clients;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import java.util.function.ToIntFunction;
import org.understudy.bytes.ByteKey;
import org.understudy.command.Session;

/** Who listens to the names of one kind: channels, patterns, or shard channels. */
public final class Subscriptions {
  private final Function<Interests, Set<ByteKey>> own;
  private final ObjIntConsumer<Session> note;
  private final ToIntFunction<Client> confirmed;
  /** In the order in which the names got their first listener. */
  private final Map<ByteKey, Set<Client>> listeners = new LinkedHashMap<>();

  /**
   * @param own the names of this kind
   * @param note tells the session how many those are
   * @param confirmed the number of subscriptions that a client is told of: some kinds count together
   */
  Subscriptions(Function<Interests, Set<ByteKey>> own, ObjIntConsumer<Session> note, ToIntFunction<Client> confirmed) {
    this.own = own;
    this.note = note;
    this.confirmed = confirmed;
  }

  void add(Client client, ByteKey name) {
    Set<ByteKey> names = own.apply(client.ownInterests());
    if (!names.add(name)) return;
    listeners.computeIfAbsent(name, n -> new LinkedHashSet<>(2)).add(client);
    note.accept(client.session, names.size());
  }

  void remove(Client client, ByteKey name) {
    Set<ByteKey> names = own.apply(client.interests());
    if (!names.remove(name)) return;
    Set<Client> others = listeners.get(name);
    others.remove(client);
    if (others.isEmpty()) listeners.remove(name);
    note.accept(client.session, names.size());
  }

  /** Ends all subscriptions of a client. */
  void forget(Client client) {
    for (ByteKey name : namesOf(client)) remove(client, name);
  }

  /** The names that a client listens to, as they are now. */
  List<ByteKey> namesOf(Client client) {
    return List.copyOf(own.apply(client.interests()));
  }

  int confirmed(Client client) {
    return confirmed.applyAsInt(client);
  }

  /** Names that somebody listens to. */
  public Collection<ByteKey> names() {
    return listeners.keySet();
  }

  Set<Client> listeners(byte[] name) {
    return listeners.getOrDefault(new ByteKey(name), Set.of());
  }

  Collection<Map.Entry<ByteKey, Set<Client>>> all() {
    return listeners.entrySet();
  }
}
