package org.understudy.node;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * Writes Redis's log: to standard output, or to {@code logfile}, which is opened for each line (as Redis does), so that
 * it may be moved away or removed at any time. What cannot be written is lost; a log never stops the server.
 */
public final class LogAppender extends AppenderBase<ILoggingEvent> {
  /** The message is written as it is, without prefix and line end: the logo, parts of a crash report. */
  static final Marker RAW = MarkerFactory.getMarker("RAW");
  /** The message comes from a signal's handler. */
  static final Marker SIGNAL = MarkerFactory.getMarker("SIGNAL");

  private final LogLine line = new LogLine(ProcessHandle.current().pid(), ZoneId.systemDefault());
  private final FileOutputStream stdout = new FileOutputStream(FileDescriptor.out);
  /** Role letter: X sentinel, S replica, M primary, C before the server is set up. */
  private volatile Supplier<Character> role = () -> 'C';
  /** Path of the log, empty for standard output. */
  private volatile String file = "";
  private volatile Syslog syslog;

  void role(Supplier<Character> letter) {
    role = letter;
  }

  void file(String path) {
    file = path;
  }

  /** Also to the system log from now on, or no longer if null. */
  void syslog(Syslog to) {
    Syslog before = syslog;
    syslog = to;
    if (before != null) before.close();
  }

  @Override
  protected void append(ILoggingEvent event) {
    write(format(event));
    Syslog also = syslog;
    if (also != null) also.send(event.getLevel(), event.getFormattedMessage());
  }

  private byte[] format(ILoggingEvent event) {
    String message = event.getFormattedMessage();
    IThrowableProxy error = event.getThrowableProxy();
    if (error != null) message += "\n" + ThrowableProxyUtil.asString(error).stripTrailing();
    List<Marker> markers = event.getMarkerList();
    if (markers != null) {
      if (markers.contains(RAW)) return message.getBytes(StandardCharsets.UTF_8);
      if (markers.contains(SIGNAL)) return line.fromSignal(event.getInstant(), message);
    }
    return line.plain(role.get(), event.getInstant(), event.getLevel(), message);
  }

  private void write(byte[] text) {
    String path = file;
    try {
      if (path.isEmpty()) {
        stdout.write(text);
      } else {
        try (FileOutputStream out = new FileOutputStream(path, true)) {
          out.write(text);
        }
      }
    } catch (IOException lost) {
      addError("cannot write the log", lost);
    }
  }
}
