/* pull: the binary messages of POST /v1/pull.
 *
 * Request
 *   2   "ZQ"
 *   1   format, 1
 *   8   origin, big-endian
 *   8   epoch, big-endian; 0: never pulled
 *   v   csn: all up to here is applied
 *   v   schema version of the agent
 *   8   scope digest, big-endian; 0: none held
 *   v   most bytes of the answer; 0: the server's choice
 *   v   head: last seq of the agent's log
 *       tallies of visits (tally.c); with any: v seq up to which they count
 *
 * Answer
 *   2   "ZP"
 *   1   format, 1
 *   1   flags: bit 0 more follows, bit 1 restart, bit 2 the scope is told, bit 3 compare, bit 4 tallies compared, bit 5
 *       further quarantined changesets; the others are 0
 *   8   epoch, big-endian
 *   v   from
 *   v   to − from
 *   v   received: the server's high-water seq of this origin
 *   v   count of live rows of the scope at `to`
 *   8   fingerprint of the scope at `to`, big-endian
 *   v   server's clock, ms since 1970
 *       with bit 2:
 *   v   number of places, then for each, ascending: v difference to the one before (to 0 for the first), never 0
 *   v   number of runs of households, then for each run of one origin, ascending: 8 origin, v number of households,
 *       then for each: v difference to the number before (to 0 for the first)
 *       always:
 *   v   number of quarantined changesets, then for each, ascending: v difference to the seq before, never 0; the
 *       reason in Chinese, then in English: v bytes, the bytes
 *       with bit 5: v number of further ones, not 0, then for each, ascending: v difference to the seq before (for the
 *       first, to the last one with a reason), never 0
 *       with bit 4: the tallies that differ (tally.c)
 *   …   rows_pack's bytes to the end
 *
 * v is an unsigned LEB128 varint in its shortest form. csn, seq and counts are below 2^63. Rows have csn in
 * (from, to], ascending. Nothing is allocated before its count has been held against the limits of wire.h. */
#include <string.h>

#include "wire_scope.h"
#include "wire_json.h"

enum { FLAG_MORE = 1, FLAG_RESTART = 2, FLAG_SCOPE = 4, FLAG_COMPARE = 8, FLAG_TALLIED = 16,
       FLAG_FURTHER = 32, FLAGS = 63 };
static const uint64_t number_most = INT64_MAX;
static const uint64_t ms_most = (uint64_t)1 << 52; /* differences of two clocks never overflow */

int pull_request_encode(const struct pull_request *q, struct buf *out)
{
    buf_put(out, "ZQ", 2);
    buf_put_u8(out, WIRE_FORMAT);
    buf_put_u64be(out, q->origin);
    buf_put_u64be(out, q->epoch);
    buf_put_varint(out, q->csn);
    buf_put_varint(out, (uint64_t)q->schema);
    buf_put_u64be(out, q->scope);
    buf_put_varint(out, q->max_bytes);
    buf_put_varint(out, q->head);
    tallies_encode(q->tallies, q->tally_count, out);
    if (q->tally_count > 0) buf_put_varint(out, q->tallied);
    return out->failed ? ERR_NOMEM : 0;
}

static int malformed(struct err *err)
{
    return err_set(err, ERR_CORRUPT, "拉取消息不完整或格式不对", "the pull message is cut short or malformed");
}

/* Magic and format; the reader stands behind them. */
static int read_head(struct reader *in, const char *magic, enum wire_reader reader, struct err *err)
{
    int rc = wire_refuse_html(in->at, reader_left(in), err);
    if (rc != 0) return rc;
    const uint8_t *found = reader_bytes(in, 2);
    uint8_t format = reader_u8(in);
    if (in->failed || memcmp(found, magic, 2) != 0)
        return err_set(err, ERR_CORRUPT, "收到的不是驻村通的拉取消息：请检查服务器地址",
                       "this is not a pull message of zhucun: check the server's address");
    bool answer = reader == READ_BY_LAPTOP;
    return wire_check_format(format, reader, answer ? "拉取回答" : "拉取请求", answer ? "the pull answer" : "the pull request", err);
}

