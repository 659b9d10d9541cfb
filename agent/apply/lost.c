/* lost: own values that were received and that the server does not show. Neighbour: row.c, in whose transaction this
 * is noted, before the overlay forgets.
 *
 *   own cell                              told value       →
 *   in the overlay, received now          the same            own: followed from now on
 *   in the overlay, received now          another             lost at once
 *   made with a row told the first time   another             lost at once
 *   own (shown since an earlier pull)     another             lost later: replaced, perhaps by somebody who saw it
 *
 * For sets "another" means: an element added here is gone, or one taken out here is back. */
#include "applying.h"
#include "elements.h"

/* What of `mine` the told value lacks. NULL kind with *same false: another empty value. */
static int compare(struct applying *p, const struct schema_column *c, const struct own_cell *mine, const struct value *told,
                   struct value *lost, bool *same, struct err *err)
{
    struct value gone, still_out, back;
    *lost = mine->value;
    *same = value_equal(&mine->value, told);
    if (!elements_column(c)) return 0;
    int rc = elements_minus(&mine->value, told, &p->arena, &gone, err);
    if (rc == 0) rc = elements_minus(&mine->removed, told, &p->arena, &still_out, err);
    if (rc == 0) rc = elements_minus(&mine->removed, &still_out, &p->arena, &back, err);
    if (rc == 0) rc = elements_union(&gone, &back, &p->arena, lost, err);
    *same = lost->kind == VALUE_NULL;
    return rc;
}

/* Compares and notes; *same tells whether the server shows it so. */
static int note(struct applying *p, const struct schema_table *t, struct row_id id, const struct own_cell *mine,
                const struct value *told, uint64_t csn, enum lost_how how, bool *same, struct err *err)
{
    const struct schema_column *c = schema_column(t, mine->column);
    struct lost_value lost = {.table = t->number, .row = id, .column = mine->column, .seq = mine->seq, .csn = csn,
                              .at_ms = p->a->server_ms, .how = how, .theirs = *told};
    *same = true;
    int rc = c ? compare(p, c, mine, told, &lost.mine, same, err) : 0;
    return rc || *same ? rc : journal_lost_add(p->h, &lost, err);
}

int lost_note(struct applying *p, const struct schema_table *t, struct row_id id, const struct overlay_cell *mine,
              const struct value *told, uint64_t csn, struct err *err)
{
    struct own_cell own = {mine->column, mine->seq, mine->value, mine->removed};
    bool same;
    int rc = note(p, t, id, &own, told, csn, LOST_AT_ONCE, &same, err);
    if (rc) return rc;
    return same ? journal_own_put(p->h, t->number, id, &own, err) : journal_own_drop(p->h, t->number, id, own.column, err);
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
    if (told->change.id.origin != p->h->origin || made > p->a->received) return 0;
    for (size_t i = 0; rc == 0 && i < t->count; i++) {
        struct own_cell mine = {.column = t->columns[i].number, .seq = made, .value = shown->values[i]};
        struct value value = told_value(told, mine.column);
        bool same;
        if (mine.value.kind == VALUE_NULL || overlaid(overlay, count, mine.column)) continue;
        rc = note(p, t, told->change.id, &mine, &value, told->csn, LOST_AT_ONCE, &same, err);
    }
    return rc;
}

/* Cells that were shown as written here. One that is changed again and not told yet stays for later. */
static int note_own(struct applying *p, const struct schema_table *t, const struct pulled_row *told,
                    const struct overlay_cell *overlay, size_t count, struct err *err)
{
    struct own_cell own[OWN_MAX];
    size_t own_count;
    int rc = journal_own_row(p->h, t->number, told->change.id, &p->arena, own, &own_count, err);
    for (size_t i = 0; rc == 0 && i < own_count; i++) {
        struct value value = told_value(told, own[i].column);
        bool same;
        if (overlaid(overlay, count, own[i].column)) continue;
        rc = note(p, t, told->change.id, &own[i], &value, told->csn, LOST_LATER, &same, err);
        if (rc == 0 && !same) rc = journal_own_drop(p->h, t->number, told->change.id, own[i].column, err);
    }
    return rc;
}

int lost_note_row(struct applying *p, const struct schema_table *t, const struct pulled_row *told,
                  const struct table_row *shown, const struct overlay_cell *overlay, size_t count, struct err *err)
{
    bool touched = shown && shown->system[HOME_SEQ].kind == VALUE_INT;
    int rc = 0;
    if (touched && shown->system[HOME_HASH].kind == VALUE_NULL) rc = note_new(p, t, told, shown, overlay, count, err);
    else if (touched) rc = note_own(p, t, told, overlay, count, err);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        bool waits = overlay[i].seq > p->a->received || overlay[i].quarantined;
        if (overlay[i].column == OVERLAY_DELETED || waits) continue;
        struct value value = told_value(told, overlay[i].column);
        rc = lost_note(p, t, told->change.id, &overlay[i], &value, told->csn, err);
    }
    return rc;
}
