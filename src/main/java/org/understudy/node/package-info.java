/** The process around the actors: arguments, log, signals, daemon and pid file, and the wiring of a node. */
package org.understudy.node;
