/* verify: nothing of what is stored is taken on trust — every origin's chain is computed again from the received
 * bundles, every place's sums from its rows, the ledger is held against both, and the file is checked. The first bad
 * entry is named. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "zhucun/pack.h"

struct chain_check {
    struct cli *c;
    struct store *s;
    struct arena arena;
    struct buf canonical;
    uint64_t origin, seq;  /* of the chain at hand; seq: last checked */
    struct digest h;
    uint64_t origins, changesets;
};

/* Names the entry at which the error just recorded came up. */
static int at(struct chain_check *k, uint64_t seq)
{
    return err_where(&k->c->err, ERR_CORRUPT, "来源 %016" PRIx64 " 第 %" PRIu64 " 号", "origin %016" PRIx64 ", seq %" PRIu64,
                     k->origin, seq);
}

static int bad(struct chain_check *k, uint64_t seq, const char *zh, const char *en)
{
    err_words(&k->c->err, ERR_CORRUPT, zh, en);
    return at(k, seq);
}

/* The end of one origin's chain against what the server says of it. */
static int close_chain(struct chain_check *k)
{
    struct origin_state o = {0};

    if (k->origin == 0)
        return 0;
    int rc = store_origin_get(k->s, k->origin, &o, &k->c->err);
    if (rc < 0)
        return rc;
    if (rc == 0 || o.high != k->seq)
        return bad(k, k->seq + 1, "数据包缺失：日志在此之前结束", "bundles are missing: the log ends before this");
    if (!digest_equal(&o.hash, &k->h))
        return bad(k, k->seq, "来源的末端哈希不符", "the origin's last hash is another");
    k->origins++;
    return 0;
}

static int check_one(struct chain_check *k, const struct changeset *cs)
{
    struct changeset_record r;

    if (cs->seq <= k->seq)
        return 0; /* bundles may overlap */
    if (cs->seq != k->seq + 1)
        return bad(k, k->seq + 1, "数据包缺失", "its bundle is missing");
    buf_reset(&k->canonical);
    if (changeset_encode(cs, &k->canonical, &k->c->err) < 0)
        return at(k, cs->seq);
    chain_next(&k->h, k->canonical.data, k->canonical.len);
    int rc = store_changeset_by_seq(k->s, k->origin, cs->seq, &r, &k->c->err);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return bad(k, cs->seq, "缺少记录", "its record is missing");
    if (!digest_equal(&r.hash, &k->h))
        return bad(k, cs->seq, "哈希不符：日志被改动过", "the hash does not follow: the log has been changed");
    k->seq = cs->seq;
    k->changesets++;
    return 0;
}

static int check_bundle(void *ctx, uint64_t origin, uint64_t first, uint64_t last, const void *bytes, size_t n)
{
    struct chain_check *k = ctx;
    struct bundle_header header;
    struct changeset *list;
    size_t count;
    int rc;

    (void)last;
    if (origin != k->origin) {
        if ((rc = close_chain(k)) < 0)
            return rc;
        k->origin = origin;
        k->seq = 0;
        chain_start(origin, &k->h);
    }
    arena_reset(&k->arena);
    if (store_bundle_unpack(k->s, bytes, n, &k->arena, &header, &list, &count, &k->c->err) < 0)
        return at(k, first);
    for (size_t i = 0; i < count; i++)
        if ((rc = check_one(k, &list[i])) < 0)
            return rc;
    return 0;
}

static int check_chains(struct chain_check *k)
{
    int rc;

    arena_init(&k->arena, (size_t)BUNDLE_MAX_INFLATED * 4);
    buf_init(&k->canonical, CHANGE_MAX_BYTES);
    rc = store_bundle_walk(k->s, check_bundle, k, &k->c->err);
    if (rc >= 0)
        rc = close_chain(k);
    buf_free(&k->canonical);
    arena_free(&k->arena);
    return rc;
}

/* ---- places ---- */

struct place_check {
    struct cli *c;
    struct store *s;
    struct arena arena;
    struct place_sum *list; /* as computed, ascending by place once sorted */
    size_t count, cap;
    uint64_t rows;
};

static int add_row(struct place_check *k, int64_t place, uint64_t hash)
{
    size_t low = 0, high = k->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (k->list[mid].place < place)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == k->count || k->list[low].place != place) {
        if (k->count == k->cap) {
            size_t cap = k->cap ? k->cap * 2 : 256;
            struct place_sum *list = realloc(k->list, cap * sizeof *list);
            if (!list)
                return err_nomem(&k->c->err);
            k->list = list;
            k->cap = cap;
        }
        memmove(&k->list[low + 1], &k->list[low], (k->count - low) * sizeof k->list[0]);
        k->list[low] = (struct place_sum){.place = place};
        k->count++;
    }
    k->list[low].count++;
    k->list[low].fingerprint += hash;
    k->rows++;
    return 0;
}

