/* notice: tells the laptops concerned what did not become of what they sent. A row of table `notice` at each laptop's
 * private place, so that it arrives by the ordinary pull, whatever the laptop holds meanwhile.
 *
 *   ledger                       →  to the loser's laptop    to the laptop whose value is in force
 *   lost                            未采用                    待核实, when somebody should look at the pair
 *   proposal                        建议                      —
 *   superseded                      — (its author had seen it, or it was the author's own)
 *   handover                        移交, to who gives the household up; 接手, to who gets it; with its number
 *   a move to another village       迁移, to those that hold one of the two villages: moves.c
 *   a row outside the laptop's scope: 范围外, to its author's laptop: stored, credited, told no more */
#include <stdio.h>
#include <string.h>

#include "work.h"

enum { NOTICE_LOST = 1, NOTICE_PROPOSAL = 2, NOTICE_VERIFY = 3, NOTICE_OUTSIDE = 6, NOTICE_MOVED = 7, TEXT_POINTS = 2000, NAME_BYTES = 120 };

/* Columns of `notice`, core/schema/tables.c. */
enum {
    N_ADDRESSEE = 1, N_KIND, N_DAY, N_RECORD, N_ITEM, N_YOURS, N_CURRENT, N_REASON, N_OTHER, N_LEDGER, N_SEQ,
    N_WHY = 15, N_COUNT = N_WHY
};

struct telling {
    struct decision *d;
    struct cell cells[N_COUNT];
    struct err *err;
};

static struct value keep_text(struct telling *k, const char *text, size_t n)
{
    const void *bytes = n ? arena_copy(&k->d->work->arena, text, n) : NULL;
    return bytes ? value_text(bytes, n) : value_null();
}

static size_t cut_points(const char *text, size_t n, size_t points)
{
    size_t at = 0;
    for (size_t seen = 0; at < n; at++) {
        if (((unsigned char)text[at] & 0xc0) == 0x80) continue;
        if (seen++ == points) break;
    }
    return at;
}

static struct value value_words(struct telling *k, const struct schema_column *c, const struct value *v)
{
    struct buf *out = &k->d->work->scratch;
    if (c == NULL) return value_null();
    buf_reset(out);
    schema_format(c, v, LANG_ZH, out);
    const char *text = buf_text(out);
    return keep_text(k, text, cut_points(text, out->len, TEXT_POINTS));
}

/* "B2 王某": number and name, as far as they are known. */
static int worker_words(struct telling *k, struct row_id worker, struct value *out)
{
    struct work *w = k->d->work;
    const struct schema_table *t = schema_table_named(w->schema, "worker");
    struct stored_row row;
    char text[NAME_BYTES];
    *out = value_null();
    if (row_id_is_null(worker)) return 0;
    int rc = store_row_get(w->store, t, worker, &w->arena, &row, k->err);
    if (rc != 1) return rc;
    const struct value *no = &row.row.values[schema_column_index(t, schema_column_named(t, "no"))];
    const struct value *name = &row.row.values[schema_column_index(t, schema_column_named(t, "name"))];
    int n = snprintf(text, sizeof text, "%.*s %.*s", (int)no->len, no->data ? (const char *)no->data : "", (int)name->len,
                     name->data ? (const char *)name->data : "");
    size_t len = n > 0 && (size_t)n < sizeof text ? (size_t)n : 0;
    *out = keep_text(k, text, cut_points(text, len, 60));
    return 0;
}

int notice_author(struct decision *d, struct row_id worker, struct value *out, struct err *err)
{
    struct telling k = {.d = d, .err = err};
    int rc = worker_words(&k, worker, out);
    return rc < 0 ? rc : 0;
}

static void set(struct telling *k, int column, struct value v)
{
    k->cells[column - 1].value = v;
}

static void start(struct telling *k, uint64_t addressee, int kind, int table, struct row_id row)
{
    const struct schema_table *t = schema_table(k->d->work->schema, table);
    char id[ROW_ID_TEXT], text[80];
    for (int i = 0; i < N_COUNT; i++) k->cells[i] = (struct cell){.column = i + 1};
    row_id_to_text(row, id);
    int n = snprintf(text, sizeof text, "%s/%s", t ? t->name : "", id);
    set(k, N_ADDRESSEE, value_int(region_private(addressee)));
    set(k, N_KIND, value_int(kind));
    set(k, N_DAY, value_int(date_of_ms(k->d->received_ms)));
    set(k, N_RECORD, keep_text(k, text, n > 0 ? (size_t)n : 0));
}

static int finish(struct telling *k)
{
    struct work *w = k->d->work;
    return own_put(w, schema_table_named(w->schema, "notice"), k->cells, N_COUNT, k->err);
}

/* Is there a laptop of that origin? 1, 0, negative. */
static int is_device(struct decision *d, uint64_t origin, struct err *err)
{
    struct work *w = d->work;
    struct device *other;
    if (origin == store_server_origin(w->store)) return 0;
    if (origin == d->cs->origin) return w->device_found;
    other = arena_alloc(&w->arena, sizeof *other);
    return other ? store_device_by_origin(w->store, origin, &w->arena, other, err) : err_nomem(err);
}

