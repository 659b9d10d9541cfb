/* tally: see journal_tally.h. Neighbours: receipt.c and quarantine.c keep what counts, sync tells and follows, differ.c
 * shows. Invariant: the tallies are of changesets 1 … tallied without those in tally_out, which are those that were in
 * quarantine when it was last brought up. */
#include "journal_tally.h"

#include "statements.h"

enum { BATCH = 500, BATCH_BYTES = 4 * 1024 * 1024, ARENA_MAX = 64 * 1024 * 1024 };

/* ---- counting ---- */

static int with_key(struct home *h, enum journal_sql which, struct row_id author, int month, uint8_t id[ROW_ID_BYTES],
                    sqlite3_stmt **st, struct err *err)
{
    int rc = journal_statement(h, which, st, err);
    if (rc) return rc;
    row_id_to_bytes(author, id);
    sqlite3_bind_blob(*st, 1, id, row_id_is_null(author) ? 0 : ROW_ID_BYTES, SQLITE_STATIC);
    sqlite3_bind_int(*st, 2, month);
    return 0;
}

static int read_sum(struct home *h, struct row_id author, int month, uint64_t *count, uint64_t *digest, struct err *err)
{
    uint8_t id[ROW_ID_BYTES];
    sqlite3_stmt *st;
    *count = *digest = 0;
    int rc = with_key(h, SQL_TALLY_GET, author, month, id, &st, err);
    if (rc) return rc;
    rc = db_row(h->db, st, err);
    if (rc == 1) {
        *count = (uint64_t)sqlite3_column_int64(st, 0);
        *digest = (uint64_t)sqlite3_column_int64(st, 1);
    }
    sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}

/* In or out by one visit; what was agreed on or told of that month is no longer. */
static int count_visit(struct home *h, struct row_id author, int month, struct row_id visit, bool in, struct err *err)
{
    uint8_t id[ROW_ID_BYTES];
    sqlite3_stmt *st;
    uint64_t count, digest;
    int rc = read_sum(h, author, month, &count, &digest, err);
    if (rc == 0) rc = with_key(h, SQL_TALLY_PUT, author, month, id, &st, err);
    if (rc) return rc;
    sqlite3_bind_int64(st, 3, (int64_t)(in ? count + 1 : count - 1));
    sqlite3_bind_int64(st, 4, (int64_t)(in ? digest + tally_hash(visit) : digest - tally_hash(visit)));
    rc = db_done(h->db, st, err);
    if (rc == 0) rc = with_key(h, SQL_DIFFERENCE_UNTELL, author, month, id, &st, err);
    return rc ? rc : db_done(h->db, st, err);
}

static int count_changeset(struct home *h, const struct changeset *cs, bool in, struct err *err)
{
    struct row_id id;
    int month, rc = 0;
    for (size_t i = 0; i < cs->count && rc == 0; i++)
        if (tally_counts(cs, i, &month, &id)) rc = count_visit(h, cs->author, month, id, in, err);
    return rc;
}

static int count_one(struct home *h, uint64_t seq, bool in, struct arena *arena, struct err *err)
{
    struct changeset *list;
    size_t got;
    arena_reset(arena);
    int rc = journal_read(h, seq, 1, 1, arena, &list, &got, err);
    if (rc == 0 && got) rc = count_changeset(h, &list[0], in, err);
    return rc ? rc : journal_run_seq(h, in ? SQL_TALLY_OUT_DROP : SQL_TALLY_OUT_ADD, seq, err);
}

/* What entered or left quarantine among what is tallied already. */
static int follow_quarantine(struct home *h, uint64_t tallied, struct arena *arena, struct err *err)
{
    int found = 1, rc = 0;
    while (rc == 0 && found == 1) { /* one at a time: counting changes what is asked */
        sqlite3_stmt *st;
        rc = journal_statement(h, SQL_TALLY_OUT_NEXT, &st, err);
        if (rc) return rc;
        sqlite3_bind_int64(st, 1, (int64_t)tallied);
        found = db_row(h->db, st, err);
        if (found != 1) return found;
        uint64_t seq = (uint64_t)sqlite3_column_int64(st, 0);
        bool in = sqlite3_column_int(st, 1) != 0;
        sqlite3_reset(st);
        rc = count_one(h, seq, in, arena, err);
    }
    return rc;
}

