/* model_home: where a row lives — at its parent's, else at the region that it names — and who goes along when it moves. */
#include <string.h>

#include "model_impl.h"

void home_find(const struct taking *k, struct model_row *r)
{
    const struct schema_column *parent = schema_flagged(r->t, COLUMN_PARENT), *place = schema_flagged(r->t, COLUMN_PLACE);
    const struct model_cell *up = parent ? model_cell(r, parent->number) : NULL;
    const struct model_cell *at = place ? model_cell(r, place->number) : NULL;
    const struct model_row *was_unit = r->unit;
    int64_t was_place = r->place;
    struct row_id id;
    if (up && up->value.kind == VALUE_BLOB && row_id_from_bytes(up->value.data, up->value.len, &id) == 0) {
        const struct model_row *p = model_find(k->m, parent->ref, id);
        r->place = p ? p->place : -1;
        r->unit = p ? p->unit : NULL;
    } else {
        r->place = at && at->value.kind == VALUE_INT ? at->value.i : -1;
        r->unit = strcmp(r->t->name, "household") == 0 ? r : NULL;
    }
    r->moved = r->moved || r->place != was_place || r->unit != was_unit;
}

/* Whose parent has moved goes along, and what hangs on it in turn; graves, too. */
void home_carry(struct taking *k)
{
    bool more = true;
    while (more) {
        more = false;
        for (struct model_row *r = k->m->rows; r; r = r->next) {
            const struct schema_column *parent = schema_flagged(r->t, COLUMN_PARENT);
            const struct model_cell *up = parent ? model_cell(r, parent->number) : NULL;
            struct row_id id;
            if (r->proposed || !up || up->value.kind != VALUE_BLOB) continue;
            if (row_id_from_bytes(up->value.data, up->value.len, &id) != 0) continue;
            const struct model_row *p = model_find(k->m, parent->ref, id);
            if (!p || !p->moved || (p->place == r->place && p->unit == r->unit)) continue;
            home_find(k, r);
            more = true;
            if (r->csn >= k->a->csn) continue; /* addressed by this changeset: has its csn */
            r->csn = 0;
            r->carried = k->a->csn;
        }
    }
    for (struct model_row *r = k->m->rows; r; r = r->next) r->moved = false;
}
