/** The wire protocol as pure code: requests in, replies out, RESP2 and RESP3. No sockets, no actors. */
package org.understudy.resp;
