/* lost: an own value that was received and is not what the server shows now — it lost against another's, or somebody
 * changed it in the same moment. Noted before the overlay forgets it, in the same transaction. Neighbour: row.c. */
#include "applying.h"
#include "elements.h"

/* Of a set: what this laptop added and is not there, and what it took out and is there. NULL: nothing lost. */
static int lost_elements(struct applying *p, const struct overlay_cell *mine, const struct value *told, struct value *lost,
                         struct err *err)
{
    struct value gone, gone_out, back;
    int rc = elements_minus(&mine->value, told, &p->arena, &gone, err);
    if (rc == 0) rc = elements_minus(&mine->removed, told, &p->arena, &gone_out, err);
    if (rc == 0) rc = elements_minus(&mine->removed, &gone_out, &p->arena, &back, err);
    return rc ? rc : elements_union(&gone, &back, &p->arena, lost, err);
}

int lost_note(struct applying *p, const struct schema_table *t, struct row_id id, const struct overlay_cell *mine,
              const struct value *told, uint64_t csn, struct err *err)
{
    const struct schema_column *c = schema_column(t, mine->column);
    struct lost_value lost = {.table = t->number, .row = id, .column = mine->column, .seq = mine->seq, .csn = csn,
                              .at_ms = p->a->server_ms, .mine = mine->value, .theirs = *told};
    if (!c) return 0;
    if (elements_column(c)) {
        int rc = lost_elements(p, mine, told, &lost.mine, err);
        if (rc || lost.mine.kind == VALUE_NULL) return rc;
    } else if (value_equal(&mine->value, told)) {
        return 0;
    }
    return journal_lost_add(p->h, &lost, err);
}

static struct value told_value(const struct pulled_row *told, int column)
{
    for (size_t i = 0; i < told->change.count; i++) {
        if (told->change.cells[i].column == column) return told->change.cells[i].value;
    }
    return value_null();
}

static bool overlaid(const struct overlay_cell *overlay, size_t count, int column)
{
    for (size_t i = 0; i < count; i++) {
        if (overlay[i].column == column) return true;
    }
    return false;
}

/* The first state of a row has no overlay: what it shows is what its making said. */
static int note_new(struct applying *p, const struct schema_table *t, const struct pulled_row *told,
                    const struct table_row *shown, const struct overlay_cell *overlay, size_t count, struct err *err)
{
    uint64_t made = told->change.id.number >> ROW_INDEX_BITS;
    int rc = 0;
    if (shown->system[HOME_HASH].kind != VALUE_NULL || told->change.id.origin != p->h->origin || made > p->a->received) return 0;
    for (size_t i = 0; rc == 0 && i < t->count; i++) {
        struct overlay_cell mine = {.column = t->columns[i].number, .seq = made, .value = shown->values[i]};
        struct value value = told_value(told, mine.column);
        if (mine.value.kind == VALUE_NULL || overlaid(overlay, count, mine.column)) continue;
        rc = lost_note(p, t, told->change.id, &mine, &value, told->csn, err);
    }
    return rc;
}

int lost_note_row(struct applying *p, const struct schema_table *t, const struct pulled_row *told,
                  const struct table_row *shown, const struct overlay_cell *overlay, size_t count, struct err *err)
{
    int rc = shown ? note_new(p, t, told, shown, overlay, count, err) : 0;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        if (overlay[i].column == OVERLAY_DELETED || overlay[i].seq > p->a->received) continue;
        struct value value = told_value(told, overlay[i].column);
        rc = lost_note(p, t, told->change.id, &overlay[i], &value, told->csn, err);
    }
    return rc;
}
