/* check_log: P5. A supervisor reads the consolidated log in stretches, from a cursor, and is sometimes interrupted in
 * the middle of one; at the end it has seen the last state of every row, each state once. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "outflow.h"
#include "sim.h"

enum { SEEN_MAX = 16384, LINE_MAX_BYTES = 256 * 1024 };

struct seen {
    int table; /* 0: empty */
    struct row_id id;
    uint64_t csn;
    bool dead;
};

struct supervisor {
    uint64_t cursor;
    struct seen seen[SEEN_MAX];
};

struct reading {
    struct sim *s;
    struct buf line;
    uint64_t last;     /* csn of the last whole line */
    long patience;     /* bytes until the line goes dead; −1: none */
};

struct supervisor *supervisor_new(void)
{
    return calloc(1, sizeof(struct supervisor));
}

void supervisor_free(struct supervisor *v)
{
    free(v);
}

static struct seen *seen_of(struct supervisor *v, int table, struct row_id id)
{
    size_t at = (size_t)((id.origin ^ id.number * UINT64_C(0x9E3779B97F4A7C15) ^ (uint64_t)table << 20) >> 8) % SEEN_MAX;
    while (v->seen[at].table && !(v->seen[at].table == table && row_id_equal(v->seen[at].id, id))) at = (at + 1) % SEEN_MAX;
    return &v->seen[at];
}

static uint64_t number_of(const json_t *v)
{
    return json_is_string(v) ? strtoull(json_string_value(v), NULL, 10) : (uint64_t)json_integer_value(v);
}

static void take_line(struct reading *r)
{
    struct sim *s = r->s;
    json_t *o = json_loadb((const char *)r->line.data, r->line.len, 0, NULL);
    const char *table = json_string_value(json_object_get(o, "table")), *text = json_string_value(json_object_get(o, "id"));
    const char *op = json_string_value(json_object_get(o, "op"));
    const struct schema_table *t = table ? schema_table_named(schema_current(), table) : NULL;
    struct row_id id;
    if (!o) {
        sim_fail(s, "P5", "a line of the log is no JSON: %.200s", buf_text(&r->line));
    } else if (t && text && op && row_id_from_text(text, strlen(text), &id) == 0) {
        uint64_t csn = number_of(json_object_get(o, "csn"));
        if (csn <= r->last) sim_fail(s, "P5", "the log goes back: %llu after %llu", (unsigned long long)csn, (unsigned long long)r->last);
        *seen_of(s->supervisor, t->number, id) = (struct seen){t->number, id, csn, strcmp(op, "delete") == 0};
        r->last = csn;
    }
    json_decref(o);
    buf_reset(&r->line);
}

static int take_bytes(void *ctx, const void *bytes, size_t n)
{
    struct reading *r = ctx;
    const char *p = bytes;
    for (size_t i = 0; i < n; i++) {
        if (r->patience >= 0 && r->patience-- == 0) return ERR_OFFLINE;
        if (p[i] == '\n') take_line(r);
        else buf_put_u8(&r->line, (uint8_t)p[i]);
    }
    return 0;
}

void supervisor_read(struct sim *s, bool whole)
{
    struct reading r = {.s = s, .last = s->supervisor->cursor, .patience = -1};
    struct log_request q = {.since = s->supervisor->cursor, .scope = INT64_C(231200000000), .format = LOG_NDJSON};
    struct err err = {0};
    uint64_t cursor = 0;
    if (!s->server || disk_dead(s->disk, s->server_machine)) return;
    if (!whole && sim_chance(s, 40)) r.patience = (long)sim_below(s, 20000);
    buf_init(&r.line, LINE_MAX_BYTES);
    int rc = outflow_log(loopback_store(s->server), &q, take_bytes, &r, &cursor, &err);
    buf_free(&r.line);
    if (rc < 0 && rc != ERR_OFFLINE && !disk_dead(s->disk, s->server_machine)) sim_fail(s, "P5", "the log cannot be read: %s", err.en);
    s->supervisor->cursor = rc == 0 ? cursor : r.last;
    sim_say(s, "supervisor reads to %llu: %d", (unsigned long long)s->supervisor->cursor, rc);
}

static int is_seen(void *ctx, const struct feed_entry *e)
{
    struct sim *s = ctx;
    struct store *store = loopback_store(s->server);
    const struct schema_table *t = schema_table(store_schema(store), e->table);
    struct arena a;
    struct stored_row row;
    char name[80];
    if (e->moved_out || !t || e->home.place < 0) return 0; /* what is told to one laptop alone is in nobody's log */
    arena_init(&a, 1024 * 1024);
    if (store_row_by_rid(store, t, e->rid, &a, &row, NULL) == 1) {
        const struct seen *seen = seen_of(s->supervisor, e->table, row.row.id);
        sim_row_text(t, row.row.id, name);
        if (seen->csn != e->csn || seen->dead != row.dead)
            sim_fail(s, "P5", "%s is at csn %llu, dead %d; the supervisor saw %llu, %d", name, (unsigned long long)e->csn, row.dead,
                     (unsigned long long)seen->csn, seen->dead);
    }
    arena_free(&a);
    return s->failed;
}

void supervisor_check(struct sim *s)
{
    supervisor_read(s, true);
    if (!s->failed) store_feed(loopback_store(s->server), 0, is_seen, s, NULL);
}
