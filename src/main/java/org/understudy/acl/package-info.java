/** Who may do what: users, the rules that describe them, decisions, and a log of what was denied. */
package org.understudy.acl;
