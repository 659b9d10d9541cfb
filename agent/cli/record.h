/* record: a row as people and programs read it. One place decides the key names of --json, how references are
 * named, and how a row's state is told; list, show and export use it. */
#ifndef ZHUCUN_AGENT_CLI_RECORD_H
#define ZHUCUN_AGENT_CLI_RECORD_H

#include <jansson.h>

#include "cli.h"
#include "journal.h"

enum { RECORD_NAMES = 64, RECORD_NAME_BYTES = 80 };

struct record_name {
    int table;
    struct row_id id;
    bool here;
    char key[RECORD_NAME_BYTES];
};

/* Reads rows for showing; remembers the names it has looked up lately. */
struct record {
    struct cli *c;
    struct arena arena;
    struct record_name names[RECORD_NAMES];
};
void record_open(struct record *r, struct cli *c);
void record_close(struct record *r);

/* Natural key of a row ("" when it has none). False: the row is not here. */
int record_key(struct record *r, int table, struct row_id id, const char **key, bool *here, struct err *err);
/* Author as worker number, else id, else "". Borrowed until the next call. */
int record_author(struct record *r, const struct table_row *row, const char **author, struct err *err);

/* A value as text: references by natural key where the row is here, else by id. */
int record_text(struct record *r, const struct schema_column *c, const struct value *v, enum lang lang, struct buf *out,
                struct err *err);

/* In --json a column whose name a system key has already taken is called TABLE_COLUMN ("risk_state"). Import
 * takes both. */
const char *record_json_key(const struct schema_table *t, const struct schema_column *c, char out[80]);
const struct schema_column *record_column(const struct schema_table *t, const char *name);
bool record_system_key(const char *name); /* id, state, author, authored_at, received_at, why */

/* --json: all columns, id, state, author, authored_at, received_at. */
int record_json(struct record *r, const struct schema_table *t, const struct table_row *row, json_t **out,
                struct err *err);
/* For export: id and columns by their own names, references by natural key. */
int record_json_plain(struct record *r, const struct schema_table *t, const struct table_row *row, json_t **out,
                      struct err *err);
/* Writes one object as one line, takes the reference. */
int record_json_line(FILE *to, json_t *object, struct err *err);

const char *record_state_name(enum record_state s);                       /* pending, received, quarantined */
const char *record_state_label(const struct cli *c, enum record_state s); /* 未上报 … */
/* The same for a row: a reply to an order that was in time and came late says so (延迟上传). */
int record_state_words(struct record *r, const struct schema_table *t, const struct table_row *row, enum record_state s,
                       const char **words, struct err *err);
void record_instant(int64_t ms, char out[30]);                            /* "" for 0 */

#endif
