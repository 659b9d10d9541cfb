/* visit: one visit while it is being written; shared by visit.c and visit_rows.c. */
#ifndef ZHUCUN_AGENT_CLI_VISIT_H
#define ZHUCUN_AGENT_CLI_VISIT_H

#include "capture.h"
#include "cli.h"
#include "fields.h"

enum { VISIT_ARENA_BYTES = 4 * 1024 * 1024, VISIT_FIELDS = 24, VISIT_RISKS = 20 };

struct visit {
    struct cli *c;
    struct capture *capture;
    const struct schema_table *table;
    struct arena arena;
    struct row_id author;
    int64_t date;
    struct row_id household;
    char household_text[ROW_ID_TEXT];
    struct table_row shown;      /* the household */
    struct field fields[VISIT_FIELDS];
    size_t field_count;
    struct row_id id;
    struct row_id risks[VISIT_RISKS];
    size_t risk_count;
    struct row_id clue;          /* null: none opened */
    int64_t due_on;
    uint64_t seq;
};

int visit_put_risks(struct visit *v, struct err *err);
int visit_put_clue(struct visit *v, struct err *err);
int visit_put_measures(struct visit *v, struct err *err);
int visit_set_phone(struct visit *v, struct err *err);

#endif
