package org.understudy.node;

import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.config.Config;
import org.understudy.config.Directive;

/**
 * The program behind {@code understudy-server}: arguments, configuration, daemon, log, node, signals, and the way out.
 * Exit status: 0 after an orderly shutdown (and for a parent of a daemon), 1 for everything else.
 */
public final class Main {
  private final Logger log = LoggerFactory.getLogger(Main.class);
  private final NodeLog nodeLog = NodeLog.ofProcess();
  private final long pid = ProcessHandle.current().pid();
  private final Shutdown shutdown = new Shutdown();
  private final Arguments arguments;
  private final Config config;
  private PidFile pidFile;
  private Supervision supervision;
  /** Null until it serves. */
  private volatile Node node;

  private Main(Arguments arguments, Config config) {
    this.arguments = arguments;
    this.config = config;
  }

  public static void main(String[] args) {
    Arguments arguments = Arguments.of(System.getProperty("understudy.program", "understudy-server"), args);
    System.exit(switch (arguments.action()) {
      case VERSION -> {
        System.out.println(arguments.version());
        yield 0;
      }
      case HELP -> {
        System.err.print(arguments.usage());
        yield 1;
      }
      case TEST_MEMORY -> refuse("Testing memory is not a task of this server. memtester and memtest86+ do it well.");
      case CHECK_SYSTEM -> refuse("Of what this option checks in Redis nothing concerns a server that does not fork.");
      case SENTINEL -> refuse("Sentinel mode is not there yet.");
      case SERVE -> new Main(arguments, Config.defaults()).serve(new byte[0]);
    });
  }

  private static int refuse(String reason) {
    System.err.println(reason);
    return 1;
  }

  /** @param input what was read from standard input */
  private int serve(byte[] input) {
    nodeLog.level(config.loglevel());
    nodeLog.file(config.logfile().isEmpty() ? "" : config.resolve(config.logfile()).toString());
    config.onChange(Directive.LOGLEVEL, now -> {
      nodeLog.level(now.loglevel());
      return null;
    });
    CrashReport crash = new CrashReport(() -> "");
    Thread.setDefaultUncaughtExceptionHandler((thread, error) -> crash.error(thread.getName(), error));
    supervision = Supervision.of(config.supervised(), System.getenv());
    boolean background = config.daemonize() && !supervision.isSupervised();
    try {
      if (background && !Daemon.isDaemon()) {
        Daemon.start(input);
        return 0;
      }
      Banner.starting(pid);
      if (arguments.configuration().isEmpty()) {
        log.warn("Warning: no config file specified, using the default config. In order to specify a config file use {}"
            + " /path/to/redis.conf", arguments.program());
      } else {
        log.warn("Configuration loaded");
      }
      nodeLog.syslog(config.syslogEnabled(), config.syslogIdent(), config.syslogFacility());
      nodeLog.role(() -> config.replicaof().isPresent() ? 'S' : 'M');
      Signals.handle(signals(), config.flag(Directive.CRASH_LOG_ENABLED), crash);
      SystemLimits.openFiles(config, Path.of("/proc/self/limits"));
      if (background && config.pidfile().isEmpty()) config.assign(Directive.PIDFILE, PidFile.DEFAULT);
      node = Node.start(config, shutdown, this::listening);
    } catch (StartFailure failure) {
      return 1;
    } catch (IOException failure) {
      log.warn("Cannot start the background process: {}", failure.getMessage());
      return 1;
    }
    supervision.ready();
    if (config.maxmemory() > 0 && config.maxmemory() < 1024 * 1024) {
      log.warn("WARNING: You specified a maxmemory value that is less than 1MB (current value is {} bytes). Are you sure"
          + " this is what you really want?", config.maxmemory());
    }
    // A signal that came while there was no node to tell.
    if (shutdown.requested()) node.requestShutdown(0);
    node.awaitStopped();
    supervision.stopping();
    if (pidFile != null) pidFile.remove();
    if (!shutdown.requested()) {
      log.warn("The server stopped by itself: see above for the cause.");
      return 1;
    }
    log.warn("Redis is now ready to exit, bye bye...");
    return 0;
  }

  private void listening() {
    if (!config.pidfile().isEmpty()) {
      pidFile = new PidFile(config.resolve(config.pidfile()));
      pidFile.write(pid);
    }
    Banner.running(config, Boolean.getBoolean("understudy.terminal"), pid);
    SystemLimits.backlog(config, Path.of("/proc/sys/net/core/somaxconn"));
    log.warn("Server initialized");
  }

  private Signals.Target signals() {
    return new Signals.Target() {
      @Override
      public void requestShutdown(String signal) {
        shutdown.request();
        Node serving = node;
        if (serving != null) {
          serving.requestShutdown(signal.equals("INT") ? config.shutdownOnSigint() : config.shutdownOnSigterm());
        }
      }

      @Override
      public boolean shutdownRequested() {
        return shutdown.requested();
      }

      @Override
      public boolean loading() {
        return node == null;
      }
    };
  }
}
