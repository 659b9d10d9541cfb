/* duplicates: what was entered twice, see report.h. Each rule reads its table once and turns what must agree into one
 * keyed digest; digests are sorted, and what stands together is a pair. Memory is 64 bytes a row and rule. */
#include <stdlib.h>
#include <string.h>

#include "identity.h"
#include "merged.h"
#include "reading.h"
#include "report.h"

enum { KEY_MAX = 4096, LOOK_BACK = 64, ROW_ARENA = 4 * 1024 * 1024 };

#define LIVE(table) table "._dead = 0 AND " NOT_MERGED(table, table)

/* Columns: rid, place, "has a number of its own", then what must agree; a row in which one of those is empty has no
 * duplicate by this rule. */
static const struct {
    enum duplicate_reason reason;
    const char *table;
    bool identity;    /* the first of them is a citizen's number */
    bool needs_blank; /* two rows that both have a number are told apart by it */
    const char *sql;
} rules[] = {
    {DUPLICATE_ID_NO, "member", true, false, "SELECT rid, _place, 0, id_no FROM member WHERE id_no IS NOT NULL AND " LIVE("member")},
    {DUPLICATE_NAME_BIRTH, "member", false, true,
     "SELECT rid, _place, id_no IS NOT NULL, name, birth, " KEPT("household") " FROM member" JOIN_KEPT("household", "household")
     "WHERE birth IS NOT NULL AND " LIVE("member")},
    {DUPLICATE_NATIONAL_NO, "household", false, false,
     "SELECT rid, _place, 0, national_no FROM household WHERE national_no IS NOT NULL AND " LIVE("household")},
    {DUPLICATE_HEAD_ID_NO, "household", true, false,
     "SELECT DISTINCT household.rid, household._place, 0, member.id_no FROM member JOIN household ON household.id = member.household"
     " WHERE member.relation = 1 AND member.id_no IS NOT NULL AND member._dead = 0 AND " LIVE("household")},
    {DUPLICATE_HEAD_PHONE, "household", false, false,
     "SELECT rid, _place, 0, head_name, phone, village FROM household WHERE phone IS NOT NULL AND " LIVE("household")},
    {DUPLICATE_WORKER_NO, "worker", false, false, "SELECT rid, _place, 0, no FROM worker WHERE _dead = 0"},
    {DUPLICATE_ORDER_NUMBER, "order", false, false, "SELECT rid, _place, 0, number FROM \"order\" WHERE _dead = 0 AND number IS NOT NULL"},
};
enum { RULES = sizeof rules / sizeof rules[0], FIRST_PART = 3 };

struct entry {
    struct digest key;
    int64_t rid, place;
    int rule;
    bool numbered;
};
struct pair {
    int table, rule;
    int64_t first, second; /* rids */
};
struct hunt {
    struct store *store;
    int64_t scope;
    struct digest secret;
    struct entry *entries;
    size_t count, cap;
    struct pair *pairs;
    size_t pair_count, pair_cap;
    struct err *err;
};

/* A list with room for one more. */
static int grow(void **list, size_t *cap, size_t count, size_t size, struct err *err)
{
    if (count < *cap)
        return 0;
    size_t more = *cap ? *cap * 2 : 1024;
    void *grown = realloc(*list, more * size);
    if (!grown)
        return err_nomem(err);
    *list = grown;
    *cap = more;
    return 0;
}

/* ---- keys ---- */

static struct value trimmed(struct value v)
{
    while (v.len > 0 && (v.data[0] == ' ' || v.data[0] == '\t')) {
        v.data++;
        v.len--;
    }
    while (v.len > 0 && (v.data[v.len - 1] == ' ' || v.data[v.len - 1] == '\t'))
        v.len--;
    return v;
}

/* One part, with its length, so that parts cannot run into each other. False: it is empty. */
static bool put_part(struct buf *out, const struct value *v, bool identity)
{
    char number[IDENTITY_TEXT];
    struct value t = v->kind == VALUE_TEXT ? trimmed(*v) : *v;

    if (v->kind == VALUE_INT) {
        buf_put_zigzag(out, v->i);
        return true;
    }
    if (identity) {
        size_t n = identity_normal(t.data, t.len, number);
        t = value_text(number, n);
    }
    buf_put_varint(out, t.len);
    buf_put(out, t.data, t.len);
    return t.len > 0;
}

static int add_entry(struct hunt *h, int rule, sqlite3_stmt *st)
{
    uint8_t bytes[KEY_MAX];
    struct buf key = {.data = bytes, .cap = sizeof bytes, .max = sizeof bytes};
    int columns = sqlite3_column_count(st);
    bool whole = true;

    buf_put_u8(&key, (uint8_t)rule);
    for (int i = FIRST_PART; i < columns && whole; i++) {
        struct value v = db_value(st, i);
        whole = put_part(&key, &v, rules[rule].identity && i == FIRST_PART);
    }
    if (!whole || key.failed)
        return 0;
    int rc = grow((void **)&h->entries, &h->cap, h->count, sizeof h->entries[0], h->err);
    if (rc < 0)
        return rc;
    struct entry *e = &h->entries[h->count++];
    *e = (struct entry){.rid = sqlite3_column_int64(st, 0), .place = sqlite3_column_int64(st, 1), .rule = rule,
                        .numbered = sqlite3_column_int(st, 2) != 0};
    digest_keyed(h->secret.bytes, sizeof h->secret.bytes, key.data, key.len, &e->key);
    return 0;
}

