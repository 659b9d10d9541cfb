/* store: thin dispatch from store.h to the backend behind a session. Only opening knows which backends there
 * are; everything else goes through the vtable. */
#include "keys.h"
#include "sqlite/sqlite.h"

int store_create(struct store **out, const char *dir, int64_t city, enum seal_suite suite, const struct env *env,
                 struct err *err)
{
    return sqlite_store_create(out, dir, city, suite, env, err);
}

int store_open_writer(struct store **out, const char *dir, struct err *err)
{
    return sqlite_store_open(out, dir, DB_WRITE, err);
}

int store_open_reader(struct store **out, const char *dir, struct err *err)
{
    return sqlite_store_open(out, dir, DB_READ, err);
}

bool store_is_held(const char *dir)
{
    return sqlite_store_is_held(dir);
}

void store_close(struct store *s)
{
    if (s != NULL) s->ops->close(s);
}

const struct server_keys *store_keys(struct store *s)
{
    return s->keys;
}

uint64_t store_epoch(struct store *s)
{
    return s->ops->epoch(s);
}

int64_t store_city(struct store *s)
{
    return s->ops->city(s);
}

uint64_t store_server_origin(struct store *s)
{
    return s->ops->server_origin(s);
}

const struct schema *store_schema(struct store *s)
{
    return s->ops->schema(s);
}

int store_match_key(struct store *s, struct digest *key, struct err *err)
{
    return s->ops->match_key(s, key, err);
}

int store_begin(struct store *s, struct err *err)
{
    return s->ops->begin(s, err);
}

int store_savepoint(struct store *s, struct err *err)
{
    return s->ops->savepoint(s, err);
}

int store_release(struct store *s, struct err *err)
{
    return s->ops->release(s, err);
}

int store_rollback_savepoint(struct store *s, struct err *err)
{
    return s->ops->rollback_savepoint(s, err);
}

int store_commit(struct store *s, struct err *err)
{
    return s->ops->commit(s, err);
}

void store_rollback(struct store *s)
{
    s->ops->rollback(s);
}

int store_begin_read(struct store *s, struct err *err)
{
    return s->ops->begin_read(s, err);
}

void store_end(struct store *s)
{
    s->ops->end(s);
}

int store_head(struct store *s, uint64_t *csn, struct err *err)
{
    return s->ops->head(s, csn, err);
}

int store_head_take(struct store *s, uint64_t n, uint64_t *first, struct err *err)
{
    return s->ops->head_take(s, n, first, err);
}

int store_origin_get(struct store *s, uint64_t origin, struct origin_state *o, struct err *err)
{
    return s->ops->origin_get(s, origin, o, err);
}

int store_origin_put(struct store *s, const struct origin_state *o, struct err *err)
{
    return s->ops->origin_put(s, o, err);
}

int store_changeset_add(struct store *s, const struct changeset_record *r, struct err *err)
{
    return s->ops->changeset_add(s, r, err);
}

int store_changeset_by_seq(struct store *s, uint64_t origin, uint64_t seq, struct changeset_record *r,
                           struct err *err)
{
    return s->ops->changeset_by_seq(s, origin, seq, r, err);
}

int store_changeset_by_csn(struct store *s, uint64_t csn, struct changeset_record *r, struct err *err)
{
    return s->ops->changeset_by_csn(s, csn, r, err);
}

int store_bundle_add(struct store *s, uint64_t origin, uint64_t first, uint64_t last, const void *bytes,
                     size_t n, struct err *err)
{
    return s->ops->bundle_add(s, origin, first, last, bytes, n, err);
}

int store_bundle_walk(struct store *s, store_bundle_fn *fn, void *ctx, struct err *err)
{
    return s->ops->bundle_walk(s, fn, ctx, err);
}

int store_bundle_holding(struct store *s, uint64_t origin, uint64_t seq, struct arena *a, struct value *bytes,
                         struct err *err)
{
    return s->ops->bundle_holding(s, origin, seq, a, bytes, err);
}

