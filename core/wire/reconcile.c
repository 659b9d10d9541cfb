/* reconcile: the binary messages of POST /v1/reconcile.
 *
 * Request
 *   2   "ZR"
 *   1   format, 1
 *   8   origin, big-endian
 *   8   epoch, big-endian
 *   v   csn: the agent's cursor
 *   v   schema version of the agent
 *   8   scope digest, big-endian
 *   v   head: last seq of the agent's log
 *   v   at: csn up to which; 0: the server picks its head
 *   v   most bytes of the answer; 0: the server's choice
 *   v   number of ranges, then for each, ascending:
 *         v   from − the `to` of the range before (0 at first)
 *         v   to − from, never 0
 *         v   rows << 1 | listed
 *         8   not listed: the sum of their hashes modulo 2^64, big-endian
 *             listed: for each row, ascending: v csn − the csn before (`from` at first), never 0; 4 first bytes of its hash
 *
 * Answer
 *   2   "ZS"
 *   1   format, 1
 *   1   flags: bit 1 restart, bit 2 the scope is told; the others are 0
 *   8   epoch, big-endian
 *   v   at
 *   v   received: the server's high-water seq of this origin
 *   v   server's clock, ms since 1970
 *       with bit 2: the scope, as in a pull answer (pull.c)
 *   v   upto
 *   v   number of ranges, then runs until all are told: v length of the run << 2 | verdict
 *   v   number of gone csns, then for each, ascending: v difference to the one before (to 0 for the first), never 0
 *   …   rows_pack's bytes to the end; rows have csn in (0, at], ascending
 *
 * v is an unsigned LEB128 varint in its shortest form; csns are below 2^63. Nothing is allocated before its count has
 * been held against the limits of reconcile.h. */
#include "zhucun/reconcile.h"

#include <string.h>

#include "wire_scope.h"
#include "wire_json.h"

enum { FLAG_RESTART = 2, FLAG_SCOPE = 4, FLAGS = 6, ROW_BYTES = 5, RANGE_BYTES = 3 };
static const uint64_t csn_most = INT64_MAX;
static const uint64_t ms_most = (uint64_t)1 << 52;

static int malformed(struct err *err)
{
    return err_set(err, ERR_CORRUPT, "核对消息不完整或格式不对", "the reconcile message is cut short or malformed");
}

static int read_head(struct reader *in, const char *magic, enum wire_reader reader, struct err *err)
{
    int rc = wire_refuse_html(in->at, reader_left(in), err);
    if (rc != 0) return rc;
    const uint8_t *found = reader_bytes(in, 2);
    uint8_t format = reader_u8(in);
    if (in->failed || memcmp(found, magic, 2) != 0)
        return err_set(err, ERR_CORRUPT, "收到的不是驻村通的核对消息：请检查服务器地址",
                       "this is not a reconcile message of zhucun: check the server's address");
    bool answer = reader == READ_BY_LAPTOP;
    return wire_check_format(format, reader, answer ? "核对回答" : "核对请求", answer ? "the reconcile answer" : "the reconcile request", err);
}

/* ---- request ---- */

/* What a decoder would refuse is not sent. */
static bool range_fits(const struct reconcile_range *r, uint64_t after)
{
    uint64_t before = r->from;
    if (r->from < after || r->to <= r->from || r->to > csn_most || r->count > csn_most >> 1) return false;
    for (size_t i = 0; r->listed && i < r->count; i++) {
        if (r->rows[i].csn <= before || r->rows[i].csn > r->to) return false;
        before = r->rows[i].csn;
    }
    return true;
}