int pull_request_decode(const void *bytes, size_t n, struct arena *arena, struct pull_request *q, struct err *err)
{
    struct reader in = reader_over(bytes, n);
    *q = (struct pull_request){0};
    if (n > WIRE_MAX_PULL_REQUEST) return malformed(err);
    int rc = read_head(&in, "ZQ", READ_BY_SERVER, err);
    if (rc != 0) return rc;
    q->origin = reader_u64be(&in);
    q->epoch = reader_u64be(&in);
    q->csn = reader_varint_max(&in, number_most);
    q->schema = (int)reader_varint_max(&in, INT32_MAX);
    q->scope = reader_u64be(&in);
    q->max_bytes = reader_varint_max(&in, number_most);
    q->head = reader_varint_max(&in, number_most);
    if (in.failed) return malformed(err);
    rc = tallies_decode(&in, arena, &q->tallies, &q->tally_count, err);
    if (rc != 0) return rc;
    if (q->tally_count > 0) q->tallied = reader_varint_max(&in, number_most);
    if (in.failed || reader_left(&in) != 0 || q->origin == 0) return malformed(err);
    return 0;
}

static bool further_fits(const struct pull_answer *a)
{
    uint64_t before = a->quarantined_count > 0 ? a->quarantined[a->quarantined_count - 1].seq : 0;
    for (size_t i = 0; i < a->further_count && i < WIRE_MAX_FURTHER; i++) {
        if (a->further[i] <= before || a->further[i] > number_most) return false;
        before = a->further[i];
    }
    return a->further_count <= WIRE_MAX_FURTHER;
}

/* What a decoder would refuse is not sent. */
static int check_answer(const struct pull_answer *a, struct err *err)
{
    bool fine = a->place_count <= WIRE_MAX_PLACES && a->row_count <= WIRE_MAX_PULL_ROWS && a->to >= a->from &&
                a->to <= number_most && a->server_ms >= 0 && (uint64_t)a->server_ms <= ms_most &&
                a->quarantined_count <= RECEIPT_MAX_QUARANTINE && further_fits(a) && scope_fits(a) &&
                tallies_fit(a->tallies, a->tally_count);
    if (fine) return 0;
    return err_set(err, ERR_REFUSED, "拉取回答超出限制（%zu 个区域，%zu 行）", "the pull answer is beyond its limits (%zu places, %zu rows)",
                   a->place_count, a->row_count);
}

static int check_rows(const struct pull_answer *a, struct err *err)
{
    uint64_t before = a->from;
    for (size_t i = 0; i < a->row_count; i++) {
        uint64_t csn = a->rows[i].csn;
        if (csn <= a->from || csn > a->to || csn < before)
            return err_set(err, ERR_CORRUPT, "拉取回答的第 %zu 行顺序不对", "row %zu of the pull answer is out of order", i + 1);
        before = csn;
    }
    return 0;
}

static bool put_fits(const char *text)
{
    return strlen(text) < sizeof ((struct receipt_quarantine *)0)->why;
}

static void put_text(const char *text, struct buf *out)
{
    size_t n = put_fits(text) ? strlen(text) : 0;
    buf_put_varint(out, n);
    buf_put(out, text, n);
}

static void put_quarantined(const struct pull_answer *a, struct buf *out)
{
    uint64_t before = 0;
    buf_put_varint(out, a->quarantined_count);
    for (size_t i = 0; i < a->quarantined_count; i++) {
        const struct receipt_quarantine *q = &a->quarantined[i];
        buf_put_varint(out, q->seq - before);
        before = q->seq;
        put_text(q->why, out);
        put_text(q->why_en, out);
    }
    if (a->further_count > 0) buf_put_varint(out, a->further_count);
    for (size_t i = 0; i < a->further_count; i++) {
        buf_put_varint(out, a->further[i] - before);
        before = a->further[i];
    }
}

int pull_answer_encode(const struct pull_answer *a, int level, struct buf *out, struct err *err)
{
    int rc = check_answer(a, err);
    if (rc == 0) rc = check_rows(a, err);
    if (rc != 0) return rc;
    buf_put(out, "ZP", 2);
    buf_put_u8(out, WIRE_FORMAT);
    buf_put_u8(out, (uint8_t)((a->more ? FLAG_MORE : 0) | (a->restart ? FLAG_RESTART : 0) |
                              (a->scope_told ? FLAG_SCOPE : 0) | (a->compare ? FLAG_COMPARE : 0) |
                              (a->tallied ? FLAG_TALLIED : 0) | (a->further_count > 0 ? FLAG_FURTHER : 0)));
    buf_put_u64be(out, a->epoch);
    buf_put_varint(out, a->from);
    buf_put_varint(out, a->to - a->from);
    buf_put_varint(out, a->received);
    buf_put_varint(out, a->count);
    buf_put_u64be(out, a->fingerprint);
    buf_put_varint(out, (uint64_t)a->server_ms);
    if (a->scope_told) scope_encode(a, out);
    put_quarantined(a, out);
    if (a->tallied) tallies_encode(a->tallies, a->tally_count, out);
    if (out->failed) return err_nomem(err);
    return rows_pack(a->rows, a->row_count, level, out, err);
}