int store_bundle_unpack(struct store *s, const void *bytes, size_t n, struct arena *arena, struct bundle_header *header,
                        struct changeset **list, size_t *count, struct err *err)
{
    struct buf opened;
    int rc = bundle_peek(bytes, n, header, err);
    if (rc != 0) return rc;
    if (header->suite == SUITE_NONE) return bundle_unpack(bytes, n, arena, header, list, count, err);
    buf_init(&opened, BUNDLE_MAX_BYTES);
    rc = bundle_open(bytes, n, &s->keys->box, &opened, err);
    const void *kept = rc == 0 ? arena_copy(arena, opened.data, opened.len) : NULL; /* texts may point into it */
    if (rc == 0) rc = kept ? bundle_unpack(kept, opened.len, arena, header, list, count, err) : err_nomem(err);
    buf_free(&opened);
    return rc;
}

int store_row_get(struct store *s, const struct schema_table *t, struct row_id id, struct arena *a,
                  struct stored_row *row, struct err *err)
{
    return s->ops->row_get(s, t, id, a, row, err);
}

int store_row_by_rid(struct store *s, const struct schema_table *t, int64_t rid, struct arena *a,
                     struct stored_row *row, struct err *err)
{
    return s->ops->row_by_rid(s, t, rid, a, row, err);
}

int store_row_home(struct store *s, const struct schema_table *t, struct row_id id, struct row_home *home, struct err *err)
{
    return s->ops->row_home(s, t, id, home, err);
}

int store_row_find(struct store *s, const struct schema_table *t, const char *key, size_t n,
                   struct row_id *id, struct err *err)
{
    return s->ops->row_find(s, t, key, n, id, err);
}

int store_row_insert(struct store *s, const struct schema_table *t, const struct stored_row *row,
                     struct err *err)
{
    return s->ops->row_insert(s, t, row, err);
}

int store_row_update(struct store *s, const struct schema_table *t, const struct stored_row *row,
                     struct err *err)
{
    return s->ops->row_update(s, t, row, err);
}

int store_worker_level(struct store *s, struct row_id worker, int *level, struct err *err)
{
    return s->ops->worker_level(s, worker, level, err);
}

int store_is_assigned(struct store *s, struct row_id household, struct row_id worker, int64_t day, struct err *err)
{
    return s->ops->is_assigned(s, household, worker, day, err);
}

int store_feed_move(struct store *s, uint64_t old_csn, const struct feed_entry *e, struct err *err)
{
    return s->ops->feed_move(s, old_csn, e, err);
}

int store_home_add(struct store *s, struct row_home home, int64_t count, uint64_t fingerprint, uint64_t last_csn,
                   struct err *err)
{
    return s->ops->home_add(s, home, count, fingerprint, last_csn, err);
}

int store_unit_track(struct store *s, struct row_home home, struct err *err)
{
    return s->ops->unit_track(s, home, err);
}

int store_unit_sum(struct store *s, struct row_home home, struct place_sum *sum, struct err *err)
{
    return s->ops->unit_sum(s, home, sum, err);
}

int store_places(struct store *s, int64_t from, int64_t to, store_place_fn *fn, void *ctx, struct err *err)
{
    return s->ops->places(s, from, to, fn, ctx, err);
}

int store_feed_of_place(struct store *s, int64_t place, uint64_t after_csn, store_feed_fn *fn, void *ctx,
                        struct err *err)
{
    return s->ops->feed_of_place(s, place, after_csn, fn, ctx, err);
}

int store_feed_left(struct store *s, int table, int64_t rid, uint64_t after_csn, struct feed_entry *e, struct err *err)
{
    return s->ops->feed_left(s, table, rid, after_csn, e, err);
}

int store_feed(struct store *s, uint64_t after_csn, store_feed_fn *fn, void *ctx, struct err *err)
{
    return s->ops->feed(s, after_csn, fn, ctx, err);
}

int store_ledger_add(struct store *s, struct ledger_entry *e, struct err *err)
{
    return s->ops->ledger_add(s, e, err);
}

int store_ledger_get(struct store *s, uint64_t id, struct arena *a, struct ledger_entry *e, struct err *err)
{
    return s->ops->ledger_get(s, id, a, e, err);
}

int store_ledger_of_row(struct store *s, int table, struct row_id row, store_ledger_fn *fn, void *ctx,
                        struct err *err)
{
    return s->ops->ledger_of_row(s, table, row, fn, ctx, err);
}

int store_ledger_resolve(struct store *s, uint64_t id, const struct ledger_resolution *r, struct err *err)
{
    return s->ops->ledger_resolve(s, id, r, err);
}

