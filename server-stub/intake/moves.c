/* moves: households that a changeset brought to another village — one that moves, a village that is merged or split.
 * Laptops that hold the one village and not the other are told, in one line for each pair of villages and author: what
 * moved, from where to where, since when, by whom. One that holds both loses and gains nothing.
 *
 * Gathered for each changeset, told once a push, as handovers are. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "work.h"

enum { REGION_CODE = 12, REGION_WORDS = 120 };

static const struct value *value_of(const struct schema_table *t, const struct value *values, const char *column)
{
    return &values[schema_column_index(t, schema_column_named(t, column))];
}

/* The move of the same push that this one belongs to; else a new one. NULL: no memory. */
static struct move *move_at(struct work *w, const struct move *like)
{
    struct moves *all = &w->own.moves;
    for (size_t i = 0; i < all->count; i++) {
        struct move *m = &all->list[i];
        if (m->from == like->from && m->to == like->to && row_id_equal(m->author, like->author)) return m;
    }
    if (all->count == all->room) {
        size_t room = all->room * 2 + 8;
        struct move *list = arena_array(&w->arena, room, sizeof *list);
        if (list == NULL) return NULL;
        for (size_t i = 0; i < all->count; i++) list[i] = all->list[i];
        all->list = list;
        all->room = room;
    }
    all->list[all->count] = *like;
    return &all->list[all->count++];
}

/* "H1、H2、H3…": as many as there is room for. */
static void add_number(struct move *m, const struct value *no)
{
    const char *text = no->kind == VALUE_TEXT && no->len ? (const char *)no->data : "?";
    int len = no->kind == VALUE_TEXT && no->len ? (int)no->len : 1;
    size_t at = strlen(m->numbers);
    m->count++;
    if (m->cut) return;
    m->cut = at + (size_t)len + sizeof "、…" > sizeof m->numbers;
    if (m->cut) snprintf(m->numbers + at, sizeof m->numbers - at, "…");
    else snprintf(m->numbers + at, sizeof m->numbers - at, "%s%.*s", at ? "、" : "", len, text);
}

int moves_note(struct decision *d, struct err *err)
{
    const struct schema_table *t = schema_table_named(d->work->schema, "household");
    for (const struct pending_row *p = d->rows; p; p = p->next) {
        if (p->table != t || p->carried || p->proposed || !p->was_live || p->row.dead) continue;
        if (p->row.home.place == p->old_home.place) continue;
        const struct move like = {.from = p->old_home.place, .to = p->row.home.place, .author = d->cs->author,
                                  .origin = d->cs->origin, .household = p->row.row.id};
        struct move *m = move_at(d->work, &like);
        if (m == NULL) return err_nomem(err);
        add_number(m, value_of(t, p->row.row.values, "national_no"));
    }
    return 0;
}

/* ---- once a push ---- */

struct telling_moves {
    struct decision d; /* for notices: work and time */
    struct err *err;
};

/* "231202108201 友谊村", as far as it is known; its row's id. */
static int region_words(struct work *w, int64_t code, struct row_id *id, struct value *out, struct err *err)
{
    const struct schema_table *t = schema_table_named(w->schema, "region");
    char text[REGION_WORDS];
    struct stored_row row;
    int n = snprintf(text, sizeof text, "%012" PRId64, code);
    int rc = store_row_find(w->store, t, text, (size_t)n, id, err);
    if (rc == 1) rc = store_row_get(w->store, t, *id, &w->arena, &row, err);
    const struct value *name = rc == 1 ? value_of(t, row.row.values, "name") : NULL;
    if (name && name->kind == VALUE_TEXT && (size_t)n + name->len + 2 < sizeof text)
        n += snprintf(text + n, sizeof text - (size_t)n, " %.*s", (int)name->len, (const char *)name->data);
    const void *bytes = rc < 0 ? NULL : arena_copy(&w->arena, text, (size_t)n);
    *out = bytes ? value_text(bytes, (size_t)n) : value_null();
    return rc < 0 ? rc : bytes ? 0 : err_nomem(err);
}

/* Who moved it: the worker; the city's office by its name, when nobody in person did. */
static int name_author(struct telling_moves *k, struct move *m)
{
    struct work *w = k->d.work;
    struct row_id city;
    int rc = notice_author(&k->d, m->author, &m->by, k->err);
    if (rc != 0 || m->by.kind != VALUE_NULL) return rc;
    rc = region_words(w, store_city(w->store), &city, &m->by, k->err);
    const char *text = (const char *)m->by.data;
    if (rc == 0 && m->by.len > REGION_CODE + 1) m->by = value_text(text + REGION_CODE + 1, m->by.len - REGION_CODE - 1);
    return rc;
}

static int name_places(struct telling_moves *k, struct move *m)
{
    struct work *w = k->d.work;
    char text[sizeof m->numbers + 24];
    struct row_id to;
    int rc = region_words(w, m->from, &m->village, &m->from_words, k->err);
    if (rc == 0) rc = region_words(w, m->to, &to, &m->to_words, k->err);
    int n = m->count == 1 ? snprintf(text, sizeof text, "%s", m->numbers)
                          : snprintf(text, sizeof text, "%zu 户：%s", m->count, m->numbers);
    const void *bytes = arena_copy(&w->arena, text, (size_t)n);
    if (rc == 0 && bytes == NULL) return err_nomem(k->err);
    m->what = value_text(bytes, (size_t)n);
    return rc;
}

static bool holds(const struct device *device, int64_t place)
{
    for (size_t i = 0; i < device->place_count; i++)
        if (region_covers(device->places[i], place)) return true;
    return false;
}

static int tell_device(void *ctx, const struct device *device)
{
    struct telling_moves *k = ctx;
    struct moves *all = &k->d.work->own.moves;
    int rc = 0;
    for (size_t i = 0; i < all->count && rc == 0 && !device->revoked_ms; i++) {
        const struct move *m = &all->list[i];
        if (device->origin == m->origin || holds(device, m->from) == holds(device, m->to)) continue;
        rc = notice_move(&k->d, device->origin, m, k->err);
    }
    return rc;
}

int moves_tell(struct work *w, int64_t received_ms, struct err *err)
{
    struct moves *all = &w->own.moves;
    struct telling_moves k = {.d = {.work = w, .received_ms = received_ms}, .err = err};
    int rc = 0;
    for (size_t i = 0; i < all->count && rc == 0; i++) {
        rc = name_places(&k, &all->list[i]);
        if (rc == 0) rc = name_author(&k, &all->list[i]);
    }
    return rc == 0 && all->count ? store_device_walk(w->store, tell_device, &k, err) : rc;
}