static void read_text(struct reader *in, char *out, size_t room)
{
    size_t n = (size_t)reader_varint_max(in, room - 1);
    const uint8_t *bytes = reader_bytes(in, n);
    if (in->failed || !utf8_valid(bytes, n) || memchr(bytes, 0, n) != NULL)
        in->failed = true;
    else
        memcpy(out, bytes, n);
}

static int read_quarantined(struct reader *in, struct arena *arena, struct pull_answer *a, struct err *err)
{
    size_t count = (size_t)reader_varint_max(in, RECEIPT_MAX_QUARANTINE);
    if (in->failed || count > reader_left(in)) return malformed(err);
    a->quarantined = arena_array(arena, count + 1, sizeof *a->quarantined);
    if (a->quarantined == NULL) return err_nomem(err);
    uint64_t seq = 0;
    for (size_t i = 0; i < count; i++) {
        struct receipt_quarantine *q = &a->quarantined[i];
        uint64_t step = reader_varint_max(in, number_most - seq);
        q->seq = seq += step;
        read_text(in, q->why, sizeof q->why);
        read_text(in, q->why_en, sizeof q->why_en);
        if (in->failed || step == 0) return malformed(err);
    }
    a->quarantined_count = count;
    return 0;
}

static int read_further(struct reader *in, struct arena *arena, struct pull_answer *a, struct err *err)
{
    uint64_t seq = a->quarantined_count > 0 ? a->quarantined[a->quarantined_count - 1].seq : 0;
    size_t count = (size_t)reader_varint_max(in, WIRE_MAX_FURTHER);
    if (in->failed || count == 0 || count > reader_left(in)) return malformed(err);
    a->further = arena_array(arena, count, sizeof *a->further);
    if (a->further == NULL) return err_nomem(err);
    for (size_t i = 0; i < count; i++) {
        uint64_t step = reader_varint_max(in, number_most - seq);
        if (in->failed || step == 0) return malformed(err);
        a->further[i] = seq += step;
    }
    a->further_count = count;
    return 0;
}

static int read_answer_head(struct reader *in, struct arena *arena, struct pull_answer *a, struct err *err)
{
    int rc = read_head(in, "ZP", READ_BY_LAPTOP, err);
    if (rc != 0) return rc;
    uint8_t flags = reader_u8(in);
    a->more = (flags & FLAG_MORE) != 0;
    a->restart = (flags & FLAG_RESTART) != 0;
    a->compare = (flags & FLAG_COMPARE) != 0;
    a->epoch = reader_u64be(in);
    a->from = reader_varint_max(in, number_most);
    a->to = a->from + reader_varint_max(in, number_most - a->from);
    a->received = reader_varint_max(in, number_most);
    a->count = reader_varint_max(in, number_most);
    a->fingerprint = reader_u64be(in);
    a->server_ms = (int64_t)reader_varint_max(in, ms_most);
    a->scope_told = (flags & FLAG_SCOPE) != 0;
    a->tallied = (flags & FLAG_TALLIED) != 0;
    if (in->failed || (flags & ~FLAGS) != 0) return malformed(err);
    rc = a->scope_told ? scope_decode(in, arena, a, err) : 0;
    if (rc == 0) rc = read_quarantined(in, arena, a, err);
    if (rc == 0 && (flags & FLAG_FURTHER) != 0) rc = read_further(in, arena, a, err);
    return rc == 0 && a->tallied ? tallies_decode(in, arena, &a->tallies, &a->tally_count, err) : rc;
}

int pull_answer_decode(const void *bytes, size_t n, struct arena *arena, struct pull_answer *a, struct err *err)
{
    struct reader in = reader_over(bytes, n);
    *a = (struct pull_answer){0};
    if (n > WIRE_MAX_PULL_ANSWER)
        return err_set(err, ERR_CORRUPT, "拉取回答太长（%zu 字节）", "the pull answer is too long (%zu bytes)", n);
    int rc = read_answer_head(&in, arena, a, err);
    if (rc != 0) return rc;
    size_t left = reader_left(&in);
    rc = rows_unpack(reader_bytes(&in, left), left, arena, &a->rows, &a->row_count, err);
    if (rc != 0) return rc;
    if (a->row_count > WIRE_MAX_PULL_ROWS)
        return err_set(err, ERR_CORRUPT, "拉取回答的行太多（%zu）", "the pull answer has too many rows (%zu)", a->row_count);
    return check_rows(a, err);
}