static struct value value_in_force(struct decision *d, const struct ledger_entry *e, const struct schema_column *c)
{
    const struct pending_row *p = *decide_slot(d, e->table, e->row);
    return p && c && !p->row.dead ? p->row.row.values[schema_column_index(p->table, c)] : value_null();
}

static int tell(struct telling *k, const struct ledger_entry *e, int kind, const struct cell_version *to,
                const struct value *yours, const struct value *current, const struct cell_version *by)
{
    const struct schema_table *t = schema_table(k->d->work->schema, e->table);
    const struct schema_column *c = t && e->column ? schema_column(t, e->column) : NULL;
    struct value other;
    int rc = is_device(k->d, to->origin, k->err);
    if (rc != 1) return rc;
    start(k, to->origin, kind, e->table, e->row);
    if ((rc = worker_words(k, by->author, &other)) < 0) return rc;
    if (c) set(k, N_ITEM, keep_text(k, c->name, strlen(c->name)));
    set(k, N_YOURS, value_words(k, c, yours));
    set(k, N_CURRENT, value_words(k, c, current));
    set(k, N_REASON, e->reason ? value_int((int64_t)e->reason) : value_null());
    set(k, N_OTHER, other);
    set(k, N_LEDGER, value_int((int64_t)e->id));
    set(k, N_SEQ, value_int((int64_t)to->seq));
    return finish(k);
}

static int tell_both(struct telling *k, const struct ledger_entry *e)
{
    const struct schema_table *t = schema_table(k->d->work->schema, e->table);
    const struct schema_column *c = t && e->column ? schema_column(t, e->column) : NULL;
    struct value now = value_in_force(k->d, e, c);
    int kind = e->kind == LEDGER_PROPOSAL ? NOTICE_PROPOSAL : NOTICE_LOST;
    int rc = tell(k, e, kind, &e->loser, &e->value, &now, &e->winner);
    if (rc < 0 || !e->to_verify || e->winner.origin == e->loser.origin) return rc < 0 ? rc : 0;
    rc = tell(k, e, NOTICE_VERIFY, &e->winner, &now, &e->value, &e->loser);
    return rc < 0 ? rc : 0;
}

static int tell_outside(struct telling *k, const struct pending_row *p)
{
    struct decision *d = k->d;
    if (d->work->cover == NULL || p->carried || p->proposed || cover_has(d->work->cover, p->row.home)) return 0;
    start(k, d->cs->origin, NOTICE_OUTSIDE, p->table->number, p->row.row.id);
    set(k, N_SEQ, value_int((int64_t)d->cs->seq));
    return finish(k);
}

int notice_losses(struct decision *d, struct err *err)
{
    struct telling k = {.d = d, .err = err};
    int rc = 0;
    for (const struct ledger_note *n = d->notes; n && rc == 0; n = n->next)
        if (n->entry.kind == LEDGER_LOST || n->entry.kind == LEDGER_PROPOSAL) rc = tell_both(&k, &n->entry);
    for (const struct pending_row *p = d->rows; p && rc == 0; p = p->next) rc = tell_outside(&k, p);
    return rc;
}

/* The number stays known when the laptop has given the household up. */
static int household_number(struct telling *k, struct row_id household, struct value *out)
{
    struct work *w = k->d->work;
    const struct schema_table *t = schema_table_named(w->schema, "household");
    struct stored_row row;
    int rc = store_row_get(w->store, t, household, &w->arena, &row, k->err);
    *out = rc == 1 ? row.row.values[schema_column_index(t, schema_column_named(t, "national_no"))] : value_null();
    return rc < 0 ? rc : 0;
}

int notice_handover(struct decision *d, uint64_t addressee, const struct handover *h, struct err *err)
{
    struct telling k = {.d = d, .err = err};
    const struct schema_table *t = schema_table_named(d->work->schema, "household");
    struct value other, number;
    start(&k, addressee, h->gained ? NOTICE_TAKEN_OVER : NOTICE_HANDED_OVER, t->number, h->household);
    int rc = worker_words(&k, h->other, &other);
    if (rc >= 0) rc = household_number(&k, h->household, &number);
    if (rc < 0) return rc;
    set(&k, N_OTHER, other);
    set(&k, N_YOURS, number);
    return finish(&k);
}

int notice_move(struct decision *d, uint64_t addressee, const struct move *m, struct err *err)
{
    struct telling k = {.d = d, .err = err};
    bool one = m->count == 1 || row_id_is_null(m->village);
    const struct schema_table *t = schema_table_named(d->work->schema, one ? "household" : "region");
    start(&k, addressee, NOTICE_MOVED, t->number, one ? m->household : m->village);
    set(&k, N_YOURS, m->from_words);
    set(&k, N_CURRENT, m->to_words);
    set(&k, N_OTHER, m->by);
    set(&k, N_WHY, m->what);
    return finish(&k);
}
