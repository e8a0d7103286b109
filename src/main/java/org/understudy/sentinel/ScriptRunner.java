package org.understudy.sentinel;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts scripts. */
@FunctionalInterface
public interface ScriptRunner {
  /** As processes of this machine, with our environment; what they print goes where our own output goes. */
  ScriptRunner PROCESSES = (command, folder, ended) -> {
    List<String> words = new ArrayList<>(command);
    if (words.get(0).indexOf('/') < 0) words.set(0, "./" + words.get(0)); // else it would be looked for in PATH
    Process process = new ProcessBuilder(words).directory(folder.toFile()).redirectInput(new File("/dev/null"))
        .redirectOutput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.onExit().thenAccept(done -> ended.with(done.exitValue()));
    return new Running() {
      @Override
      public long pid() {
        return process.pid();
      }

      @Override
      public void kill() {
        process.destroyForcibly();
      }
    };
  };

  /**
   * Starts a script. May block.
   *
   * @param command path and arguments, with one character a byte
   * @param folder that the script runs in, and that a relative path starts from
   * @throws IOException it cannot be started
   */
  Running start(List<String> command, Path folder, Ended ended) throws IOException;

  /** A script that was started. */
  interface Running {
    long pid();

    void kill();
  }

  /** What hears of a script's end, on any thread. */
  @FunctionalInterface
  interface Ended {
    /** From this status on it is a signal's number that was added to it. */
    int BY_SIGNAL = 128;

    /** @param status exit status; from {@link #BY_SIGNAL} on the script was ended by a signal */
    void with(int status);
  }
}
