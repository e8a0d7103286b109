/**
 * The event loop under the dispatchers: one thread that runs every actor and every stream of an actor system, its
 * selector and its timers.
 *
 * <p>Start reading at {@link org.understudy.engine.EventLoop}; {@link org.understudy.engine.Engine} makes the
 * configuration of an actor system that lives on one. The other classes are the sockets that Pekko and the JDK offer to
 * plug it in: an executor, a dispatcher, a scheduler and a selector provider. {@code EngineBenchmark}, among the tests,
 * shows what each part is worth.
 */
package org.understudy.engine;
