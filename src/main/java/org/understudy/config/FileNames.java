package org.understudy.config;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.understudy.bytes.Bytes;

/** File names are bytes to the operating system and to the configuration, and text to Java: this goes between. */
public final class FileNames {
  private FileNames() {}

  /** The path that the bytes of a text name. A name that no path can have is one that no file has. */
  static Path path(String text) {
    try {
      return Path.of(new String(Bytes.of(text), nativeCharset()));
    } catch (InvalidPathException e) {
      return Path.of(text.replace('\0', '?').replaceAll("[^\\x20-\\x7e]", "?"));
    }
  }

  /** One character a byte of the path. */
  static String text(Path path) {
    return text(path.toString());
  }

  /** A text from the command line or the environment with one character a byte. */
  static String text(String nativeText) {
    return Bytes.string(nativeText.getBytes(nativeCharset()));
  }

  private static Charset nativeCharset() {
    return Charset.forName(System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name()));
  }

  /** Why an access failed, in the words of strerror. */
  public static String reason(IOException failure) {
    if (failure instanceof NoSuchFileException) return "No such file or directory";
    if (failure instanceof AccessDeniedException) return "Permission denied";
    if (failure instanceof NotDirectoryException) return "Not a directory";
    if (failure instanceof FileSystemException e && e.getReason() != null) return e.getReason();
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
  }
}