static int read_rule(struct hunt *h, struct db *db, struct statements *sql, int rule)
{
    sqlite3_stmt *st = statement(sql, (size_t)rule, h->err);
    int rc = st ? 0 : ERR_REFUSED;

    while (rc == 0 && (rc = db_row(db, st, h->err)) > 0)
        rc = add_entry(h, rule, st);
    if (st)
        sqlite3_reset(st);
    return rc;
}

/* ---- pairs ---- */

static int by_key(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = memcmp(x->key.bytes, y->key.bytes, DIGEST_BYTES); /* the rule is in the key */

    return order ? order : x->rid < y->rid ? -1 : x->rid > y->rid;
}

static int by_rows(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;

    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    if (x->second != y->second)
        return x->second < y->second ? -1 : 1;
    return x->rule - y->rule;
}

static bool fits(const struct hunt *h, const struct entry *a, const struct entry *b)
{
    if (a->rid == b->rid || (rules[a->rule].needs_blank && a->numbered && b->numbered))
        return false;
    return region_covers(h->scope, a->place) || region_covers(h->scope, b->place);
}

/* An entry with the earliest of its group that fits: n rows of one thing are n − 1 pairs, not n². */
static int pair_up(struct hunt *h, size_t first, size_t at)
{
    size_t last = at - first < LOOK_BACK ? at : first + LOOK_BACK;

    for (size_t i = first; i < last; i++) {
        if (!fits(h, &h->entries[i], &h->entries[at]))
            continue;
        int rc = grow((void **)&h->pairs, &h->pair_cap, h->pair_count, sizeof h->pairs[0], h->err);
        if (rc < 0)
            return rc;
        const char *table = rules[h->entries[at].rule].table;
        h->pairs[h->pair_count++] = (struct pair){schema_table_named(store_schema(h->store), table)->number, h->entries[at].rule,
                                                  h->entries[i].rid, h->entries[at].rid};
        return 0;
    }
    return 0;
}

static int find_pairs(struct hunt *h)
{
    size_t first = 0;
    int rc = 0;

    if (h->count)
        qsort(h->entries, h->count, sizeof h->entries[0], by_key);
    for (size_t i = 1; i < h->count && rc == 0; i++) {
        if (!digest_equal(&h->entries[i].key, &h->entries[first].key))
            first = i;
        else
            rc = pair_up(h, first, i);
    }
    if (rc == 0 && h->pair_count)
        qsort(h->pairs, h->pair_count, sizeof h->pairs[0], by_rows);
    return rc;
}

/* ---- telling ---- */

static int read_row(struct hunt *h, const struct schema_table *t, int64_t rid, struct arena *a, struct stored_row *row,
                    struct duplicate_row *out)
{
    int rc = store_row_by_rid(h->store, t, rid, a, row, h->err);

    if (rc > 0)
        rc = store_changeset_by_csn(h->store, (uint64_t)rid, &out->made, h->err);
    out->row = row;
    return rc;
}

static int tell_pair(struct hunt *h, const struct pair *p, report_duplicates_fn *fn, void *ctx)
{
    struct duplicate d = {.reason = rules[p->rule].reason, .table = schema_table(store_schema(h->store), p->table)};
    struct stored_row first, second;
    struct arena arena;

    arena_init(&arena, ROW_ARENA);
    int rc = read_row(h, d.table, p->first, &arena, &first, &d.first);
    if (rc > 0)
        rc = read_row(h, d.table, p->second, &arena, &second, &d.second);
    if (rc > 0)
        rc = fn(ctx, &d);
    arena_free(&arena);
    return rc;
}

/* Two rows that agree by several rules are one pair, told by the first. */
static int tell_all(struct hunt *h, report_duplicates_fn *fn, void *ctx)
{
    int rc = 0;

    for (size_t i = 0; i < h->pair_count && rc >= 0; i++) {
        const struct pair *p = &h->pairs[i], *before = i ? p - 1 : NULL;
        if (before && before->table == p->table && before->first == p->first && before->second == p->second)
            continue;
        rc = tell_pair(h, p, fn, ctx);
    }
    return rc;
}

int report_duplicates(struct store *reader, int64_t scope, report_duplicates_fn *fn, void *ctx, struct err *err)
{
    struct hunt h = {.store = reader, .scope = scope, .err = err};
    const char *texts[RULES];
    struct statements *sql;
    struct db *db;

    for (int i = 0; i < RULES; i++)
        texts[i] = rules[i].sql;
    int rc = report_begin(reader, texts, RULES, &db, &sql, err);
    if (rc < 0)
        return rc;
    rc = store_match_key(reader, &h.secret, err);
    for (int i = 0; i < RULES && rc == 0; i++)
        rc = read_rule(&h, db, sql, i);
    if (rc == 0)
        rc = find_pairs(&h);
    if (rc == 0)
        rc = tell_all(&h, fn, ctx);
    report_end(reader, sql);
    free(h.entries);
    free(h.pairs);
    return rc < 0 ? rc : 0;
}
