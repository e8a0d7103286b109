package org.understudy.sentinel;

import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import org.understudy.bytes.Clock;
import org.understudy.persistence.FileSystem;

/**
 * What a sentinel needs of the machine that it runs on.
 *
 * @param random for the moments at which elections start
 * @param exit ends the process at once with that status
 */
public record World(Clock clock, FileSystem files, NameResolver names, ScriptRunner scripts, RandomGenerator random,
    IntConsumer exit) {}
