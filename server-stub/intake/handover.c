/* handover: assignments that a changeset made or ended. The laptops of the workers concerned are told (移交, 接手), and
 * those that hold what is assigned are brought up to it: server-stub/scope says how a household leaves in two phases.
 *
 * Gathered for each changeset, done once a push: a county's reorganisation looks at the laptops once.
 *
 * What was written ahead begins, and what was ended ahead ends, on the first occasion of its day (handover_day): from
 * then on `today` is that day, so that each turn is seen once, by the day or by the write. */
#include <string.h>

#include "work.h"

struct tenure {
    struct row_id worker, household;
    bool active;
};

static const struct value *value_of(const struct schema_table *t, const struct value *values, const char *column)
{
    return &values[schema_column_index(t, schema_column_named(t, column))];
}

/* Who has the household by this row, on that day. */
static struct tenure tenure_of(const struct schema_table *t, const struct value *values, bool live, int64_t day)
{
    struct tenure k = {.active = live && values != NULL};
    if (!k.active) return k;
    const struct value *worker = value_of(t, values, "worker"), *household = value_of(t, values, "household");
    const struct value *since = value_of(t, values, "since"), *until = value_of(t, values, "until");
    k.active = worker->kind == VALUE_BLOB && row_id_from_bytes(worker->data, worker->len, &k.worker) == 0 &&
               household->kind == VALUE_BLOB && row_id_from_bytes(household->data, household->len, &k.household) == 0 &&
               (since->kind != VALUE_INT || since->i <= day) && (until->kind != VALUE_INT || until->i >= day);
    return k;
}

static int add(struct work *w, const struct tenure *k, bool gained, struct err *err)
{
    struct handovers *all = &w->own.handovers;
    if (all->count == all->room) {
        size_t room = all->room * 2 + 16;
        struct handover *list = arena_array(&w->arena, room, sizeof *list);
        if (list == NULL) return err_nomem(err);
        for (size_t i = 0; i < all->count; i++) list[i] = all->list[i];
        all->list = list;
        all->room = room;
    }
    all->list[all->count++] = (struct handover){.household = k->household, .worker = k->worker, .gained = gained};
    return 0;
}

static bool same(const struct tenure *a, const struct tenure *b)
{
    return a->active && b->active && row_id_equal(a->worker, b->worker) && row_id_equal(a->household, b->household);
}

/* The day by which holdings go: a changeset that was received before midnight may be written after the turn. */
static int today(struct work *w, int64_t received_ms, int64_t *day, struct err *err)
{
    int64_t turned = 0, received = date_of_ms(received_ms);
    int rc = store_scope_day(w->store, &turned, err);
    *day = rc == 1 && turned > received ? turned : received;
    return rc < 0 ? rc : 0;
}

int handover_note(struct decision *d, struct err *err)
{
    const struct schema_table *t = schema_table_named(d->work->schema, "assignment");
    int64_t day = 0;
    int rc = today(d->work, d->received_ms, &day, err);
    for (const struct pending_row *p = d->rows; p && rc == 0; p = p->next) {
        if (p->table != t || p->proposed || p->carried) continue;
        struct tenure was = tenure_of(t, p->old_values, p->was_live, day);
        struct tenure is = tenure_of(t, p->row.row.values, !p->row.dead, day);
        if (same(&was, &is)) continue;
        if (was.active) rc = add(d->work, &was, false, err);
        if (rc == 0 && is.active) rc = add(d->work, &is, true, err);
    }
    return rc;
}

/* ---- once a push ---- */

/* The other side of a handover: who gets what this one gives, or the reverse. */
static void pair_up(struct handovers *all)
{
    for (size_t i = 0; i < all->count; i++) {
        struct handover *h = &all->list[i];
        for (size_t k = i < 8 ? 0 : i - 8; k < all->count && k < i + 8; k++) { /* the two stand close together */
            const struct handover *o = &all->list[k];
            if (o->gained != h->gained && row_id_equal(o->household, h->household)) h->other = o->worker;
        }
    }
}

struct refreshing {
    struct decision d; /* for notices: work and time */
    int64_t day;
    uint64_t head; /* the notices come right behind it, in the order in which they are gathered */
    struct err *err;
};

