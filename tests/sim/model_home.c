/* model_home: where a row lives — at its parent's, else at the region that it names — who goes along when it moves,
 * and who is responsible there: a supervisor's level counts where the row lives, lived, or is meant to live. */
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
    for (struct model_row *r = k->m->rows; r; r = r->next) {
        r->moved = false;
        r->from = r->place;
    }
}

static const struct value *value_meant(struct model_row *r, const struct change *c, const struct schema_column *column)
{
    static const struct value nothing = {.kind = VALUE_NULL};
    const struct model_cell *cell = column && r ? model_cell(r, column->number) : NULL;
    for (size_t i = 0; column && i < c->count; i++)
        if (c->cells[i].column == column->number) return &c->cells[i].value;
    return cell ? &cell->value : &nothing;
}

static int64_t place_meant(const struct taking *k, const struct schema_table *t, struct model_row *r, const struct change *c)
{
    const struct schema_column *parent = schema_flagged(t, COLUMN_PARENT);
    const struct value *up = value_meant(r, c, parent), *at = value_meant(r, c, schema_flagged(t, COLUMN_PLACE));
    struct row_id id;
    if (up->kind != VALUE_BLOB || row_id_from_bytes(up->data, up->len, &id) != 0) return at->kind == VALUE_INT ? at->i : 0;
    const struct model_row *p = model_find(k->m, parent->ref, id);
    return p ? p->place : 0;
}

int level_at(const struct taking *k, const struct schema_table *t, struct model_row *r, const struct change *c)
{
    const int64_t places[] = {r ? r->place : 0, r ? r->from : 0, place_meant(k, t, r, c)};
    if (k->rank <= LEVEL_CADRE || k->rank >= LEVEL_CITY) return k->rank;
    for (size_t i = 0; i < 3; i++)
        if (places[i] < 0 || (k->region > 0 && region_covers(k->region, places[i]))) return k->rank;
    return LEVEL_CADRE;
}
