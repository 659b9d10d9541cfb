/* store_ops: the vtable behind store.h. A backend fills one const struct of these and embeds `struct store`
 * as its first member. Meanings, units and results are those of the functions of the same name in store.h. */
#ifndef ZHUCUN_STORE_OPS_H
#define ZHUCUN_STORE_OPS_H

#include "store.h"

struct store {
    const struct store_ops *ops;
    struct server_keys *keys;
};

struct store_ops {
    void (*close)(struct store *s);
    uint64_t (*epoch)(struct store *s);
    int64_t (*city)(struct store *s);
    uint64_t (*server_origin)(struct store *s);
    const struct schema *(*schema)(struct store *s);
    int (*match_key)(struct store *s, struct digest *key, struct err *err);

    int (*begin)(struct store *s, struct err *err);
    int (*savepoint)(struct store *s, struct err *err);
    int (*release)(struct store *s, struct err *err);
    int (*rollback_savepoint)(struct store *s, struct err *err);
    int (*commit)(struct store *s, struct err *err);
    void (*rollback)(struct store *s);
    int (*begin_read)(struct store *s, struct err *err);
    void (*end)(struct store *s);

    int (*head)(struct store *s, uint64_t *csn, struct err *err);
    int (*head_take)(struct store *s, uint64_t n, uint64_t *first, struct err *err);

    int (*origin_get)(struct store *s, uint64_t origin, struct origin_state *o, struct err *err);
    int (*origin_put)(struct store *s, const struct origin_state *o, struct err *err);
    int (*changeset_add)(struct store *s, const struct changeset_record *r, struct err *err);
    int (*changeset_by_seq)(struct store *s, uint64_t origin, uint64_t seq, struct changeset_record *r,
                            struct err *err);
    int (*changeset_by_csn)(struct store *s, uint64_t csn, struct changeset_record *r, struct err *err);
    int (*bundle_add)(struct store *s, uint64_t origin, uint64_t first, uint64_t last, const void *bytes, size_t n,
                      struct err *err);
    int (*bundle_walk)(struct store *s, store_bundle_fn *fn, void *ctx, struct err *err);
    int (*bundle_holding)(struct store *s, uint64_t origin, uint64_t seq, struct arena *a, struct value *bytes,
                          struct err *err);

    int (*row_get)(struct store *s, const struct schema_table *t, struct row_id id, struct arena *a,
                   struct stored_row *row, struct err *err);
    int (*row_by_rid)(struct store *s, const struct schema_table *t, int64_t rid, struct arena *a,
                      struct stored_row *row, struct err *err);
    int (*row_home)(struct store *s, const struct schema_table *t, struct row_id id, struct row_home *home,
                    struct err *err);
    int (*row_find)(struct store *s, const struct schema_table *t, const char *key, size_t n, struct row_id *id,
                    struct err *err);
    int (*row_insert)(struct store *s, const struct schema_table *t, const struct stored_row *row, struct err *err);
    int (*row_update)(struct store *s, const struct schema_table *t, const struct stored_row *row, struct err *err);
    int (*worker_level)(struct store *s, struct row_id worker, int *level, struct err *err);
    int (*is_assigned)(struct store *s, struct row_id household, struct row_id worker, int64_t day, struct err *err);

    int (*feed_move)(struct store *s, uint64_t old_csn, const struct feed_entry *e, struct err *err);
    int (*home_add)(struct store *s, struct row_home home, int64_t count, uint64_t fingerprint, uint64_t last_csn,
                    struct err *err);
    int (*unit_track)(struct store *s, struct row_home home, struct err *err);
    int (*unit_sum)(struct store *s, struct row_home home, struct place_sum *sum, struct err *err);
    int (*places)(struct store *s, int64_t from, int64_t to, store_place_fn *fn, void *ctx, struct err *err);
    int (*feed_of_place)(struct store *s, int64_t place, uint64_t after_csn, store_feed_fn *fn, void *ctx,
                         struct err *err);
    int (*feed_left)(struct store *s, int table, int64_t rid, uint64_t after_csn, struct feed_entry *e, struct err *err);
    int (*feed)(struct store *s, uint64_t after_csn, store_feed_fn *fn, void *ctx, struct err *err);

    int (*ledger_add)(struct store *s, struct ledger_entry *e, struct err *err);
    int (*ledger_get)(struct store *s, uint64_t id, struct arena *a, struct ledger_entry *e, struct err *err);
    int (*ledger_of_row)(struct store *s, int table, struct row_id row, store_ledger_fn *fn, void *ctx,
                         struct err *err);
    int (*ledger_resolve)(struct store *s, uint64_t id, const struct ledger_resolution *r, struct err *err);
    int (*ledger_walk)(struct store *s, uint64_t after_id, store_ledger_fn *fn, void *ctx, struct err *err);
    int (*quarantine_add)(struct store *s, const struct quarantine_entry *e, struct err *err);
    int (*quarantine_walk)(struct store *s, uint64_t origin, uint64_t after_seq, store_quarantine_fn *fn, void *ctx,
                           struct err *err);
    int (*quarantine_drop)(struct store *s, uint64_t origin, uint64_t seq, struct err *err);
    int (*notices_of)(struct store *s, uint64_t ledger, store_id_fn *fn, void *ctx, struct err *err);

    int (*code_add)(struct store *s, const struct enrol_code *c, struct err *err);
    int (*code_take)(struct store *s, const struct digest *code, int64_t now_ms, struct arena *a, struct device *d,
                     struct err *err);
    int (*device_put)(struct store *s, const struct device *d, struct err *err);
    int (*device_by_origin)(struct store *s, uint64_t origin, struct arena *a, struct device *d, struct err *err);
    int (*device_walk)(struct store *s, store_device_fn *fn, void *ctx, struct err *err);

    int (*assigned)(struct store *s, struct row_id worker, int64_t day, store_assigned_fn *fn, void *ctx,
                    struct err *err);
    int (*turns)(struct store *s, int64_t from, int64_t to, store_turn_fn *fn, void *ctx, struct err *err);
    int (*scope_day)(struct store *s, int64_t *day, struct err *err);
    int (*scope_day_put)(struct store *s, int64_t day, struct err *err);
    int (*holding_put)(struct store *s, const struct holding *h, struct err *err);
    int (*holding_drop)(struct store *s, uint64_t origin, struct row_id household, struct err *err);
    int (*holdings)(struct store *s, uint64_t origin, store_holding_fn *fn, void *ctx, struct err *err);

    int (*tally_add)(struct store *s, const struct tally_key *k, const struct tally_sum *added, struct err *err);
    int (*tally_get)(struct store *s, const struct tally_key *k, struct tally_sum *sum, struct err *err);
    int (*tally_put)(struct store *s, const struct tally_key *k, const struct tally_sum *sum, struct err *err);
    int (*difference_put)(struct store *s, const struct tally_difference *d, struct err *err);
    int (*difference_has)(struct store *s, const struct tally_key *k, struct err *err);
    int (*difference_drop)(struct store *s, const struct tally_key *k, struct err *err);
    int (*difference_walk)(struct store *s, store_difference_fn *fn, void *ctx, struct err *err);

    struct db *(*db)(struct store *s);
    struct table_set *(*tables)(struct store *s);
    int (*backup)(struct store *s, const char *to, struct err *err);
};

#endif
