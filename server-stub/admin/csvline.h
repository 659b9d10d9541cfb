/* csvline: a sheet that comes with an act, line by line; errors name file and line. */
#ifndef ZHUCUN_ADMIN_CSVLINE_H
#define ZHUCUN_ADMIN_CSVLINE_H

#include "zhucun/csv.h"
#include "zhucun/err.h"

/* The named columns of a record, in the order of `names`; NULL where the sheet has none of that name. */
typedef int csvline_fn(void *ctx, const char *const *fields, struct err *err);
/* `names`: the columns that are known, `required` of them (the first ones) must be there. */
int csvline_each(const char *path, const char *const *names, size_t count, size_t required, csvline_fn *fn, void *ctx,
                 struct err *err);
/* A file of one word a line (a header "household" may stand above it). */
int csvline_words(const char *path, csvline_fn *fn, void *ctx, struct err *err);

#endif
