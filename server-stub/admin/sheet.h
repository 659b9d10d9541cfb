/* sheet: one file of a roster folder, line by line into roster_add. Errors name file, line and column. */
#ifndef ZHUCUN_ADMIN_SHEET_H
#define ZHUCUN_ADMIN_SHEET_H

#include "admin.h"
#include "roster.h"

/* *rows: how many it held. */
int sheet_load(struct roster *r, const struct schema_table *t, const char *path, const struct admin *admin,
               uint64_t *rows, struct err *err);

#endif
