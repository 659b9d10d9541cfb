/* own: what the server itself does in consequence of a push — notices, reopened clues — as changesets of its own log,
 * written in the same transaction: so they are in the order, the history and the chain like anybody's. And what intake
 * knows of the device at hand. */
#include "work.h"

enum { OWN_GROUP = 1000, BUNDLE_DEFLATE = 3, NO_DEVICE = 0 };

void own_start(struct work *w)
{
    if (w->cover != NULL) cover_free(w->cover);
    w->cover = NULL;
    w->device = NULL;
    w->device_found = w->device_known = false;
    w->own = (struct own){0};
    arena_reset(&w->arena);
}

int own_device(struct work *w, uint64_t origin, struct err *err)
{
    struct scope scope;
    if (w->device_known || w->own.writing) return 0;
    w->device_known = true;
    if (origin == store_server_origin(w->store)) return 0;
    if ((w->device = arena_alloc(&w->arena, sizeof *w->device)) == NULL) return err_nomem(err);
    int rc = store_device_by_origin(w->store, origin, &w->arena, w->device, err);
    w->device_found = rc == 1;
    if (rc != 1) return rc;
    struct cover *cover = arena_alloc(&w->arena, sizeof *cover);
    if (cover == NULL) return err_nomem(err);
    rc = scope_of_device(w->store, w->device, NULL, 0, &w->arena, &scope, err);
    if (rc == 0) rc = cover_make(cover, w->store, &scope, origin, err);
    if (rc == 0) w->cover = cover;
    return rc;
}

static int grow(struct own *o, struct arena *a, struct err *err)
{
    if (o->count < o->room) return 0;
    size_t room = o->room * 2 + 16;
    struct change *changes = arena_array(a, room, sizeof *changes);
    if (changes == NULL) return err_nomem(err);
    for (size_t i = 0; i < o->count; i++) changes[i] = o->changes[i];
    o->changes = changes;
    o->room = room;
    return 0;
}

static int add(struct work *w, struct change change, const struct cell *cells, size_t count, struct err *err)
{
    int rc = grow(&w->own, &w->arena, err);
    if (rc != 0) return rc;
    struct change *c = &w->own.changes[w->own.count];
    *c = change;
    c->cells = arena_array(&w->arena, count + 1, sizeof *c->cells);
    if (c->cells == NULL) return err_nomem(err);
    for (size_t i = 0; i < count; i++)
        if (c->op == CHANGE_SET || cells[i].value.kind != VALUE_NULL) c->cells[c->count++] = cells[i];
    w->own.count++;
    return 0;
}

int own_put(struct work *w, const struct schema_table *t, const struct cell *cells, size_t count, struct err *err)
{
    return add(w, (struct change){.op = CHANGE_PUT, .table = t->number}, cells, count, err);
}

int own_set(struct work *w, const struct schema_table *t, struct row_id id, const struct cell *cells, size_t count,
            struct err *err)
{
    return add(w, (struct change){.op = CHANGE_SET, .table = t->number, .id = id}, cells, count, err);
}

/* ---- writing them ---- */

static int load_origin(struct work *w, struct origin_state *o, struct err *err)
{
    uint64_t origin = store_server_origin(w->store);
    int rc = store_origin_get(w->store, origin, o, err);
    if (rc != 0) return rc < 0 ? rc : 0;
    *o = (struct origin_state){.origin = origin};
    chain_start(origin, &o->hash);
    return 0;
}

static int keep_bundle(struct work *w, const struct changeset *cs, const struct digest *before, struct err *err)
{
    struct buf bundle;
    buf_init(&bundle, BUNDLE_MAX_BYTES);
    int rc = bundle_pack(cs, 1, before, BUNDLE_DEFLATE, &bundle, err);
    if (rc == 0) rc = store_bundle_add(w->store, cs->origin, cs->seq, cs->seq, bundle.data, bundle.len, err);
    buf_free(&bundle);
    return rc;
}

static struct changeset_record record_of(const struct changeset *cs, const struct digest *hash, int64_t received_ms)
{
    return (struct changeset_record){.origin = cs->origin, .seq = cs->seq, .hash = *hash, .stamp = cs->stamp,
                                     .corrected = cs->stamp, .observed = cs->observed, .day = cs->observed, .received_ms = received_ms,
                                     .schema = cs->schema, .author = cs->author};
}

static int write_group(struct work *w, struct change *changes, size_t count, int64_t received_ms, struct err *err);

/* A consequence that cannot be written must never hold up what caused it: each is tried alone, and the one that does
 * not fit is left out, with a word in the log. */
static int write_apart(struct work *w, struct change *changes, size_t count, int64_t received_ms, const struct err *why,
                       struct err *err)
{
    int rc = 0;
    if (count == 1 && w->log != NULL)
        log_line(w->log, LOG_ERROR, "intake", "a change of the server's own was left out: %s", why->en);
    for (size_t i = 0; i < count && count > 1 && rc == 0; i++)
        rc = write_group(w, &changes[i], 1, received_ms, err);
    return rc;
}

static int write_group(struct work *w, struct change *changes, size_t count, int64_t received_ms, struct err *err)
{
    struct origin_state o;
    struct decision d;
    struct digest before;
    int rc = load_origin(w, &o, err);
    if (rc != 0) return rc;
    struct changeset cs = {.origin = o.origin, .seq = o.high + 1, .stamp = hlc_from_ms(received_ms),
                           .schema = w->schema->version, .observed = date_of_ms(received_ms),
                           .changes = changes, .count = count};
    before = o.hash;
    buf_reset(&w->canonical);
    rc = store_head(w->store, &cs.base, err);
    if (rc == 0) rc = changeset_encode(&cs, &w->canonical, err);
    const struct clock_reading read = {.stamp = cs.stamp, .day = cs.observed};
    if (rc == 0) rc = decide(&d, w, &cs, &read, received_ms, err);
    if (rc == UNFIT) return write_apart(w, changes, count, received_ms, &d.why, err);
    if (rc != 0) return rc;
    chain_next(&o.hash, w->canonical.data, w->canonical.len);
    o.high = cs.seq;
    o.last_contact_ms = received_ms;
    struct changeset_record r = record_of(&cs, &o.hash, received_ms);
    rc = write_decision(&d, &r, err);
    if (rc == 0) rc = keep_bundle(w, &cs, &before, err);
    return rc == 0 ? store_origin_put(w->store, &o, err) : rc;
}

static int write_all(struct work *w, int64_t received_ms, struct err *err)
{
    struct own *o = &w->own;
    int rc = 0;
    for (size_t at = 0; at < o->count && rc == 0; at += OWN_GROUP) {
        size_t n = o->count - at < OWN_GROUP ? o->count - at : OWN_GROUP;
        rc = write_group(w, o->changes + at, n, received_ms, err);
    }
    o->count = 0;
    return rc;
}

int own_flush(struct work *w, int64_t received_ms, struct err *err)
{
    struct cover *cover = w->cover;
    int rc = handover_refresh(w, received_ms, err);
    if (rc == 0) rc = moves_tell(w, received_ms, err);
    struct own *o = &w->own;
    w->cover = NULL; /* the device's; not the server's */
    o->writing = true;
    if (rc == 0) rc = write_all(w, received_ms, err);
    if (rc == 0 && o->settled) {
        rc = settle_tell(w, err); /* on notices that are written now */
        if (rc == 0) rc = write_all(w, received_ms, err);
    }
    *o = (struct own){0};
    w->cover = cover;
    return rc;
}
