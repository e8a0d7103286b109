package org.understudy.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Digest;
import org.understudy.keyspace.Entry;
import org.understudy.keyspace.HeapLayout;
import org.understudy.keyspace.Type;
import org.understudy.keyspace.Value;
import org.understudy.rdb.RdbWriter;
import org.understudy.testing.CommandRunner;

/** A value that no file can hold, which would be a fault of ours: it spoils the snapshot and nothing else. */
class SnapshotStreamTest {
  private final CommandRunner runner = new CommandRunner();

  private SnapshotStream stream() {
    RdbWriter.Origin origin = new RdbWriter.Origin("7.0.15", 0, 0, null, false);
    return new SnapshotStream(runner.keyspace, SnapshotStream.Contents.ALL, origin, List.of(), runner.config, 1024);
  }

  private void putUnwritable() {
    runner.keyspace.database(0).setValue(Bytes.of("key"), new Unwritable(), Entry.NO_EXPIRE);
  }

  @Test
  void theSnapshotFailsAndDoesNotPassForAWholeOne() {
    putUnwritable();
    SnapshotStream stream = stream();
    assertThrows(RuntimeException.class, () -> {
      while (stream.step()) { }
    });
    stream.abandon();
    assertFalse(stream.step());
  }

  @Test
  void theCommandThatComesUponItIsNotHurt() {
    putUnwritable();
    SnapshotStream stream = stream();
    assertEquals(1L, runner.run("DEL", "key"));
    assertThrows(RuntimeException.class, () -> {
      while (stream.step()) { }
    });
  }

  private static final class Unwritable implements Value {
    @Override
    public Type type() {
      return Type.STREAM;
    }

    @Override
    public String encodingName() {
      return "none";
    }

    @Override
    public long memoryBytes(HeapLayout layout) {
      return 100;
    }

    @Override
    public Value copy() {
      return this;
    }

    @Override
    public void digest(Digest into) {}
  }
}
