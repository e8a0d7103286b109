/** The process around the shard: what is known of it, what can be measured of it, and what commands can do to it. */
package org.understudy.shard.server;