static int check_request(const struct reconcile_request *q, struct err *err)
{
    uint64_t listed = 0, after = 0;
    bool fine = q->range_count <= RECONCILE_MAX_RANGES && q->origin != 0 && q->at <= csn_most;
    for (size_t i = 0; i < q->range_count && fine; i++) {
        listed += q->ranges[i].listed ? q->ranges[i].count : 0;
        fine = listed <= RECONCILE_MAX_LISTED && range_fits(&q->ranges[i], after);
        after = q->ranges[i].to;
    }
    if (fine) return 0;
    return err_set(err, ERR_REFUSED, "核对请求超出限制（%zu 段）", "the reconcile request is beyond its limits (%zu ranges)", q->range_count);
}

static void put_u32be(struct buf *out, uint32_t v)
{
    uint8_t bytes[] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
    buf_put(out, bytes, sizeof bytes);
}

static void put_range(const struct reconcile_range *r, uint64_t after, struct buf *out)
{
    uint64_t before = r->from;
    buf_put_varint(out, r->from - after);
    buf_put_varint(out, r->to - r->from);
    buf_put_varint(out, r->count << 1 | (r->listed ? 1 : 0));
    if (!r->listed) buf_put_u64be(out, r->sum);
    for (size_t i = 0; r->listed && i < r->count; i++) {
        buf_put_varint(out, r->rows[i].csn - before);
        put_u32be(out, r->rows[i].hash);
        before = r->rows[i].csn;
    }
}

int reconcile_request_encode(const struct reconcile_request *q, struct buf *out, struct err *err)
{
    int rc = check_request(q, err);
    if (rc != 0) return rc;
    buf_put(out, "ZR", 2);
    buf_put_u8(out, WIRE_FORMAT);
    buf_put_u64be(out, q->origin);
    buf_put_u64be(out, q->epoch);
    buf_put_varint(out, q->csn);
    buf_put_varint(out, (uint64_t)q->schema);
    buf_put_u64be(out, q->scope);
    buf_put_varint(out, q->head);
    buf_put_varint(out, q->at);
    buf_put_varint(out, q->max_bytes);
    buf_put_varint(out, q->range_count);
    for (size_t i = 0; i < q->range_count; i++) put_range(&q->ranges[i], i > 0 ? q->ranges[i - 1].to : 0, out);
    return out->failed ? err_nomem(err) : 0;
}

static int read_rows(struct reader *in, struct arena *arena, struct reconcile_range *r, struct err *err)
{
    uint64_t csn = r->from;
    if (r->count > reader_left(in) / ROW_BYTES) return malformed(err);
    r->rows = arena_array(arena, (size_t)r->count + 1, sizeof *r->rows);
    if (r->rows == NULL) return err_nomem(err);
    for (size_t i = 0; i < r->count; i++) {
        uint64_t step = reader_varint_max(in, r->to - csn);
        const uint8_t *h = reader_bytes(in, 4);
        if (in->failed || step == 0) return malformed(err);
        csn += step;
        r->rows[i] = (struct reconcile_row){csn, (uint32_t)h[0] << 24 | (uint32_t)h[1] << 16 | (uint32_t)h[2] << 8 | h[3]};
    }
    return 0;
}

static int read_range(struct reader *in, struct arena *arena, uint64_t after, uint64_t *listed, struct reconcile_range *r,
                      struct err *err)
{
    r->from = after + reader_varint_max(in, csn_most - after);
    uint64_t length = reader_varint_max(in, csn_most - r->from);
    uint64_t rows = reader_varint_max(in, csn_most);
    if (in->failed || length == 0) return malformed(err);
    r->to = r->from + length;
    r->count = rows >> 1;
    r->listed = (rows & 1) != 0;
    if (!r->listed) {
        r->sum = reader_u64be(in);
        return in->failed ? malformed(err) : 0;
    }
    if (r->count > RECONCILE_MAX_LISTED - *listed) return malformed(err);
    *listed += r->count;
    return read_rows(in, arena, r, err);
}

