/** Values of several elements: packed while they are small, made of many small pieces once they are large. */
package org.understudy.keyspace.collection;
