/**
 * A client's connection: the stage that turns chunks into requests, the actor that answers or forwards them, the
 * listener.
 */
package org.understudy.client;
