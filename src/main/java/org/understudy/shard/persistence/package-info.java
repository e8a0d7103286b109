/**
 * When the dataset is saved and loaded, and the commands for it. {@link org.understudy.shard.persistence.Persistence}
 * decides, {@code org.understudy.persistence} does it.
 */
package org.understudy.shard.persistence;
