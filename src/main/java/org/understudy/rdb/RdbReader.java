package org.understudy.rdb;

import java.util.Arrays;
import org.understudy.bytes.Bytes;
import org.understudy.bytes.Crc64;
import org.understudy.keyspace.Value;

/**
 * Reads an RDB file of version 1 to 10 from chunks of any size as they come, and shows a visitor what is in it.
 * Wherever the file is cut into chunks, the result is the same. Memory: besides the chunk, one value that is not
 * complete.
 *
 * <pre>
 *   "REDIS" and four digits      the version
 *   opcode …                     about the file, or about the next key: expiry, access history
 *   type key value               in any number, and between them opcodes
 *   255                          the end
 *   8 bytes                      CRC64 of all that, or 0; from version 5 on
 * </pre>
 */
public final class RdbReader {
  private static final byte[] MAGIC = Bytes.of("REDIS");
  private static final int VERSION_DIGITS = 4;

  /** What is to be read next. */
  private enum Next {
    MAGIC, OPCODE, EXPIRE_SECONDS, EXPIRE_MILLIS, FREQUENCY, IDLE, DATABASE, DATABASE_SIZE, DATABASE_EXPIRES,
    AUX_NAME, AUX_VALUE, MODULE_AUX_ID,
    /**
     * The four strings of a library in the old form, of which the third is there or not, as a number before it says.
     */
    FUNCTION, OLD_FUNCTION_NAME, OLD_FUNCTION_ENGINE, OLD_FUNCTION_HAS_DESCRIPTION, OLD_FUNCTION_DESCRIPTION,
    OLD_FUNCTION_CODE,
    KEY, STRING, VALUE, CHECKSUM, NOTHING
  }

  private final ReadOptions options;
  private final RdbVisitor visitor;
  private final RdbInput in = new RdbInput();
  private final ValueReader values;
  private final RdbEntry entry = new RdbEntry();
  /** The array of the last key, for the next one if it is as long. */
  private byte[] spareKey = Bytes.EMPTY;
  private byte[] carried = Bytes.EMPTY;
  private int carriedLength;

  private Next next = Next.MAGIC;
  private int version;
  private int type;
  /** The first of several strings or numbers that belong together. */
  private byte[] name;
  private byte[] engine;
  private long keys;
  /** CRC64 of what was read before {@link #summedTo}, an index of the input's array. */
  private long checksum;
  private int summedTo;

  public RdbReader(ReadOptions options, RdbVisitor visitor) {
    this.options = options;
    this.visitor = visitor;
    this.values = new ValueReader(options);
  }

  /**
   * Reads the next piece of the file. The array is the caller's again afterwards.
   *
   * @return how many bytes of it belong to the file: all of them unless it ended, see {@link #finished}
   * @throws RdbException if the file is damaged or not supported; what the visitor was shown before is not the whole
   *     then
   */
  public int read(byte[] chunk, int offset, int length) {
    if (carriedLength == 0) return length - readRange(chunk, offset, offset + length);
    int total = carriedLength + length;
    if (carried.length < total) carried = Arrays.copyOf(carried, total);
    System.arraycopy(chunk, offset, carried, carriedLength, length);
    return length - readRange(carried, 0, total);
  }

  /** Returns how many bytes are behind the file's end. */
  private int readRange(byte[] bytes, int from, int to) {
    in.bytes(bytes, from, to);
    summedTo = from;
    try {
      while (next != Next.NOTHING && step()) { }
    } catch (RdbException e) {
      throw e.at(in.position(), entry.key);
    }
    if (next == Next.NOTHING) {
      carriedLength = 0;
      return in.available();
    }
    sumUp();
    carriedLength = in.available();
    if (carried.length < carriedLength) carried = new byte[Math.max(carriedLength, 1 << 10)];
    System.arraycopy(bytes, in.index(), carried, 0, carriedLength);
    return 0;
  }

  /** Whether the file's end has been read. */
  public boolean finished() {
    return next == Next.NOTHING;
  }

  /**
   * For a source that has no more bytes.
   *
   * @throws RdbException if the file is not {@link #finished}
   */
  public void requireFinished() {
    if (!finished()) throw new RdbException("Unexpected end of the file").at(in.position(), entry.key);
  }

  /** How many bytes of the file were read. */
  public long position() {
    return in.position();
  }

  // ---- the machine -------------------------------------------------------------------------------------------------

  /** Reads one thing; false if not all of it has arrived. */
  private boolean step() {
    switch (next) {
      case MAGIC:
        return readMagic();
      case OPCODE:
        return readOpcode();
      case EXPIRE_SECONDS:
        if (!in.readInt()) return false;
        entry.expireAtMillis = in.number() * 1000;
        return then(Next.OPCODE);
      case EXPIRE_MILLIS:
        if (!in.readLong()) return false;
        entry.expireAtMillis = in.number();
        return then(Next.OPCODE);
      case FREQUENCY:
        if (!in.readByte()) return false;
        entry.frequency = (int) in.number();
        return then(Next.OPCODE);
      case IDLE:
        if (!in.readLength()) return false;
        entry.idleSeconds = in.number();
        return then(Next.OPCODE);
      case DATABASE:
        return readDatabase();
      case DATABASE_SIZE:
        if (!in.readLength()) return false;
        keys = in.number();
        return then(Next.DATABASE_EXPIRES);
      case DATABASE_EXPIRES:
        if (!in.readLength()) return false;
        visitor.sizes(entry.database, keys, in.number());
        return then(Next.OPCODE);
      case AUX_NAME:
        if (!in.readString()) return false;
        name = in.string();
        return then(Next.AUX_VALUE);
      case AUX_VALUE:
        if (!in.readString()) return false;
        visitor.aux(name, in.string());
        return then(Next.OPCODE);
      case MODULE_AUX_ID:
        if (!in.readLength()) return false;
        throw new RdbException("AUX data of module '" + ModuleId.name(in.number()) + "', which needs the module");
      case KEY:
        return readKey();
      case STRING:
        if (!in.readString()) return false;
        entry.string(in);
        return entryComplete();
      case VALUE:
        return readValue();
      case CHECKSUM:
        return readChecksum();
      default:
        return readFunction();
    }
  }