int reconcile_request_decode(const void *bytes, size_t n, struct arena *arena, struct reconcile_request *q, struct err *err)
{
    struct reader in = reader_over(bytes, n);
    uint64_t listed = 0;
    *q = (struct reconcile_request){0};
    if (n > RECONCILE_MAX_REQUEST) return malformed(err);
    int rc = read_head(&in, "ZR", READ_BY_SERVER, err);
    if (rc != 0) return rc;
    q->origin = reader_u64be(&in);
    q->epoch = reader_u64be(&in);
    q->csn = reader_varint_max(&in, csn_most);
    q->schema = (int)reader_varint_max(&in, INT32_MAX);
    q->scope = reader_u64be(&in);
    q->head = reader_varint_max(&in, csn_most);
    q->at = reader_varint_max(&in, csn_most);
    q->max_bytes = reader_varint_max(&in, csn_most);
    q->range_count = (size_t)reader_varint_max(&in, RECONCILE_MAX_RANGES);
    if (in.failed || q->origin == 0 || q->range_count > reader_left(&in) / RANGE_BYTES) return malformed(err);
    q->ranges = arena_array(arena, q->range_count + 1, sizeof *q->ranges);
    if (q->ranges == NULL) return err_nomem(err);
    for (size_t i = 0; i < q->range_count && rc == 0; i++)
        rc = read_range(&in, arena, i > 0 ? q->ranges[i - 1].to : 0, &listed, &q->ranges[i], err);
    return rc == 0 && reader_left(&in) != 0 ? malformed(err) : rc;
}

/* ---- answer ---- */

static int check_rows(const struct pull_answer *a, struct err *err)
{
    uint64_t before = 0;
    for (size_t i = 0; i < a->row_count; i++) {
        if (a->rows[i].csn <= before || a->rows[i].csn > a->to)
            return err_set(err, ERR_CORRUPT, "核对回答的第 %zu 行顺序不对", "row %zu of the reconcile answer is out of order", i + 1);
        before = a->rows[i].csn;
    }
    return 0;
}

static int check_answer(const struct reconcile_answer *a, struct err *err)
{
    const struct pull_answer *t = &a->told;
    uint64_t before = 0;
    bool fine = a->range_count <= RECONCILE_MAX_RANGES && a->gone_count <= RECONCILE_MAX_LISTED && t->to <= csn_most &&
                t->row_count <= WIRE_MAX_PULL_ROWS && t->server_ms >= 0 && (uint64_t)t->server_ms <= ms_most && scope_fits(t);
    for (size_t i = 0; i < a->gone_count && fine; before = a->gone[i++]) fine = a->gone[i] > before && a->gone[i] <= csn_most;
    for (size_t i = 0; i < a->range_count && fine; i++) fine = a->verdicts[i] <= RECONCILE_LATER;
    if (fine) return check_rows(t, err);
    return err_set(err, ERR_REFUSED, "核对回答超出限制（%zu 段，%zu 行）", "the reconcile answer is beyond its limits (%zu ranges, %zu rows)",
                   a->range_count, t->row_count);
}

static void put_verdicts(const struct reconcile_answer *a, struct buf *out)
{
    buf_put_varint(out, a->range_count);
    for (size_t i = 0, n; i < a->range_count; i += n) {
        for (n = 1; i + n < a->range_count && a->verdicts[i + n] == a->verdicts[i];) n++;
        buf_put_varint(out, (uint64_t)n << 2 | a->verdicts[i]);
    }
}

int reconcile_answer_encode(const struct reconcile_answer *a, int level, struct buf *out, struct err *err)
{
    const struct pull_answer *t = &a->told;
    int rc = check_answer(a, err);
    if (rc != 0) return rc;
    buf_put(out, "ZS", 2);
    buf_put_u8(out, WIRE_FORMAT);
    buf_put_u8(out, (uint8_t)((t->restart ? FLAG_RESTART : 0) | (t->scope_told ? FLAG_SCOPE : 0)));
    buf_put_u64be(out, t->epoch);
    buf_put_varint(out, t->to);
    buf_put_varint(out, t->received);
    buf_put_varint(out, (uint64_t)t->server_ms);
    if (t->scope_told) scope_encode(t, out);
    buf_put_varint(out, a->upto);
    put_verdicts(a, out);
    buf_put_varint(out, a->gone_count);
    for (size_t i = 0; i < a->gone_count; i++) buf_put_varint(out, a->gone[i] - (i > 0 ? a->gone[i - 1] : 0));
    if (out->failed) return err_nomem(err);
    return rows_pack(t->rows, t->row_count, level, out, err);
}

