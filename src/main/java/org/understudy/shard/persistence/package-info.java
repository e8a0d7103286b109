/**
 * When the dataset is saved and loaded, and the commands for it. {@link org.understudy.shard.persistence.Persistence},
 * its {@code Saves} and its {@code AofRewrite} decide, {@code org.understudy.persistence} does it.
 */
package org.understudy.shard.persistence;