  private boolean then(Next following) {
    next = following;
    return true;
  }

  private boolean readMagic() {
    if (!in.readRaw(MAGIC.length + VERSION_DIGITS)) return false;
    byte[] magic = in.string();
    if (!Arrays.equals(magic, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new RdbException("Wrong signature trying to load DB from file");
    }
    for (int i = MAGIC.length; i < magic.length && magic[i] >= '0' && magic[i] <= '9'; i++) {
      version = 10 * version + magic[i] - '0';
    }
    if (version < 1 || version > RdbFormat.VERSION) {
      throw new RdbException("Can't handle RDB format version " + version);
    }
    return then(Next.OPCODE);
  }

  private boolean readOpcode() {
    if (!in.readByte()) return false;
    type = (int) in.number();
    if (ValueReader.isType(type)) return then(Next.KEY);
    switch (type) {
      case RdbFormat.EXPIRETIME:
        return then(Next.EXPIRE_SECONDS);
      case RdbFormat.EXPIRETIME_MS:
        return then(Next.EXPIRE_MILLIS);
      case RdbFormat.FREQ:
        return then(Next.FREQUENCY);
      case RdbFormat.IDLE:
        return then(Next.IDLE);
      case RdbFormat.SELECTDB:
        return then(Next.DATABASE);
      case RdbFormat.RESIZEDB:
        return then(Next.DATABASE_SIZE);
      case RdbFormat.AUX:
        return then(Next.AUX_NAME);
      case RdbFormat.MODULE_AUX:
        return then(Next.MODULE_AUX_ID);
      case RdbFormat.FUNCTION2:
        return then(Next.FUNCTION);
      case RdbFormat.FUNCTION_PRE_GA:
        return then(Next.OLD_FUNCTION_NAME);
      case RdbFormat.EOF:
        sumUp();
        return version < RdbFormat.FIRST_VERSION_WITH_CHECKSUM ? ended() : then(Next.CHECKSUM);
      default:
        throw new RdbException("Unknown RDB encoding type " + type);
    }
  }

  private boolean readDatabase() {
    if (!in.readLength()) return false;
    long index = in.number();
    if (index < 0 || index >= options.databases()) {
      throw new RdbException("Data file was created with a Redis server configured to handle more than "
          + options.databases() + " databases");
    }
    entry.database = (int) index;
    return then(Next.OPCODE);
  }

  /** Libraries in the old form get the first line that they have in the new one. */
  private boolean readFunction() {
    if (next == Next.OLD_FUNCTION_HAS_DESCRIPTION) {
      if (!in.readLength()) return false;
      return then(in.number() == 0 ? Next.OLD_FUNCTION_CODE : Next.OLD_FUNCTION_DESCRIPTION);
    }
    if (!in.readString()) return false;
    byte[] string = in.string();
    switch (next) {
      case OLD_FUNCTION_NAME:
        name = string;
        return then(Next.OLD_FUNCTION_ENGINE);
      case OLD_FUNCTION_ENGINE:
        engine = string;
        return then(Next.OLD_FUNCTION_HAS_DESCRIPTION);
      case OLD_FUNCTION_DESCRIPTION:
        return then(Next.OLD_FUNCTION_CODE);
      case OLD_FUNCTION_CODE:
        String firstLine = "#!" + Bytes.string(engine) + " name=" + Bytes.string(name) + "\n";
        visitor.function(Bytes.concat(Bytes.of(firstLine), string));
        return then(Next.OPCODE);
      default:
        visitor.function(string);
        return then(Next.OPCODE);
    }
  }

  private boolean readKey() {
    if (!in.readString()) return false;
    entry.key = in.string(spareKey);
    spareKey = entry.key;
    if (type == RdbFormat.STRING) return then(Next.STRING);
    values.begin(type);
    return then(Next.VALUE);
  }

  private boolean readValue() {
    if (!values.read(in)) return false;
    Value value = values.value();
    if (value == null) {
      visitor.emptyKey(entry.database, entry.key);
      entry.reset();
      return then(Next.OPCODE);
    }
    entry.value(value);
    return entryComplete();
  }

  private boolean entryComplete() {
    if (!visitor.entry(entry)) throw RdbException.duplicate(entry.database, entry.key);
    entry.reset();
    return then(Next.OPCODE);
  }

  private boolean readChecksum() {
    if (!in.readLong()) return false;
    long given = in.number();
    if (given == 0) {
      visitor.noChecksum();
    } else if (options.checksum() && given != checksum) {
      throw new RdbException("RDB CRC error: Wrong RDB checksum expected: (" + Long.toHexString(checksum)
          + ") but got (" + Long.toHexString(given) + ")");
    }
    return ended();
  }

  private boolean ended() {
    visitor.ended();
    return then(Next.NOTHING);
  }

  /** Adds what was read since the last time. */
  private void sumUp() {
    if (options.checksum()) checksum = Crc64.update(checksum, in.given(), summedTo, in.index() - summedTo);
    summedTo = in.index();
  }
}
