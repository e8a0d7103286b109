package org.understudy.rdb;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.understudy.bytes.Bytes;
import org.understudy.testing.CommandRunner;

/** A payload of every type and encoding that can be read, under names that say what they are. */
public final class PayloadSamples {
  private static final int FOOTER_BYTES = 10;
  private static final String TEXT = "some text, and more of it, and more of it";

  private final CommandRunner redis = new CommandRunner();
  private final Map<String, byte[]> samples = new LinkedHashMap<>();

  private PayloadSamples() {}

  public static Map<String, byte[]> all() {
    PayloadSamples samples = new PayloadSamples();
    samples.addOwn();
    samples.addOld();
    return samples.samples;
  }

  private void addOwn() {
    redis.run("SET", "string", "short");
    dump("string");
    redis.run("SET", "number", "-70000");
    dump("number");
    redis.run("SET", "compressed string", TEXT.repeat(3));
    dump("compressed string");
    redis.run("SADD", "intset", "1", "300", "-5");
    dump("intset");
    redis.run("SADD", "wide intset", "1", "70000", Long.toString(Long.MIN_VALUE));
    dump("wide intset");
    redis.run("SADD", "set", "a", "17", TEXT);
    dump("set");
    redis.run("HSET", "packed hash", "field", "value", "7", "number", "text", TEXT);
    dump("packed hash");
    redis.run("HSET", "hash", "field", "value", "7", "number", "text", TEXT + TEXT);
    dump("hash");
    redis.run("ZADD", "packed sorted set", "1", "a", "2.5", "b", "-inf", TEXT);
    dump("packed sorted set");
    redis.run("ZADD", "sorted set", "1", "a", "2.5", "b", "-inf", TEXT + TEXT);
    dump("sorted set");
    redis.run("RPUSH", "list", "a", "17", TEXT, "-5");
    dump("list");
    redis.configure("list-max-listpack-size", "1");
    redis.run("RPUSH", "list of nodes", "a", "17", TEXT);
    dump("list of nodes");
    for (int i = 1; i < 4; i++) redis.run("XADD", "stream", i + "-1", "field", "value " + i, "other", "17");
    redis.run("XADD", "stream", "5-5", "another", TEXT);
    redis.run("XDEL", "stream", "2-1");
    redis.run("XGROUP", "CREATE", "stream", "group", "0");
    redis.run("XREADGROUP", "GROUP", "group", "alice", "COUNT", "1", "STREAMS", "stream", ">");
    redis.run("XREADGROUP", "GROUP", "group", "bob", "COUNT", "1", "STREAMS", "stream", ">");
    redis.run("XGROUP", "CREATE", "stream", "idle group", "$");
    dump("stream");
  }

  private void dump(String key) {
    samples.put(key, Bytes.of((String) redis.run("DUMP", key)));
  }

  private void addOld() {
    byte[] two = {2};
    byte[] ziplist = OldPackedFormats.ziplist(List.of("a", 17L, TEXT, 3L));
    old("old list", RdbFormat.LIST, two, string("a"), string("text"));
    old("old sorted set", RdbFormat.ZSET, two, string("a"), new byte[] {3, '1', '.', '5'}, string("b"),
        new byte[] {-1});
    old("zipmap", RdbFormat.HASH_ZIPMAP, string(OldPackedFormats.zipmap(List.of("f", "v", "g", TEXT), 1)));
    old("ziplist list", RdbFormat.LIST_ZIPLIST, string(ziplist));
    old("ziplist hash", RdbFormat.HASH_ZIPLIST, string(ziplist));
    old("ziplist sorted set", RdbFormat.ZSET_ZIPLIST, string(ziplist));
    old("quicklist of ziplists", RdbFormat.LIST_QUICKLIST, two, string(ziplist), string(ziplist));
    old("plain node", RdbFormat.LIST_QUICKLIST_2, two, new byte[] {RdbFormat.NODE_PLAIN}, string(TEXT),
        new byte[] {RdbFormat.NODE_PACKED}, string(new byte[] {9, 0, 0, 0, 1, 0, 7, 1, -1}));
    byte[] id = new byte[16];
    id[7] = 1;
    byte[] node = {27, 0, 0, 0, 10, 0, 1, 1, 0, 1, 1, 1, (byte) 0x81, 'f', 2, 0, 1, 2, 1, 0, 1, 0, 1, 5, 1, 4, 1, -1};
    node[0] = (byte) node.length;
    old("old stream", RdbFormat.STREAM_LISTPACKS, new byte[] {1}, string(id), string(node), new byte[] {1, 1, 0},
        new byte[] {1}, string("group"), new byte[] {1, 0}, new byte[] {1}, id, new byte[8], new byte[] {1},
        new byte[] {1}, string("alice"), new byte[8], new byte[] {1}, id);
  }

  private void old(String name, int type, byte[]... parts) {
    int length = 1 + Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteBuffer payload = ByteBuffer.allocate(length + FOOTER_BYTES).put((byte) type);
    for (byte[] part : parts) payload.put(part);
    samples.put(name, payload.array());
  }

  private static byte[] string(String text) {
    return string(Bytes.of(text));
  }

  private static byte[] string(byte[] bytes) {
    RdbOutput out = new RdbOutput(bytes.length + 10, false, false);
    out.putString(bytes);
    ByteBuffer taken = out.take();
    return Arrays.copyOf(taken.array(), taken.remaining());
  }

  /** A file with that payload's value under the key "k"; without checksum. */
  public static byte[] file(byte[] payload) {
    byte[] start = Bytes.of("REDIS0010" + (char) payload[0] + "\1k");
    int body = payload.length - 1 - FOOTER_BYTES;
    ByteBuffer file = ByteBuffer.allocate(start.length + body + 9).put(start).put(payload, 1, body);
    file.put((byte) RdbFormat.EOF);
    return file.array();
  }
}
