/** Keeps the dataset in files: saves and loads RDB files, through a small file system seam. */
package org.understudy.persistence;
