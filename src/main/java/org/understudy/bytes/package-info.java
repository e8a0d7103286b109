/**
 * Byte strings and their arithmetic: keys, glob patterns, checksums, strict numbers. Knows nothing else of the server.
 */
package org.understudy.bytes;
