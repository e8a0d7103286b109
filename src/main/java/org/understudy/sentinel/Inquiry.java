package org.understudy.sentinel;

import java.util.function.Consumer;
import org.apache.pekko.util.ByteString;
import org.understudy.bytes.Bytes;
import org.understudy.command.Arguments;
import org.understudy.resp.CommandError;
import org.understudy.resp.ReplyBuffer;
import org.understudy.sentinel.state.Answer;
import org.understudy.sentinel.state.MonitoredPrimary;
import org.understudy.shard.clients.PendingAnswer;

/** A command that the sentinel's actor is to answer. Answered once, at once or later. */
final class Inquiry {
  final byte[][] argv;
  private final int protocol;
  private final PendingAnswer pending;

  /** @param protocol of the client, 2 or 3 */
  Inquiry(byte[][] argv, int protocol, PendingAnswer pending) {
    this.argv = argv;
    this.protocol = protocol;
    this.pending = pending;
  }

  String text(int index) {
    return Bytes.string(argv[index]);
  }

  /** Answers with what the writer writes, now. */
  void reply(Consumer<ReplyBuffer> writer) {
    ReplyBuffer reply = new ReplyBuffer();
    reply.protocol(protocol);
    writer.accept(reply);
    ByteString bytes = reply.take();
    pending.give(out -> out.raw(bytes));
  }

  /** Answers with what the writer writes on the shard's loop. */
  void replyThere(Consumer<ReplyBuffer> writer) {
    pending.give(writer);
  }

  void ok() {
    pending.give(ReplyBuffer::ok);
  }

  void error(CommandError error) {
    pending.give(reply -> reply.error(error));
  }

  /** Answers with what the machine says. */
  void answer(Answer answer) {
    if (answer instanceof Answer.Refused refused) {
      error(new CommandError(refused.error()));
    } else if (answer instanceof Answer.Count count) {
      reply(reply -> reply.integer(count.value()));
    } else if (answer instanceof Answer.Down down) {
      reply(reply -> {
        reply.array(3);
        reply.integer(down.down());
        reply.bulk(down.leader());
        reply.integer(down.leaderEpoch());
      });
    } else {
      ok();
    }
  }

  /**
   * The primary that the third word names.
   *
   * @throws CommandError there is none
   */
  MonitoredPrimary primary(Sentinel sentinel) {
    MonitoredPrimary primary = sentinel.state().primary(text(2));
    if (primary == null) throw CommandError.err("No such master with that name");
    return primary;
  }

  /** @throws CommandError it is no number */
  long number(int index) {
    return Arguments.integer(argv[index]);
  }
}
