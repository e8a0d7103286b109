/** The command table (one row a command) and the handlers that need nothing but the keyspace, one file a family. */
package org.understudy.command;
