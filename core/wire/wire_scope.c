/* wire_scope: see wire_scope.h. Nothing is allocated before its count has been held against the limits of wire.h. */
#include "wire_scope.h"

static const uint64_t place_most = 999999999999; /* 12 digits */
static const uint64_t id_most = (UINT64_C(1) << 58) - 1;

static bool id_before(struct row_id a, struct row_id b)
{
    return a.origin != b.origin ? a.origin < b.origin : a.number < b.number;
}

bool scope_fits(const struct pull_answer *a)
{
    bool fine = a->place_count <= WIRE_MAX_PLACES && a->household_count <= WIRE_MAX_HOUSEHOLDS;
    for (size_t i = 0; i < a->place_count && fine; i++)
        fine = a->places[i] > (i > 0 ? a->places[i - 1] : 0) && (uint64_t)a->places[i] <= place_most;
    for (size_t i = 0; i < a->household_count && fine; i++)
        fine = !row_id_is_null(a->households[i]) && a->households[i].number <= id_most &&
               (i == 0 || id_before(a->households[i - 1], a->households[i]));
    return fine;
}

static size_t run_at(const struct pull_answer *a, size_t at)
{
    size_t n = 1;
    while (at + n < a->household_count && a->households[at + n].origin == a->households[at].origin) n++;
    return n;
}

static void put_households(const struct pull_answer *a, struct buf *out)
{
    uint64_t runs = 0;
    for (size_t i = 0; i < a->household_count; i += run_at(a, i)) runs++;
    buf_put_varint(out, runs);
    for (size_t i = 0; i < a->household_count;) {
        size_t n = run_at(a, i);
        uint64_t before = 0;
        buf_put_u64be(out, a->households[i].origin);
        buf_put_varint(out, n);
        for (; n > 0; n--, i++) {
            buf_put_varint(out, a->households[i].number - before);
            before = a->households[i].number;
        }
    }
}

void scope_encode(const struct pull_answer *a, struct buf *out)
{
    buf_put_varint(out, a->place_count);
    for (size_t i = 0; i < a->place_count; i++)
        buf_put_varint(out, (uint64_t)(a->places[i] - (i > 0 ? a->places[i - 1] : 0)));
    put_households(a, out);
}

static int malformed(struct err *err)
{
    return err_set(err, ERR_CORRUPT, "拉取消息不完整或格式不对：其中的范围不对", "the pull message is cut short or malformed: its scope is wrong");
}

static int read_places(struct reader *in, struct arena *arena, struct pull_answer *a, struct err *err)
{
    size_t count = (size_t)reader_varint_max(in, WIRE_MAX_PLACES);
    if (in->failed || count > reader_left(in)) return malformed(err); /* each takes a byte at least */
    a->places = arena_array(arena, count + 1, sizeof *a->places);
    if (a->places == NULL) return err_nomem(err);
    for (size_t i = 0; i < count; i++) {
        int64_t before = i > 0 ? a->places[i - 1] : 0;
        a->places[i] = before + (int64_t)reader_varint_max(in, place_most - (uint64_t)before);
    }
    a->place_count = count;
    return 0;
}

static int read_run(struct reader *in, struct pull_answer *a)
{
    uint64_t origin = reader_u64be(in), number = 0;
    size_t count = (size_t)reader_varint_max(in, WIRE_MAX_HOUSEHOLDS - a->household_count);
    if (in->failed || count == 0) return ERR_CORRUPT;
    for (size_t i = 0; i < count; i++) {
        number += reader_varint_max(in, id_most - number);
        a->households[a->household_count++] = (struct row_id){origin, number};
    }
    return in->failed ? ERR_CORRUPT : 0;
}

static int read_households(struct reader *in, struct arena *arena, struct pull_answer *a, struct err *err)
{
    size_t runs = (size_t)reader_varint_max(in, WIRE_MAX_HOUSEHOLDS);
    if (in->failed || runs > reader_left(in)) return malformed(err);
    a->households = arena_array(arena, runs ? WIRE_MAX_HOUSEHOLDS : 1, sizeof *a->households);
    if (a->households == NULL) return err_nomem(err);
    for (size_t i = 0; i < runs; i++)
        if (read_run(in, a) != 0) return malformed(err);
    return 0;
}

int scope_decode(struct reader *in, struct arena *arena, struct pull_answer *a, struct err *err)
{
    int rc = read_places(in, arena, a, err);
    if (rc == 0) rc = read_households(in, arena, a, err);
    if (rc != 0) return rc;
    return !in->failed && scope_fits(a) ? 0 : malformed(err);
}

uint64_t scope_digest(const int64_t *places, size_t count, const struct row_id *households, size_t household_count)
{
    struct digest d;
    struct buf bytes;
    if (count + household_count == 0) return 0;
    buf_init(&bytes, count * 8 + household_count * ROW_ID_BYTES);
    for (size_t i = 0; i < count; i++) buf_put_u64be(&bytes, (uint64_t)places[i]);
    for (size_t i = 0; i < household_count; i++) {
        uint8_t id[ROW_ID_BYTES];
        row_id_to_bytes(households[i], id);
        buf_put(&bytes, id, sizeof id);
    }
    digest_of(bytes.data, bytes.len, &d);
    uint64_t out = bytes.failed ? 0 : digest_short(&d);
    buf_free(&bytes);
    return out;
}
