/* explain: what a person needs to judge about one cell of one record — which household and whose, the value as
 * text, who wrote it on which laptop, when, and what was known there at that moment. */
#ifndef ZHUCUN_SERVER_CLI_EXPLAIN_H
#define ZHUCUN_SERVER_CLI_EXPLAIN_H

#include "cli.h"

struct explain {
    struct cli *c;
    struct store *s;
    struct arena arena; /* of one entry: emptied by explain_next */
};
void explain_open(struct explain *x, struct cli *c, struct store *s);
void explain_close(struct explain *x);
void explain_next(struct explain *x);

/* Sets "author" (number), "name", "origin", "laptop", "seq", "observed", "authored_at", "corrected_at",
 * "received_at", "base" and "seen_up_to" on the object. */
int explain_write(struct explain *x, json_t *o, uint64_t origin, uint64_t seq, struct err *err);
/* Sets "household" (its number) and "person" where there are such. `e`: an entry about it, for a record that is only
 * proposed; or NULL. */
int explain_record(struct explain *x, json_t *o, const struct schema_table *t, struct row_id id,
                   const struct ledger_entry *e, struct err *err);
void explain_value(const struct schema_table *t, int column, const struct value *v, enum lang lang, struct buf *out);
/* Names and values in the reader's language; --json says the same in every one. */
enum lang explain_lang(const struct cli *c);
const char *explain_table(const struct cli *c, const struct schema_table *t);                          /* "?": unknown */
const char *explain_column(const struct cli *c, const struct schema_table *t, const char *name);
/* Has the cell been written again, or the row deleted, since the entry was made? 1, 0, negative. */
int explain_changed(struct explain *x, const struct ledger_entry *e, const struct stored_row *row, struct err *err);
/* What an entry is about, as text: a value, or the whole row's. */
void explain_entry(struct explain *x, const struct ledger_entry *e, struct buf *out);
/* The value that held against it: 1, 0 when that has been replaced without a trace (it was empty), negative. */
int explain_winner(struct explain *x, const struct ledger_entry *e, struct value *out, struct err *err);

const char *explain_kind(enum ledger_kind kind);
const char *explain_reason(enum merge_reason reason);                             /* stable name */
const char *explain_why(const struct cli *c, enum merge_reason reason);           /* sentence */
const char *explain_ruling(enum ledger_ruling ruling);                            /* stable name; "" open */
const char *explain_ruled(const struct cli *c, enum ledger_ruling ruling);        /* sentence */
enum ledger_ruling explain_ruling_named(const char *name);
void explain_words(const struct cli *c, const char *text); /* prints why something was ruled: a person's words, or ours */
const char *explain_text(const json_t *o, const char *name);                      /* "" when there is none */

/* quarantine.c: those that concern the scope, the table (NULL: any) and the row (null: any). */
int quarantined_list(struct cli *c, struct explain *x, int64_t scope, const struct schema_table *table, struct row_id row,
                     bool conflict, unsigned *shown);

/* "TABLE/ID", by number or id. A record that is only proposed is found by id: *found false. */
int explain_find(struct cli *c, struct store *s, const char *text, const struct schema_table **t, struct row_id *id,
                 bool *found);

#endif
