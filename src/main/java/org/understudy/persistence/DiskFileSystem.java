package org.understudy.persistence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The real one. */
public final class DiskFileSystem implements FileSystem {
  @Override
  public Output create(Path file) throws IOException {
    return output(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
        StandardOpenOption.TRUNCATE_EXISTING));
  }

  @Override
  public Output append(Path file) throws IOException {
    return output(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  private static Output output(FileChannel channel) {
    return new Output() {
      @Override
      public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) channel.write(bytes);
      }

      @Override
      public long size() throws IOException {
        return channel.size();
      }

      @Override
      public void truncate(long sizeBytes) throws IOException {
        channel.truncate(sizeBytes);
      }

      /** Without times and the like, which nobody needs after a crash; the size is synced. */
      @Override
      public void sync() throws IOException {
        channel.force(false);
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }

  @Override
  public Input open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    return new Input() {
      @Override
      public long size() throws IOException {
        return channel.size();
      }

      @Override
      public int read(byte[] into) throws IOException {
        return channel.read(ByteBuffer.wrap(into));
      }

      @Override
      public int read(long position, byte[] into) throws IOException {
        return channel.read(ByteBuffer.wrap(into), position);
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }

  @Override
  public boolean exists(Path path) {
    return Files.exists(path);
  }

  @Override
  public long size(Path file) throws IOException {
    return Files.size(file);
  }

  @Override
  public void createFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) Files.createDirectory(folder);
  }

  @Override
  public void truncate(Path file, long sizeBytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(sizeBytes);
      channel.force(false);
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public void copyPermissions(Path from, Path to) throws IOException {
    if (Files.exists(from)) Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
  }

  /** A folder can be opened like a file where the operating system is one of the Unix family. */
  @Override
  public void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