static int read_verdicts(struct reader *in, struct arena *arena, struct reconcile_answer *a, struct err *err)
{
    a->range_count = (size_t)reader_varint_max(in, RECONCILE_MAX_RANGES);
    if (in->failed) return malformed(err);
    a->verdicts = arena_alloc(arena, a->range_count + 1);
    if (a->verdicts == NULL) return err_nomem(err);
    for (size_t i = 0; i < a->range_count;) {
        uint64_t run = reader_varint_max(in, (uint64_t)(a->range_count - i) << 2 | 3);
        if (in->failed || run >> 2 == 0) return malformed(err);
        memset(a->verdicts + i, (int)(run & 3), (size_t)(run >> 2));
        i += (size_t)(run >> 2);
    }
    return 0;
}

static int read_gone(struct reader *in, struct arena *arena, struct reconcile_answer *a, struct err *err)
{
    uint64_t csn = 0;
    size_t count = (size_t)reader_varint_max(in, RECONCILE_MAX_LISTED);
    if (in->failed || count > reader_left(in)) return malformed(err);
    a->gone = arena_array(arena, count + 1, sizeof *a->gone);
    if (a->gone == NULL) return err_nomem(err);
    for (size_t i = 0; i < count; i++) {
        uint64_t step = reader_varint_max(in, csn_most - csn);
        if (in->failed || step == 0) return malformed(err);
        a->gone[i] = csn += step;
    }
    a->gone_count = count;
    return 0;
}

static int read_answer_head(struct reader *in, struct arena *arena, struct pull_answer *t, struct err *err)
{
    int rc = read_head(in, "ZS", READ_BY_LAPTOP, err);
    if (rc != 0) return rc;
    uint8_t flags = reader_u8(in);
    t->restart = (flags & FLAG_RESTART) != 0;
    t->scope_told = (flags & FLAG_SCOPE) != 0;
    t->epoch = reader_u64be(in);
    t->to = reader_varint_max(in, csn_most);
    t->received = reader_varint_max(in, csn_most);
    t->server_ms = (int64_t)reader_varint_max(in, ms_most);
    if (in->failed || (flags & ~FLAGS) != 0) return malformed(err);
    return t->scope_told ? scope_decode(in, arena, t, err) : 0;
}

int reconcile_answer_decode(const void *bytes, size_t n, struct arena *arena, struct reconcile_answer *a, struct err *err)
{
    struct reader in = reader_over(bytes, n);
    struct pull_answer *t = &a->told;
    *a = (struct reconcile_answer){0};
    if (n > WIRE_MAX_PULL_ANSWER)
        return err_set(err, ERR_CORRUPT, "核对回答太长（%zu 字节）", "the reconcile answer is too long (%zu bytes)", n);
    int rc = read_answer_head(&in, arena, t, err);
    if (rc == 0) a->upto = reader_varint_max(&in, csn_most);
    if (rc == 0) rc = read_verdicts(&in, arena, a, err);
    if (rc == 0) rc = read_gone(&in, arena, a, err);
    if (rc != 0) return rc;
    size_t left = reader_left(&in);
    rc = rows_unpack(reader_bytes(&in, left), left, arena, &t->rows, &t->row_count, err);
    if (rc != 0) return rc;
    if (t->row_count > WIRE_MAX_PULL_ROWS)
        return err_set(err, ERR_CORRUPT, "核对回答的行太多（%zu）", "the reconcile answer has too many rows (%zu)", t->row_count);
    return check_rows(t, err);
}
