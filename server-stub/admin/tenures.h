/* tenures: the assignments that are there, found by household. They have no index by it: a sheet of thousands reads the
 * table once. */
#ifndef ZHUCUN_ADMIN_TENURES_H
#define ZHUCUN_ADMIN_TENURES_H

#include "actor.h"

enum { TENURE_ROLE_DEFAULT = 1 }; /* 帮扶责任人: also of a row that names no role */
struct tenure {
    struct row_id household, id, worker;
    int64_t role, until;
    bool ends; /* `until` is known */
};
struct tenures {
    const struct schema_table *t;
    struct tenure *list; /* by household */
    size_t count, cap;
    struct err *err;
};
/* Of one household, or NULL: of all. */
int tenures_read(struct tenures *ts, struct verb_call *c, const struct row_id *household, struct err *err);
void tenures_free(struct tenures *ts);
/* The first of a household's, which stand together up to list + count; NULL: it has none. */
const struct tenure *tenures_first(const struct tenures *ts, struct row_id household);
bool tenure_open(const struct tenure *k, int64_t role, int64_t on); /* in force on that day, or to be */

#endif
