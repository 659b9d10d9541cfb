/* clue: the county's term, counted down where people look — `list clue`, `status`. Natural days to the due date; and
 * how many days of the term had gone when the server received the clue. A decided clue counts no more. */
#ifndef ZHUCUN_AGENT_CLI_CLUE_H
#define ZHUCUN_AGENT_CLI_CLUE_H

#include "record.h"

struct clue_clock {
    bool open;
    int64_t days_left;  /* below 0: overdue */
    bool arrived;       /* the server has it: only then it is known how late it came */
    int64_t late_days;  /* day of arrival − day found */
};
int clue_clock(struct cli *c, const struct schema_table *t, const struct table_row *row, struct clue_clock *out,
               struct err *err);
void clue_text(const struct cli *c, const struct clue_clock *k, struct buf *out); /* 余 3 天（迟报 4 天） */
void clue_json(const struct clue_clock *k, json_t *object);                       /* days_left, reported_late_days */

/* rids of the clues that match, open ones by their due day, overdue ones first, then the decided. Yours to free. */
int clue_sorted(struct cli *c, const struct schema_table *t, const char *where, const struct value *args, size_t arg_count,
                int64_t **rids, size_t *count, struct err *err);

/* What `status` says of them. */
int clue_status(struct record *r, json_t *object, struct err *err); /* object NULL: lines for people */

#endif