static int number_of(struct refreshing *r, struct row_id worker, char out[24])
{
    struct work *w = r->d.work;
    const struct schema_table *t = schema_table_named(w->schema, "worker");
    struct stored_row row;
    out[0] = '\0';
    int rc = store_row_get(w->store, t, worker, &w->arena, &row, r->err);
    if (rc != 1) return rc;
    const struct value *no = value_of(t, row.row.values, "no");
    if (no->kind == VALUE_TEXT && no->len < 24) memcpy(out, no->data, no->len), out[no->len] = '\0';
    return 0;
}

static bool has_worker(const struct device *device, const char *number)
{
    for (size_t i = 0; i < device->worker_count; i++)
        if (*number && strcmp(device->workers[i], number) == 0) return true;
    return false;
}

static int refresh_device(void *ctx, const struct device *device)
{
    struct refreshing *r = ctx;
    struct handovers *all = &r->d.work->own.handovers;
    bool concerned = false;
    int rc = 0;
    for (size_t i = 0; i < all->count && rc == 0; i++) {
        const struct handover *h = &all->list[i];
        if (!has_worker(device, h->number)) continue;
        concerned = true;
        if (!has_worker(device, h->other_number)) rc = notice_handover(&r->d, device->origin, h, r->err);
    }
    if (rc != 0 || !concerned || !device->assigned) return rc;
    /* What leaves does so from its last notice on: on a new day nothing else comes before that. */
    return scope_refresh(r->d.work->store, device, r->day, r->head + r->d.work->own.count, r->err);
}

int handover_refresh(struct work *w, int64_t received_ms, struct err *err)
{
    struct handovers *all = &w->own.handovers;
    struct refreshing r = {.d = {.work = w, .received_ms = received_ms}, .err = err};
    if (all->count == 0) return 0;
    int rc = today(w, received_ms, &r.day, err);
    if (rc == 0) rc = store_head(w->store, &r.head, err);
    pair_up(all);
    for (size_t i = 0; i < all->count && rc == 0; i++) {
        rc = number_of(&r, all->list[i].worker, all->list[i].number);
        if (rc == 0 && !row_id_is_null(all->list[i].other)) rc = number_of(&r, all->list[i].other, all->list[i].other_number);
    }
    return rc == 0 ? store_device_walk(w->store, refresh_device, &r, err) : rc;
}

/* ---- a new day ---- */

struct turning {
    struct work *work;
    int64_t day;
    uint64_t csn;
    struct err *err;
};

static int note_turn(void *ctx, struct row_id household, struct row_id worker, bool begins)
{
    struct turning *k = ctx;
    const struct tenure turned = {.worker = worker, .household = household, .active = true};
    return add(k->work, &turned, begins, k->err);
}

static int follow_quietly(void *ctx, const struct device *device)
{
    struct turning *k = ctx;
    return device->assigned ? scope_refresh(k->work->store, device, k->day, k->csn, k->err) : 0;
}

/* 1: turned from `*last` (0: from nothing known, by an older program); 0: nothing to do. */
static int is_new(struct turning *k, int64_t *last)
{
    *last = 0;
    int rc = store_scope_day(k->work->store, last, k->err);
    if (rc < 0 || (rc == 1 && *last >= k->day)) return rc < 0 ? rc : 0;
    rc = store_scope_day_put(k->work->store, k->day, k->err);
    return rc == 0 ? 1 : rc;
}

int handover_day(struct work *w, int64_t now_ms, struct err *err)
{
    struct turning k = {.work = w, .day = date_of_ms(now_ms), .err = err};
    int64_t last;
    int rc = is_new(&k, &last);
    if (rc <= 0) return rc;
    own_start(w);
    if (last != 0) rc = store_turns(w->store, last, k.day, note_turn, &k, err);
    else if ((rc = store_head(w->store, &k.csn, err)) == 0) rc = store_device_walk(w->store, follow_quietly, &k, err);
    if (rc == 0) rc = own_flush(w, now_ms, err);
    own_start(w);
    return rc;
}
