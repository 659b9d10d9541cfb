/* author: who writes — the level that counts, and where it counts, and what a supervisor should know of him: is he a worker at all, and
 * still on duty? Neighbours: decide.c (the level decides who may write), marks.c (the rest).
 *
 * A worker's row is read once for a run of changesets of one author in a push, a device's once for the push. */
#include <string.h>

#include "work.h"

static const struct schema_table *worker_table(const struct decision *d)
{
    return schema_table_named(d->work->schema, "worker");
}

static const struct value *worker_value(const struct decision *d, const struct stored_row *row, const char *column)
{
    const struct schema_table *t = worker_table(d);
    return &row->row.values[schema_column_index(t, schema_column_named(t, column))];
}

int author_device(struct decision *d, const struct device **device, struct err *err)
{
    int rc = own_device(d->work, d->cs->origin, err);
    *device = d->work->device_found ? d->work->device : NULL;
    return rc;
}

/* May this device speak for the worker with that number? */
bool author_of_device(const struct device *device, const char *no)
{
    for (size_t i = 0; i < device->worker_count; i++) {
        if (strcmp(device->workers[i], no) == 0) return true;
    }
    return false;
}

static void keep_facts(const struct decision *d, struct author *a, const struct stored_row *row)
{
    const struct value *no = worker_value(d, row, "no"), *until = worker_value(d, row, "active_to");
    const struct value *region = worker_value(d, row, "region");
    if (no->kind == VALUE_TEXT && no->len < sizeof a->no) memcpy(a->no, no->data, no->len);
    if (until->kind == VALUE_INT) a->active_to = until->i;
    if (region->kind == VALUE_INT) a->region = region->i;
    a->known = true;
}

/* What the worker's row says. A row of workers written meanwhile is seen by the next push. */
static int read_author(struct decision *d, struct err *err)
{
    struct work *w = d->work;
    struct stored_row row;
    if (w->author.read && row_id_equal(w->author.id, d->cs->author)) return 0;
    w->author = (struct author){.id = d->cs->author, .read = true, .active_to = INT64_MAX};
    if (row_id_is_null(d->cs->author)) return 0;
    int rc = store_row_get(w->store, worker_table(d), d->cs->author, &w->arena, &row, err);
    if (rc == 1) keep_facts(d, &w->author, &row);
    return rc < 0 ? rc : 0;
}

/* A laptop can name any author it holds a row of; only those it was enrolled for lend it their level above a
 * cadre's. One enrolled for nobody in particular has a cadre's at most. The work itself is kept either way. */
static int level_by_device(struct decision *d, struct err *err)
{
    const struct device *device;
    int rc = author_device(d, &device, err);
    if (rc != 0 || device == NULL || author_of_device(device, d->work->author.no)) return rc;
    d->rank = LEVEL_CADRE;
    return 0;
}

/* A private place is its laptop's own, and in nobody's region. */
static bool in_charge(const struct author *a, int64_t place)
{
    return place < 0 || (a->region > 0 && region_covers(a->region, place));
}

/* A supervisor's level counts where he is responsible: where the row lives, lived before this changeset, or would live
 * if he had his way. Elsewhere he is a cadre like others, and what is above that he proposes. */
int author_at(struct decision *d, size_t i, const struct pending_row *p, struct err *err)
{
    const struct author *a = &d->work->author;
    struct row_home wanted;
    d->level = d->rank;
    if (d->rank <= LEVEL_CADRE || d->rank >= LEVEL_CITY) return 0;
    if (!p->is_new && (in_charge(a, p->row.home.place) || (p->was_live && in_charge(a, p->old_home.place)))) return 0;
    int rc = place_wanted(d, i, p, &wanted, err);
    if (rc < 0) return rc;
    if (rc == 0 || !in_charge(a, wanted.place)) d->level = LEVEL_CADRE;
    return 0;
}

/* The installation itself (nobody signed in) counts as the city at the server and as a contact elsewhere; so
 * does a worker the server has never heard of. */
int author_find(struct decision *d, struct err *err)
{
    int level = 0;
    d->rank = LEVEL_CITY;
    d->ruling = d->cs->origin == store_server_origin(d->work->store);
    if (d->ruling) return 0;
    int rc = store_worker_level(d->work->store, d->cs->author, &level, err);
    if (rc < 0) return rc;
    d->rank = rc == 1 ? level : LEVEL_CONTACT;
    rc = read_author(d, err);
    return rc == 0 && d->rank > LEVEL_CADRE ? level_by_device(d, err) : rc;
}
