package org.understudy.persistence;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.understudy.bytes.Bytes;
import org.understudy.keyspace.Entry;
import org.understudy.rdb.RdbWriter;
import org.understudy.resp.RequestBuffer;

/** A snapshot as the commands that make the dataset. */
final class CommandForm implements SnapshotForm {
  private static final int NONE = -1;
  /** About as much of a large value is written in one step. */
  private static final int PART_BYTES = 8 << 10;
  private static final byte[] SELECT = Bytes.of("SELECT");

  private final RequestBuffer output = new RequestBuffer();
  private final RequestBuffer side = new RequestBuffer();
  private final RdbWriter.Place place;
  /** What comes before the first command. */
  private byte[] annotation;
  private int selected = NONE;
  private int selectedAside = NONE;
  /** The large entry that is begun, or null. */
  private ValueCommands begun;

  /**
   * @param timestampSeconds Unix time to note at the beginning, 0 for none
   * @param place where the snapshot is in the history of changes, to be noted at the end; null for none
   */
  CommandForm(List<byte[]> libraries, long timestampSeconds, RdbWriter.Place place) {
    this.place = place;
    annotation = timestampSeconds == 0 ? Bytes.EMPTY : Bytes.of("#TS:" + timestampSeconds + "\r\n");
    for (byte[] library : libraries) output.add(Bytes.of("FUNCTION"), Bytes.of("LOAD"), library);
  }

  @Override
  public void write(int database, Entry entry) {
    RequestBuffer into = begun == null ? output : side;
    if (database != (begun == null ? selected : selectedAside)) into.add(SELECT, Bytes.of(database));
    if (begun == null) selected = database;
    else selectedAside = database;
    ValueCommands commands = ValueCommands.of(entry);
    for (byte[][] next = commands.next(); next != null; next = commands.next()) into.add(next);
  }

  @Override
  public void begin(int database, Entry entry) {
    if (database != selected) output.add(SELECT, Bytes.of(database));
    selected = database;
    begun = ValueCommands.of(entry);
  }

  @Override
  public boolean step() {
    int end = output.size() + PART_BYTES;
    while (output.size() < end) {
      byte[][] next = begun.next();
      if (next == null) {
        begun = null;
        addSide();
        return true;
      }
      output.add(next);
    }
    return false;
  }

  private void addSide() {
    if (side.size() == 0) return;
    output.addEncoded(side.array(), 0, side.size());
    side.clear();
    selected = selectedAside;
    selectedAside = NONE;
  }

  @Override
  public void end() {
    if (place != null) AofPlaces.add(output, place);
  }

  @Override
  public int size() {
    return annotation.length + output.size();
  }

  @Override
  public ByteBuffer take() {
    byte[] bytes = Arrays.copyOf(annotation, size());
    System.arraycopy(output.array(), 0, bytes, annotation.length, output.size());
    annotation = Bytes.EMPTY;
    output.clear();
    return ByteBuffer.wrap(bytes);
  }

  @Override
  public void giveBack(ByteBuffer taken) {}
}
