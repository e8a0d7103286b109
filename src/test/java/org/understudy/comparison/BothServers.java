package org.understudy.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.understudy.testing.RealRedis;
import org.understudy.testing.RespClient;
import org.understudy.testing.TestServer;

/**
 * The real server, and ours in one or several configurations, which run as long as the tests of a class: {@code
 * @RegisterExtension static final BothServers servers = BothServers.realWith().oursWith();}
 */
final class BothServers implements BeforeAllCallback, AfterAllCallback {
  private final String[] arguments;
  private final List<String[]> configurations = new ArrayList<>();
  private RealRedis real;
  private final List<TestServer> ours = new ArrayList<>();

  private BothServers(String[] arguments) {
    this.arguments = arguments;
  }

  /** @param arguments of the real server's command line */
  static BothServers realWith(String... arguments) {
    return new BothServers(arguments);
  }

  /** One of ours with these lines of configuration. */
  BothServers oursWith(String... directives) {
    configurations.add(directives);
    return this;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    real = RealRedis.start(arguments);
    for (String[] directives : configurations) ours.add(TestServer.start(directives));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (real != null) real.close();
    ours.forEach(TestServer::close);
    ours.clear();
  }

  RealRedis real() {
    return real;
  }

  /** The first of ours. */
  TestServer ours() {
    return ours.get(0);
  }

  /** The real server's port, and those of ours. */
  List<Integer> ports() {
    List<Integer> ports = new ArrayList<>(List.of(real.port()));
    for (TestServer server : ours) ports.add(server.port());
    return ports;
  }

  /** Has a new client of each do the same. */
  void each(Consumer<RespClient> work) {
    for (int port : ports()) {
      try (RespClient client = RespClient.connect(port)) {
        work.accept(client);
      }
    }
  }

  /** Compares what is heard at the real server's port and at those of ours. */
  void assertAlike(IntFunction<?> heard) {
    Object theirs = heard.apply(real.port());
    for (int i = 0; i < ours.size(); i++) {
      assertEquals(theirs, heard.apply(ours.get(i).port()), String.join(", ", configurations.get(i)));
    }
  }
}
