package org.understudy.shard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.replication.ReplicationLog;

/** Follows a replication log as a replica would, and shows what it gets as lines. */
final class LogTap {
  private final ReplicationLog.Reader reader;

  LogTap(ReplicationLog log, long offset) {
    reader = log.reader(offset);
  }

  /** What has come since the last look: a line a command, its words separated by spaces. */
  List<String> commands() throws IOException {
    StringBuilder text = new StringBuilder();
    while (reader.behind() > 0) text.append(Bytes.string(reader.read(1000).toArray()));
    List<String> commands = new ArrayList<>();
    String[] lines = text.toString().split("\r\n");
    for (int at = 0; at < lines.length && !lines[at].isEmpty(); ) {
      int words = Integer.parseInt(lines[at++].substring(1));
      List<String> command = new ArrayList<>();
      for (int i = 0; i < words; i++, at += 2) command.add(lines[at + 1]);
      commands.add(String.join(" ", command));
    }
    return commands;
  }

  void close() {
    reader.close();
  }
}
