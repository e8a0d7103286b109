/**
 * Configuration as pure code: the table of directives, the live values, the reader of files and command lines, and the
 * rewriter. Text is held one character a byte (Latin-1), as everywhere else.
 */
package org.understudy.config;
