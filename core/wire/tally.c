/* tally: see tally.h; and how tallies stand in pull messages:
 *
 *   v   number of tallies, then for each:
 *   8   origin of the author, big-endian (0: nobody, and then no number)
 *   v   number of the author
 *   v   month: year * 100 + month
 *   v   count
 *   8   digest, big-endian
 *   v   row numbers << 1 | want, then for each number, ascending: v difference to the one before (to 0 at first), never 0 */
#include "zhucun/tally.h"

#include "zhucun/env.h"
#include "zhucun/schema.h"
#include "zhucun/seal.h"

static const uint64_t id_most = (UINT64_C(1) << 58) - 1;
enum { MONTH_MOST = 999912, TALLY_BYTES = 19 };

/* ---- what is counted ---- */

static int month_of(int64_t day)
{
    char text[11];
    date_format(day, text);
    return (((text[0] - '0') * 10 + text[1] - '0') * 10 + text[2] - '0') * 1000 + (text[3] - '0') * 100 + (text[5] - '0') * 10 +
           text[6] - '0';
}

bool tally_counts(const struct changeset *cs, size_t change, int *month, struct row_id *id)
{
    const struct change *c = &cs->changes[change];
    const struct schema_table *t = c->op == CHANGE_PUT ? schema_table(schema_current(), c->table) : NULL;
    const struct schema_column *date = t ? schema_column_named(t, "date") : NULL;
    if (t == NULL || t != schema_table_named(schema_current(), "visit")) return false;
    *id = c->explicit_id ? c->id : row_id_make(cs->origin, cs->seq, (unsigned)change);
    for (size_t i = 0; i < c->count; i++) {
        if (c->cells[i].column != date->number || c->cells[i].value.kind != VALUE_INT) continue;
        *month = month_of(c->cells[i].value.i);
        return true;
    }
    return false;
}

uint64_t tally_hash(struct row_id visit)
{
    uint8_t id[ROW_ID_BYTES];
    struct digest d;
    row_id_to_bytes(visit, id);
    digest_of(id, sizeof id, &d);
    return digest_short(&d);
}

/* ---- in messages ---- */

bool tallies_fit(const struct tally *list, size_t count)
{
    size_t numbers = 0;
    bool fine = count <= TALLY_MAX;
    for (size_t i = 0; i < count && fine; i++) {
        const struct tally *t = &list[i];
        numbers += t->number_count;
        fine = numbers <= TALLY_MAX_NUMBERS && t->month >= 0 && t->month <= MONTH_MOST && t->author.number <= id_most;
        for (size_t k = 0; k < t->number_count && fine; k++)
            fine = t->numbers[k] > (k > 0 ? t->numbers[k - 1] : 0) && t->numbers[k] <= id_most;
    }
    return fine;
}

void tally_numbers_encode(const uint64_t *numbers, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++)
        buf_put_varint(out, numbers[i] - (i > 0 ? numbers[i - 1] : 0));
}

int tally_numbers_decode(const void *bytes, size_t n, uint64_t *numbers, size_t room, size_t *count)
{
    struct reader in = reader_over(bytes, n);
    uint64_t number = 0;
    for (*count = 0; *count < room && reader_left(&in) > 0; ++*count) {
        number += reader_varint_max(&in, id_most - number);
        numbers[*count] = number;
    }
    return in.failed ? ERR_CORRUPT : 0;
}

void tallies_encode(const struct tally *list, size_t count, struct buf *out)
{
    buf_put_varint(out, count);
    for (size_t i = 0; i < count; i++) {
        const struct tally *t = &list[i];
        buf_put_u64be(out, t->author.origin);
        if (!row_id_is_null(t->author)) buf_put_varint(out, t->author.number);
        buf_put_varint(out, (uint64_t)t->month);
        buf_put_varint(out, t->count);
        buf_put_u64be(out, t->digest);
        buf_put_varint(out, (uint64_t)t->number_count << 1 | (t->want ? 1 : 0));
        tally_numbers_encode(t->numbers, t->number_count, out);
    }
}

static int malformed(struct err *err)
{
    return err_set(err, ERR_CORRUPT, "拉取消息不完整或格式不对：其中的走访合计不对",
                   "the pull message is cut short or malformed: its tallies are wrong");
}

static int read_numbers(struct reader *in, struct arena *arena, size_t room, struct tally *t, struct err *err)
{
    uint64_t number = 0, told = reader_varint_max(in, (uint64_t)room << 1 | 1);
    if (in->failed || told >> 1 > reader_left(in)) return malformed(err);
    t->want = (told & 1) != 0;
    t->number_count = (size_t)(told >> 1);
    t->numbers = arena_array(arena, t->number_count + 1, sizeof *t->numbers);
    if (t->numbers == NULL) return err_nomem(err);
    for (size_t i = 0; i < t->number_count; i++) {
        uint64_t step = reader_varint_max(in, id_most - number);
        if (in->failed || step == 0) return malformed(err);
        t->numbers[i] = number += step;
    }
    return 0;
}

int tallies_decode(struct reader *in, struct arena *arena, struct tally **list, size_t *count, struct err *err)
{
    size_t n = (size_t)reader_varint_max(in, TALLY_MAX), room = TALLY_MAX_NUMBERS;
    if (in->failed || n > reader_left(in) / TALLY_BYTES) return malformed(err);
    *list = arena_array(arena, n + 1, sizeof **list);
    if (*list == NULL) return err_nomem(err);
    for (size_t i = 0; i < n; i++) {
        struct tally *t = &(*list)[i];
        *t = (struct tally){.author = {.origin = reader_u64be(in)}};
        if (!row_id_is_null(t->author)) t->author.number = reader_varint_max(in, id_most);
        t->month = (int)reader_varint_max(in, MONTH_MOST);
        t->count = reader_varint_max(in, INT64_MAX);
        t->digest = reader_u64be(in);
        int rc = read_numbers(in, arena, room, t, err);
        if (rc != 0) return rc;
        room -= t->number_count;
    }
    *count = n;
    return 0;
}
