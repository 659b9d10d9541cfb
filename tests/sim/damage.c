/* damage: what no code should do and a fault might — a row that the server has told is gone from a laptop, and its
 * sums with it. The next round must notice and fetch it again. */
#include "journal.h"
#include "sim.h"

static int forget(struct laptop *l, const struct schema_table *t, const struct table_row *row, struct err *err)
{
    int64_t count, sum, hash = row->system[HOME_HASH].i;
    int rc = home_meta_int(l->home, META_SCOPE_COUNT, 0, &count, err);
    if (rc == 0) rc = home_meta_int(l->home, META_SCOPE_SUM, 0, &sum, err);
    if (rc == 0) rc = table_delete(l->home->tables, t, row->rid, err);
    if (rc == 0) rc = home_meta_set_int(l->home, META_SCOPE_COUNT, count - 1, err);
    if (rc == 0) rc = home_meta_set_int(l->home, META_SCOPE_SUM, (int64_t)((uint64_t)sum - (uint64_t)hash), err);
    return rc;
}

void damage_once(struct laptop *l)
{
    struct sim *s = l->sim;
    const struct schema *schema = l->home->schema;
    const struct schema_table *t = &schema->tables[sim_below(s, schema->count)];
    struct arena a;
    struct table_row row;
    struct overlay_cell *overlay;
    size_t count = 0;
    arena_init(&a, 1024 * 1024);
    bool fit = row_some(l, t, &a, &row) && row.system[HOME_HASH].kind == VALUE_INT;
    if (fit) fit = journal_overlay_row(l->home, t->number, row.id, &a, &overlay, &count, NULL) == 0 && count == 0;
    if (fit && db_begin(l->home->db, NULL) == 0) {
        db_guard(l->home->db, true);
        int rc = forget(l, t, &row, NULL);
        if (rc == 0) rc = db_commit(l->home->db, NULL);
        else db_rollback(l->home->db);
        db_guard(l->home->db, false);
        s->count.damaged += rc == 0;
        sim_say(s, "a row of %s is gone: %d", t->name, rc);
    }
    arena_free(&a);
}