int store_ledger_walk(struct store *s, uint64_t after_id, store_ledger_fn *fn, void *ctx, struct err *err)
{
    return s->ops->ledger_walk(s, after_id, fn, ctx, err);
}

int store_quarantine_add(struct store *s, const struct quarantine_entry *e, struct err *err)
{
    return s->ops->quarantine_add(s, e, err);
}

int store_quarantine_walk(struct store *s, uint64_t origin , uint64_t after_seq, store_quarantine_fn *fn,
                          void *ctx, struct err *err)
{
    return s->ops->quarantine_walk(s, origin, after_seq, fn, ctx, err);
}

int store_quarantine_drop(struct store *s, uint64_t origin, uint64_t seq, struct err *err)
{
    return s->ops->quarantine_drop(s, origin, seq, err);
}

int store_notices_of(struct store *s, uint64_t ledger, store_id_fn *fn, void *ctx, struct err *err)
{
    return s->ops->notices_of(s, ledger, fn, ctx, err);
}

int store_code_add(struct store *s, const struct enrol_code *c, struct err *err)
{
    return s->ops->code_add(s, c, err);
}

int store_code_take(struct store *s, const struct digest *code, int64_t now_ms, struct arena *a,
                    struct device *d, struct err *err)
{
    return s->ops->code_take(s, code, now_ms, a, d, err);
}

int store_device_put(struct store *s, const struct device *d, struct err *err)
{
    return s->ops->device_put(s, d, err);
}

int store_device_by_origin(struct store *s, uint64_t origin, struct arena *a, struct device *d,
                           struct err *err)
{
    return s->ops->device_by_origin(s, origin, a, d, err);
}

int store_device_walk(struct store *s, store_device_fn *fn, void *ctx, struct err *err)
{
    return s->ops->device_walk(s, fn, ctx, err);
}

int store_assigned(struct store *s, struct row_id worker, int64_t day, store_assigned_fn *fn, void *ctx, struct err *err)
{
    return s->ops->assigned(s, worker, day, fn, ctx, err);
}

int store_turns(struct store *s, int64_t from, int64_t to, store_turn_fn *fn, void *ctx, struct err *err)
{
    return s->ops->turns(s, from, to, fn, ctx, err);
}

int store_scope_day(struct store *s, int64_t *day, struct err *err)
{
    return s->ops->scope_day(s, day, err);
}

int store_scope_day_put(struct store *s, int64_t day, struct err *err)
{
    return s->ops->scope_day_put(s, day, err);
}

int store_holding_put(struct store *s, const struct holding *h, struct err *err)
{
    return s->ops->holding_put(s, h, err);
}

int store_holding_drop(struct store *s, uint64_t origin, struct row_id household, struct err *err)
{
    return s->ops->holding_drop(s, origin, household, err);
}

int store_holdings(struct store *s, uint64_t origin, store_holding_fn *fn, void *ctx, struct err *err)
{
    return s->ops->holdings(s, origin, fn, ctx, err);
}

int store_tally_add(struct store *s, const struct tally_key *k, const struct tally_sum *added, struct err *err)
{
    return s->ops->tally_add(s, k, added, err);
}

int store_tally_get(struct store *s, const struct tally_key *k, struct tally_sum *sum, struct err *err)
{
    return s->ops->tally_get(s, k, sum, err);
}

int store_tally_put(struct store *s, const struct tally_key *k, const struct tally_sum *sum, struct err *err)
{
    return s->ops->tally_put(s, k, sum, err);
}

int store_difference_put(struct store *s, const struct tally_difference *d, struct err *err)
{
    return s->ops->difference_put(s, d, err);
}

int store_difference_has(struct store *s, const struct tally_key *k, struct err *err)
{
    return s->ops->difference_has(s, k, err);
}

int store_difference_drop(struct store *s, const struct tally_key *k, struct err *err)
{
    return s->ops->difference_drop(s, k, err);
}

int store_difference_walk(struct store *s, store_difference_fn *fn, void *ctx, struct err *err)
{
    return s->ops->difference_walk(s, fn, ctx, err);
}

struct db *store_db(struct store *s)
{
    return s->ops->db(s);
}

struct table_set *store_tables(struct store *s)
{
    return s->ops->tables(s);
}

int store_backup(struct store *s, const char *to, struct err *err)
{
    return s->ops->backup(s, to, err);
}
