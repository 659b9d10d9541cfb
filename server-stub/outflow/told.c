/* told: see told.h. */
#include "told.h"

static int find_base(struct store *s, struct told_cache *cache, uint64_t base, struct err *err)
{
    struct changeset_record r;

    if (base == cache->base)
        return 0;
    int rc = store_changeset_by_csn(s, base, &r, err);
    cache->base = base;
    cache->base_ms = rc > 0 ? r.received_ms : 0;
    return rc < 0 ? rc : 0;
}

/* A row's rid is the csn of the change that made it, which leads to its changeset. */
static int who_made(struct store *s, uint64_t csn, struct told_cache *cache, struct told *out, struct err *err)
{
    struct changeset_record *r = &cache->record;

    if (!cache->valid || csn < r->csn || csn - r->csn >= r->count) {
        int rc = store_changeset_by_csn(s, csn, r, err);
        cache->valid = rc > 0;
        if (rc <= 0)
            return rc;
    }
    out->author = r->author;
    out->authored_ms = hlc_ms(r->stamp);
    out->received_ms = r->received_ms;
    out->marks = r->marks;
    if (!cache->intervals)
        return 1;
    int rc = find_base(s, cache, r->base, err);
    out->not_before_ms = cache->base_ms;
    return rc < 0 ? rc : 1;
}

int told_read(struct store *s, const struct feed_entry *e, struct told_cache *cache, struct arena *a, struct told *out,
              struct err *err)
{
    *out = (struct told){.table = schema_table(store_schema(s), e->table)};
    if (!out->table)
        return 0;
    int rc = store_row_by_rid(s, out->table, e->rid, a, &out->row, err);
    if (rc <= 0)
        return rc;
    rc = table_row_cells(out->table, &out->row.row, a, &out->cells, &out->count, err);
    if (rc < 0)
        return rc;
    rc = who_made(s, (uint64_t)out->row.row.rid, cache, out, err);
    return rc < 0 ? rc : 1;
}

size_t told_bytes(const struct told *t)
{
    size_t n = 24;

    for (size_t i = 0; i < t->count; i++)
        n += 3 + t->cells[i].value.len;
    return n;
}
