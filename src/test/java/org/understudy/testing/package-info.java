/** What tests of several packages share: a raw client, a reader of replies, the real redis-server next to us. */
package org.understudy.testing;
