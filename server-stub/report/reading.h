/* reading: what every report begins with. */
#ifndef ZHUCUN_REPORT_READING_H
#define ZHUCUN_REPORT_READING_H

#include "store.h"

/* The SQLite handle of a store whose tables are this program's; ERR_REFUSED says why there are no reports. */
int report_db(struct store *reader, struct db **db, struct err *err);
/* Statements over it, within one snapshot: between report_begin and report_end. */
int report_begin(struct store *reader, const char *const *texts, size_t count, struct db **db, struct statements **sql,
                 struct err *err);
void report_end(struct store *reader, struct statements *sql);

#endif
