package org.understudy.config;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** File names with wildcards, as {@code include} takes them and glob(3) expands them. */
final class FilePattern {
  private FilePattern() {}

  static boolean isPattern(String name) {
    return name.indexOf('*') >= 0 || name.indexOf('?') >= 0 || name.indexOf('[') >= 0;
  }

  /**
   * The existing files that the pattern names, sorted; relative if the pattern is. A wildcard matches neither a slash
   * nor a dot at the start of a name.
   */
  static List<Path> expand(String pattern, Path folder) {
    boolean absolute = pattern.startsWith("/");
    List<Path> found = List.of(Path.of(absolute ? "/" : ""));
    for (String part : pattern.split("/+")) {
      if (part.isEmpty()) continue;
      List<Path> next = new ArrayList<>();
      for (Path parent : found) addMatching(parent, folder.resolve(parent), part, next);
      found = next;
    }
    return found;
  }

  private static void addMatching(Path parent, Path folder, String part, List<Path> found) {
    if (!isPattern(part)) {
      Path child = parent.resolve(FileNames.path(part));
      if (Files.exists(folder.resolve(child.getFileName()), LinkOption.NOFOLLOW_LINKS)) found.add(child);
      return;
    }
    Pattern regex = regex(part);
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      for (Path child : children) {
        String name = FileNames.text(child.getFileName());
        if ((!name.startsWith(".") || part.startsWith(".")) && regex.matcher(name).matches()) names.add(name);
      }
    } catch (IOException unreadable) {
      return; // what can't be listed has no matches
    }
    names.sort(null);
    for (String name : names) found.add(parent.resolve(FileNames.path(name)));
  }

  /** The wildcards of one part of a path as a regular expression. */
  private static Pattern regex(String part) {
    StringBuilder regex = new StringBuilder();
    int i = 0;
    while (i < part.length()) {
      char c = part.charAt(i++);
      int end = c == '[' ? part.indexOf(']', i + (i < part.length() && "!^".indexOf(part.charAt(i)) >= 0 ? 2 : 1)) : -1;
      if (c == '*') {
        regex.append(".*");
      } else if (c == '?') {
        regex.append('.');
      } else if (end >= 0) {
        boolean not = "!^".indexOf(part.charAt(i)) >= 0;
        String members = part.substring(not ? i + 1 : i, end).replaceAll("[\\\\\\[\\]&^]", "\\\\$0");
        regex.append(not ? "[^" : "[").append(members).append(']');
        i = end + 1;
      } else {
        if (c == '\\' && i < part.length()) c = part.charAt(i++);
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    try {
      return Pattern.compile(regex.toString(), Pattern.DOTALL);
    } catch (PatternSyntaxException backwardsRange) {
      return Pattern.compile("(?!)");
    }
  }
}
