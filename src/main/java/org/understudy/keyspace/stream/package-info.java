/** Streams: entries packed in listpacks, and consumer groups with what is pending. */
package org.understudy.keyspace.stream;
