/** Keeps the dataset in files: RDB files and the multi-part append-only file, through a small file system seam. */
package org.understudy.persistence;
