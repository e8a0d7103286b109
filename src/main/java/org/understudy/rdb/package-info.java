/**
 * RDB: the format of dump files, of full resynchronisations and of the payloads of DUMP and RESTORE. Pure step readers
 * and writers, which know neither files nor sockets; versions 1 to 10 are read, 10 is written (the format of Redis
 * 7.0).
 */
package org.understudy.rdb;
