/* values: something that fits a column — often new, sometimes what somebody else may write too, so that people agree
 * now and then. */
#include <stdio.h>
#include <string.h>

#include "sim.h"

enum { TRIES = 12, SAME_WORDS = 3 };

struct row_id author_some(struct laptop *l)
{
    struct sim *s = l->sim;
    if (sim_chance(s, 3)) return (struct row_id){0, 0};
    if (l->worker_count == 0 || sim_chance(s, 15)) return s->people[sim_below(s, s->people_count)].id;
    const char *no = l->workers[sim_below(s, l->worker_count)];
    for (size_t i = 0; i < s->people_count; i++)
        if (strcmp(s->people[i].no, no) == 0) return s->people[i].id;
    return s->people[0].id;
}

bool row_some(struct laptop *l, const struct schema_table *t, struct arena *a, struct table_row *row)
{
    struct sim *s = l->sim;
    const struct schema_table *here = schema_table(l->home->schema, t->number);
    for (int i = 0; here && i < TRIES * 4; i++) {
        /* Mostly what is young: there people meet. */
        size_t n = s->row_count, back = sim_chance(s, 50) ? sim_below(s, n) : sim_below(s, n < 24 ? n : 24);
        const struct known *k = &s->rows[n - 1 - back];
        if (k->table == t->number && table_read(l->home->tables, here, k->id, a, row, NULL) == 1) return true;
    }
    return false;
}

static struct value text_some(struct laptop *l, const struct schema_column *c, struct arena *a)
{
    struct sim *s = l->sim;
    char words[80];
    bool key = c->flags & COLUMN_KEY;
    if (!key && c->limit >= 10 && sim_chance(s, 25)) snprintf(words, sizeof words, "同%llu", (unsigned long long)sim_below(s, SAME_WORDS));
    else if (c->limit >= 10) snprintf(words, sizeof words, "字%lu", ++s->words);
    else snprintf(words, sizeof words, "%lu", ++s->words % 1000);
    size_t n = strlen(words);
    return value_text(arena_copy(a, words, n), (uint32_t)n);
}

static struct value ref_some(struct laptop *l, int table, struct arena *a)
{
    struct table_row row;
    const struct schema_table *t = schema_table(l->home->schema, table);
    if (!t || !row_some(l, t, a, &row)) return value_null();
    uint8_t id[ROW_ID_BYTES];
    row_id_to_bytes(row.id, id);
    return value_blob(arena_copy(a, id, sizeof id), sizeof id);
}

/* Ids in ascending order, none twice. */
static struct value refs_some(struct laptop *l, int table, struct arena *a)
{
    struct value one = ref_some(l, table, a), two = sim_chance(l->sim, 40) ? ref_some(l, table, a) : value_null();
    if (one.kind != VALUE_BLOB || two.kind != VALUE_BLOB) return one;
    int order = memcmp(one.data, two.data, ROW_ID_BYTES);
    if (order == 0) return one;
    uint8_t both[2 * ROW_ID_BYTES];
    memcpy(both + (order < 0 ? 0 : ROW_ID_BYTES), one.data, ROW_ID_BYTES);
    memcpy(both + (order < 0 ? ROW_ID_BYTES : 0), two.data, ROW_ID_BYTES);
    return value_blob(arena_copy(a, both, sizeof both), sizeof both);
}

static struct value code_some(struct sim *s, const struct schema_codes *codes)
{
    return value_int(codes->list[sim_below(s, codes->count)].code);
}

static struct value set_some(struct sim *s, const struct schema_codes *codes)
{
    int64_t bits = INT64_C(1) << code_some(s, codes).i;
    if (sim_chance(s, 40)) bits |= INT64_C(1) << code_some(s, codes).i;
    return value_int(bits);
}

static struct value hash_some(struct sim *s, struct arena *a)
{
    uint8_t bytes[DIGEST_BYTES];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)sim_dice(s);
    return value_blob(arena_copy(a, bytes, sizeof bytes), sizeof bytes);
}

struct value value_some(struct laptop *l, const struct schema_table *t, const struct schema_column *c, struct arena *a)
{
    struct sim *s = l->sim;
    int64_t today = date_of_ms(s->now_ms);
    (void)t;
    switch (c->type) {
    case TYPE_TEXT: return text_some(l, c, a);
    case TYPE_INT:
    case TYPE_MONEY: return value_int((int64_t)(sim_chance(s, 20) ? sim_below(s, 3) : ++s->words));
    case TYPE_BOOL: return value_int((int64_t)sim_below(s, 2));
    case TYPE_DATE: return value_int(today - (int64_t)sim_below(s, 20));
    case TYPE_MINUTE: return value_int((int64_t)sim_below(s, 1440));
    case TYPE_CODE: return code_some(s, c->codes);
    case TYPE_SET: return set_some(s, c->codes);
    case TYPE_REGION: {
        int64_t place = l->place_count ? l->places[sim_below(s, l->place_count)] : 0;
        if (place % 1000 == 0) place = s->villages[sim_below(s, SIM_VILLAGES)];
        return value_int(place);
    }
    case TYPE_REF: return ref_some(l, c->ref, a);
    case TYPE_REFSET: return refs_some(l, c->ref, a);
    case TYPE_HASH: return hash_some(s, a);
    default: return value_null();
    }
}
