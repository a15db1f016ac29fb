/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PLIMSOLL_CSQLITE_H
#define PLIMSOLL_CSQLITE_H

#include <sqlite3.h>

/* SQLITE_TRANSIENT is a macro, which Swift does not see: SQLite copies the bytes. */
static inline int plimsoll_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int count) {
  return sqlite3_bind_text(statement, index, bytes, count, SQLITE_TRANSIENT);
}

/* sqlite3_db_config has a variable number of arguments, which Swift cannot pass: "a" is never a text. */
static inline void plimsoll_refuse_quoted_texts(sqlite3 *database) {
  sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0, (void *)0);
  sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, (void *)0);
}

#endif
