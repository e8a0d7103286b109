/** Who may do what. For now there is the default user, whose password is {@code requirepass}. */
package org.understudy.acl;
