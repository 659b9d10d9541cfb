/* differ: where the server counts other visits of this laptop than it does itself, for verify, status and doctor. */
#include "journal_tally.h"

#include <stdlib.h>

#include "statements.h"

struct side {
    uint64_t numbers[TALLY_MAX_NUMBERS];
    size_t count;
    uint64_t last; /* nothing is known above it */
};
struct showing {
    struct home *h;
    journal_difference_fn *fn;
    void *ctx;
    struct side here, there;
    uint64_t only_here[TALLY_MAX_NUMBERS], only_there[TALLY_MAX_NUMBERS];
    struct err *err;
};

static size_t alone(const struct side *x, const struct side *y, uint64_t *out)
{
    size_t n = 0, k = 0;
    for (size_t i = 0; i < x->count && x->numbers[i] <= y->last; i++) {
        while (k < y->count && y->numbers[k] < x->numbers[i])
            k++;
        if (k == y->count || y->numbers[k] != x->numbers[i]) out[n++] = x->numbers[i];
    }
    return n;
}

/* A list that was cut says nothing behind its end. */
static void end_side(struct side *s, uint64_t count)
{
    s->last = count > s->count ? s->count ? s->numbers[s->count - 1] : 0 : UINT64_MAX;
}

static int show(struct showing *s, struct journal_difference *d)
{
    int rc = journal_tally_numbers(s->h, d->author, d->month, s->here.numbers, TALLY_MAX_NUMBERS, &s->here.count, s->err);
    if (rc) return rc;
    end_side(&s->here, d->here);
    end_side(&s->there, d->there);
    d->only_here_count = alone(&s->here, &s->there, s->only_here);
    d->only_there_count = alone(&s->there, &s->here, s->only_there);
    d->only_here = s->only_here;
    d->only_there = s->only_there;
    return s->fn(s->ctx, d);
}

/* The next difference behind (month, author), newest months first. 1, 0 none. */
static int next(struct showing *s, struct journal_difference *d, struct err *err)
{
    uint8_t id[ROW_ID_BYTES];
    sqlite3_stmt *st;
    int rc = journal_statement(s->h, SQL_DIFFERENCE_NEXT, &st, err);
    if (rc) return rc;
    row_id_to_bytes(d->author, id);
    sqlite3_bind_blob(st, 1, id, row_id_is_null(d->author) ? 0 : ROW_ID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int(st, 2, d->month);
    rc = db_row(s->h->db, st, err);
    if (rc != 1) return rc;
    *d = (struct journal_difference){.author = db_id(st, 0), .month = sqlite3_column_int(st, 1),
                                     .here = (uint64_t)sqlite3_column_int64(st, 2), .there = (uint64_t)sqlite3_column_int64(st, 3),
                                     .since_ms = sqlite3_column_int64(st, 4)};
    rc = tally_numbers_decode(sqlite3_column_blob(st, 5), (size_t)sqlite3_column_bytes(st, 5), s->there.numbers,
                              TALLY_MAX_NUMBERS, &s->there.count);
    sqlite3_reset(st);
    return rc ? err_set(err, ERR_CORRUPT, "服务器告知的走访编号损坏：请再同步一次",
                        "the visit numbers that the server told are damaged: sync again") : 1;
}

int journal_tally_differences(struct home *h, journal_difference_fn *fn, void *ctx, struct err *err)
{
    struct journal_difference d = {.month = INT32_MAX};
    struct showing *s = calloc(1, sizeof *s);
    if (!s) return err_nomem(err);
    *s = (struct showing){.h = h, .fn = fn, .ctx = ctx, .err = err};
    int rc;
    while ((rc = next(s, &d, err)) == 1)
        if ((rc = show(s, &d))) break;
    free(s);
    return rc;
}

int journal_tally_differ(struct home *h, uint64_t *count, struct err *err)
{
    sqlite3_stmt *st;
    *count = 0;
    int rc = journal_statement(h, SQL_DIFFERENCE_COUNT, &st, err);
    if (rc) return rc;
    rc = db_row(h->db, st, err);
    if (rc == 1) *count = (uint64_t)sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}
