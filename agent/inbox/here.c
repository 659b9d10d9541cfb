/* here: who and where this laptop is — its regions and the people who use it, as enrolment and pulls told. */
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "zhucun/wire.h"

enum { ROW_BYTES = 256 * 1024, PLACES_TEXT = WIRE_MAX_PLACES * 21 + 1 };

static int read_places(struct home *h, struct here *here, struct err *err)
{
    char *text = malloc(PLACES_TEXT);
    here->places = calloc(WIRE_MAX_PLACES, sizeof *here->places);
    int rc = text && here->places ? home_meta_text(h, META_PLACES, text, PLACES_TEXT, err) : err_nomem(err);
    for (char *at = text; rc == 0 && *at && here->place_count < WIRE_MAX_PLACES;) {
        here->places[here->place_count++] = strtoll(at, &at, 10);
        at += *at == ',';
        if (*at && *at != '-' && (*at < '0' || *at > '9')) break;
    }
    free(text);
    return rc;
}

static int level_of(struct home *h, const struct schema_table *t, struct row_id id, int *level, struct err *err)
{
    const struct schema_column *role = schema_column_named(t, "role");
    struct table_row row;
    struct arena arena;
    arena_init(&arena, ROW_BYTES);
    int found = table_read(h->tables, t, id, &arena, &row, err);
    const struct value *v = found == 1 ? &row.values[schema_column_index(t, role)] : NULL;
    int own = v && v->kind == VALUE_INT ? schema_code_level(role->codes, v->i) : 0;
    if (own > *level) *level = own;
    arena_free(&arena);
    return found < 0 ? found : 0;
}

/* A number that the laptop does not hold as a worker is left out: nothing can be addressed to it here. */
static int read_workers(struct home *h, struct here *here, struct err *err)
{
    char text[WIRE_MAX_WORKERS * 24];
    const struct schema_table *t = schema_table_named(h->schema, "worker");
    here->workers = calloc(WIRE_MAX_WORKERS, sizeof *here->workers);
    int rc = here->workers ? home_meta_text(h, META_WORKERS, text, sizeof text, err) : err_nomem(err);
    for (const char *at = text; rc == 0 && *at && here->worker_count < WIRE_MAX_WORKERS;) {
        size_t n = strcspn(at, ",");
        struct row_id *id = &here->workers[here->worker_count];
        if (table_find(h->tables, t, at, n, id, NULL) == 1) {
            here->worker_count++;
            rc = level_of(h, t, *id, &here->level, err);
        }
        at += n + (at[n] == ',');
    }
    return rc;
}

int here_read(struct home *h, struct here *here, struct err *err)
{
    int rc = read_places(h, here, err);
    return rc ? rc : read_workers(h, here, err);
}

void here_free(struct here *here)
{
    free(here->places);
    free(here->workers);
}

bool here_worker(const struct here *here, const struct value *id)
{
    struct row_id worker;
    if (id->kind != VALUE_BLOB || row_id_from_bytes(id->data, id->len, &worker)) return false;
    for (size_t i = 0; i < here->worker_count; i++) {
        if (row_id_equal(here->workers[i], worker)) return true;
    }
    return false;
}

enum here_reach here_reach(const struct here *here, int64_t region)
{
    enum here_reach reach = HERE_NOT;
    for (size_t i = 0; i < here->place_count; i++) {
        if (here->places[i] == region) return HERE_EXACTLY;
        if (region_covers(here->places[i], region)) reach = HERE_BELOW;
    }
    return reach;
}
