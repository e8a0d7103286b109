package org.understudy.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClientCronTest {
  private final DirectShard shard = new DirectShard();

  @Test
  void anIdleClientGivesUpItsInputBuffer() {
    shard.call("GET", "k");
    shard.session.queryBufferFreeBytes = 16 * 1024;
    shard.advance(2000);
    shard.parts.shard().tick();
    assertEquals(List.of(), shard.inputShrinks);
    shard.advance(1000);
    shard.parts.shard().tick();
    assertEquals(List.of(true), shard.inputShrinks);
  }

  @Test
  void aClientThatSendsIsAskedForALargeBufferOnly() {
    shard.session.queryBufferFreeBytes = 16 * 1024;
    shard.call("GET", "k");
    shard.parts.shard().tick();
    assertEquals(List.of(), shard.inputShrinks);
    shard.session.queryBufferFreeBytes = 64 * 1024;
    shard.parts.shard().tick();
    assertEquals(List.of(false), shard.inputShrinks);
  }

  @Test
  void thereIsNothingToShrinkWithoutABuffer() {
    shard.call("GET", "k");
    shard.advance(10_000);
    shard.parts.shard().tick();
    assertEquals(List.of(), shard.inputShrinks);
  }
}