/* New ones are counted all; follow_quarantine takes out what should not be. */
static int count_new(struct home *h, uint64_t tallied, uint64_t received, struct arena *arena, struct err *err)
{
    int rc = 0;
    while (rc == 0 && tallied < received) {
        struct changeset *list;
        size_t got, most = received - tallied < BATCH ? (size_t)(received - tallied) : BATCH;
        arena_reset(arena);
        rc = journal_read(h, tallied + 1, most, BATCH_BYTES, arena, &list, &got, err);
        for (size_t i = 0; rc == 0 && i < got; i++)
            rc = count_changeset(h, &list[i], true, err);
        if (rc == 0 && got == 0) return 0; /* verify says what is wrong with such a log */
        tallied += got;
    }
    return rc;
}

static int bring_up(struct home *h, uint64_t tallied, uint64_t received, struct err *err)
{
    struct arena arena;
    int rc = 0;
    arena_init(&arena, ARENA_MAX);
    if (tallied > received) {
        rc = db_exec(h->db, "DELETE FROM tally; DELETE FROM tally_out", err);
        tallied = 0;
    }
    if (rc == 0) rc = count_new(h, tallied, received, &arena, err);
    if (rc == 0) rc = follow_quarantine(h, received, &arena, err);
    if (rc == 0) rc = home_meta_set_int(h, META_TALLIED, (int64_t)received, err);
    arena_free(&arena);
    return rc;
}

int journal_tally_refresh(struct home *h, struct err *err)
{
    int64_t tallied;
    uint64_t received;
    sqlite3_stmt *st;
    int rc = home_meta_int(h, META_TALLIED, 0, &tallied, err);
    if (rc == 0) rc = journal_received(h, &received, err);
    if (rc == 0) rc = journal_statement(h, SQL_TALLY_OUT_NEXT, &st, err);
    if (rc) return rc;
    sqlite3_bind_int64(st, 1, tallied);
    rc = db_row(h->db, st, err);
    sqlite3_reset(st);
    if (rc < 0 || (rc == 0 && (uint64_t)tallied == received)) return rc;
    rc = db_begin(h->db, err);
    return rc ? rc : journal_end(h, bring_up(h, (uint64_t)tallied, received, err), err);
}

/* ---- telling ---- */

int journal_tally_numbers(struct home *h, struct row_id author, int month, uint64_t *numbers, size_t room, size_t *count,
                          struct err *err)
{
    struct arena arena;
    struct changeset *list;
    struct row_id id;
    int64_t tallied;
    uint64_t seq = 0;
    size_t got = 1;
    *count = 0;
    arena_init(&arena, ARENA_MAX);
    int m, rc = home_meta_int(h, META_TALLIED, 0, &tallied, err);
    while (rc == 0 && got && *count < room && seq < (uint64_t)tallied) {
        arena_reset(&arena);
        rc = journal_read(h, seq + 1, BATCH, BATCH_BYTES, &arena, &list, &got, err);
        for (size_t i = 0; rc == 0 && i < got && (seq = list[i].seq) <= (uint64_t)tallied; i++) {
            struct receipt_quarantine out;
            if (!row_id_equal(list[i].author, author)) continue;
            rc = journal_quarantine_of(h, seq, &out, err);
            for (size_t k = 0; rc == 0 && k < list[i].count && *count < room; k++)
                if (tally_counts(&list[i], k, &m, &id) && m == month) numbers[(*count)++] = id.number;
            if (rc > 0) rc = 0;
        }
    }
    arena_free(&arena);
    return rc < 0 ? rc : 0;
}

static int read_open(struct home *h, struct tally *list, bool listed[TALLY_MAX], size_t *count, struct err *err)
{
    sqlite3_stmt *st;
    *count = 0;
    int rc = journal_statement(h, SQL_TALLY_OPEN, &st, err);
    if (rc) return rc;
    sqlite3_bind_int(st, 1, TALLY_MAX);
    while (*count < TALLY_MAX && (rc = db_row(h->db, st, err)) == 1) {
        bool noted = sqlite3_column_type(st, 4) != SQLITE_NULL, told = noted && sqlite3_column_int(st, 4) != 0;
        listed[*count] = noted && !told;
        list[(*count)++] = (struct tally){.author = db_id(st, 0), .month = sqlite3_column_int(st, 1), .want = !told,
                                          .count = (uint64_t)sqlite3_column_int64(st, 2),
                                          .digest = (uint64_t)sqlite3_column_int64(st, 3)};
    }
    sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}

int journal_tally_open(struct home *h, struct arena *arena, struct tally *list, size_t *count, uint64_t *tallied,
                       struct err *err)
{
    bool listed[TALLY_MAX];
    int64_t seq = 0;
    size_t room = TALLY_MAX_NUMBERS;
    int rc = read_open(h, list, listed, count, err);
    if (rc == 0) rc = home_meta_int(h, META_TALLIED, 0, &seq, err);
    *tallied = (uint64_t)seq;
    for (size_t i = 0; i < *count && rc == 0; i++) {
        struct tally *t = &list[i];
        if (!listed[i] || room == 0) continue;
        t->numbers = arena_array(arena, room, sizeof *t->numbers);
        rc = t->numbers ? journal_tally_numbers(h, t->author, t->month, t->numbers, room, &t->number_count, err) : err_nomem(err);
        room -= t->number_count;
    }
    return rc;
}