static int each_row(void *ctx, const struct feed_entry *e)
{
    struct place_check *k = ctx;
    const struct schema_table *t = schema_table(store_schema(k->s), e->table);
    struct stored_row row;
    struct cell *cells;
    size_t count;

    if (e->moved_out || !t)
        return 0;
    arena_reset(&k->arena);
    int rc = store_row_by_rid(k->s, t, e->rid, &k->arena, &row, &k->c->err);
    if (rc == 0 || (rc > 0 && (row.csn != e->csn || row.home.place != e->home.place || row.home.unit != e->home.unit)))
        return err_set(&k->c->err, ERR_CORRUPT, "序号 %" PRIu64 "：表 %s 的行与日志不符", "csn %" PRIu64
                       ": the row of table %s is not what the order says", e->csn, t->name);
    if (rc < 0 || row.dead)
        return rc < 0 ? rc : 0;
    if ((rc = table_row_cells(t, &row.row, &k->arena, &cells, &count, &k->c->err)) < 0)
        return rc;
    return add_row(k, row.home.place, row_hash(t->number, row.row.id, cells, count));
}

static int compare_place(void *ctx, const struct place_sum *p)
{
    struct place_check *k = ctx;
    const struct place_sum *mine = NULL;

    for (size_t i = 0; i < k->count && !mine; i++)
        if (k->list[i].place == p->place)
            mine = &k->list[i];
    if ((mine ? mine->count : 0) == p->count && (mine ? mine->fingerprint : 0) == p->fingerprint)
        return 0;
    return err_set(&k->c->err, ERR_CORRUPT, "区划 %012" PRId64 "：有 %" PRIu64 " 行，合计却是 %" PRIu64 " 行或指纹不符",
                   "region %012" PRId64 ": it has %" PRIu64 " rows, but its sums say %" PRIu64 " or another fingerprint",
                   p->place, mine ? mine->count : 0, p->count);
}

static int check_places(struct place_check *k)
{
    int rc;

    arena_init(&k->arena, (size_t)16 * 1024 * 1024);
    rc = store_feed(k->s, 0, each_row, k, &k->c->err);
    if (rc >= 0)
        rc = store_places(k->s, INT64_MIN, INT64_MAX, compare_place, k, &k->c->err);
    free(k->list);
    arena_free(&k->arena);
    return rc;
}

/* ---- the command ---- */

static int check_all(struct cli *c, struct store *s)
{
    struct chain_check chains = {.c = c, .s = s};
    struct place_check places = {.c = c, .s = s};
    uint64_t entries = 0;
    int rc = check_chains(&chains);

    if (rc >= 0)
        rc = check_places(&places);
    if (rc >= 0)
        rc = verify_ledger(c, s, &entries);
    if (rc >= 0 && store_db(s))
        rc = db_check(store_db(s), &c->err);
    if (rc < 0)
        return rc;
    if (c->json)
        printf("{\"ok\":true,\"origins\":%" PRIu64 ",\"changesets\":%" PRIu64 ",\"rows\":%" PRIu64 ",\"ledger\":%" PRIu64 "}\n",
               chains.origins, chains.changesets, places.rows, entries);
    else if (c->lang == LANG_ZH)
        printf("无误：%" PRIu64 " 个来源，%" PRIu64 " 个变更集，%" PRIu64 " 行，台账 %" PRIu64 " 条\n", chains.origins,
               chains.changesets, places.rows, entries);
    else
        printf("all well: %" PRIu64 " origins, %" PRIu64 " changesets, %" PRIu64 " rows, %" PRIu64 " ledger entries\n",
               chains.origins, chains.changesets, places.rows, entries);
    return 0;
}

int command_verify(struct cli *c, int argc, char **argv)
{
    struct store *s;
    size_t words;
    int rc = args_parse(c, argc, argv, NULL, 0, NULL, &words, 0);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if ((rc = open_reader(c, &s)) < 0)
        return rc;
    if ((rc = store_begin_read(s, &c->err)) >= 0) {
        rc = check_all(c, s);
        store_end(s);
    }
    store_close(s);
    return rc < 0 ? rc : 0;
}