/* ---- following ---- */

static int agree(struct home *h, const struct tally *asked, struct err *err)
{
    uint8_t id[ROW_ID_BYTES];
    sqlite3_stmt *st;
    int rc = with_key(h, SQL_TALLY_AGREE, asked->author, asked->month, id, &st, err);
    if (rc == 0) rc = db_done(h->db, st, err);
    if (rc == 0) rc = with_key(h, SQL_DIFFERENCE_DROP, asked->author, asked->month, id, &st, err);
    return rc ? rc : db_done(h->db, st, err);
}

/* `there` NULL numbers are kept as they were when the server was not asked for them. */
static int differ(struct home *h, const struct tally *asked, const struct tally *there, int64_t at_ms, struct err *err)
{
    uint8_t id[ROW_ID_BYTES];
    sqlite3_stmt *st;
    struct buf numbers;
    bool told = asked->number_count > 0 || !asked->want;
    int rc = with_key(h, asked->want ? SQL_DIFFERENCE_PUT : SQL_DIFFERENCE_KEEP, asked->author, asked->month, id, &st, err);
    if (rc) return rc;
    buf_init(&numbers, TALLY_MAX_NUMBERS * 10);
    tally_numbers_encode(there->numbers, there->number_count, &numbers);
    sqlite3_bind_int64(st, 3, (int64_t)there->count);
    sqlite3_bind_int64(st, 4, (int64_t)there->digest);
    sqlite3_bind_int(st, 5, told);
    sqlite3_bind_int64(st, 6, at_ms);
    if (asked->want) sqlite3_bind_blob(st, 7, numbers.data ? (const void *)numbers.data : "", (int)numbers.len, SQLITE_STATIC);
    rc = db_done(h->db, st, err);
    buf_free(&numbers);
    return rc;
}

/* Before the server is doubted: does the tally say what the log says? 1 it did not, and does now. */
static int recount(struct home *h, const struct tally *asked, struct err *err)
{
    uint64_t numbers[TALLY_MAX_NUMBERS], digest = 0;
    uint8_t id[ROW_ID_BYTES];
    sqlite3_stmt *st;
    size_t count;
    int rc = journal_tally_numbers(h, asked->author, asked->month, numbers, TALLY_MAX_NUMBERS, &count, err);
    if (rc || count == TALLY_MAX_NUMBERS) return rc;
    for (size_t i = 0; i < count; i++)
        digest += tally_hash((struct row_id){h->origin, numbers[i]});
    if (count == asked->count && digest == asked->digest) return 0;
    rc = with_key(h, SQL_TALLY_PUT, asked->author, asked->month, id, &st, err);
    if (rc) return rc;
    sqlite3_bind_int64(st, 3, (int64_t)count);
    sqlite3_bind_int64(st, 4, (int64_t)digest);
    rc = db_done(h->db, st, err);
    return rc ? rc : 1;
}

static int follow_one(struct home *h, const struct tally *asked, const struct tally *there, int64_t at_ms, bool *again,
                      struct err *err)
{
    uint64_t count, digest;
    int rc = read_sum(h, asked->author, asked->month, &count, &digest, err);
    if (rc) return rc;
    if (count != asked->count || digest != asked->digest) { /* something entered or left quarantine: ask again */
        *again = true;
        return 0;
    }
    if (!there) return agree(h, asked, err);
    rc = asked->want && asked->number_count == 0 ? recount(h, asked, err) : 0;
    if (rc == 1) *again = true;
    if (rc) return rc < 0 ? rc : 0;
    *again = *again || (asked->want && asked->number_count == 0 && count > 0);
    return differ(h, asked, there, at_ms, err);
}

int journal_tally_follow(struct home *h, const struct tally *asked, size_t count, const struct tally *differing,
                         size_t differing_count, int64_t at_ms, bool *again, struct err *err)
{
    *again = false;
    int rc = db_begin(h->db, err);
    if (rc) return rc;
    for (size_t i = 0; i < count && rc == 0; i++) {
        const struct tally *there = NULL;
        for (size_t k = 0; k < differing_count && !there; k++)
            if (differing[k].month == asked[i].month && row_id_equal(differing[k].author, asked[i].author)) there = &differing[k];
        rc = follow_one(h, &asked[i], there, at_ms, again, err);
    }
    return journal_end(h, rc, err);
}
