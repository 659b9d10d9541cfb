/* receipt: what the server has said about this log, and what follows for each record: 未上报, 已上报, 已隔离.
 * Invariant: max(receipt.high) is the server's high-water mark as far as it is known here; a receipt is stored only
 * when its hash is this log's. */
#include "journal.h"

#include <stdio.h>

#include "statements.h"

int journal_received(struct home *h, uint64_t *high, struct err *err)
{
    sqlite3_stmt *st;
    *high = 0;
    int rc = journal_statement(h, SQL_RECEIVED, &st, err);
    if (rc) return rc;
    rc = db_row(h->db, st, err);
    if (rc == 1) *high = (uint64_t)sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}

static int add(struct home *h, uint64_t high, int64_t received_ms, uint64_t csn, uint64_t epoch, struct err *err)
{
    sqlite3_stmt *st;
    int rc = journal_statement(h, SQL_RECEIPT_ADD, &st, err);
    if (rc) return rc;
    sqlite3_bind_int64(st, 1, (int64_t)high);
    sqlite3_bind_int64(st, 2, received_ms);
    sqlite3_bind_int64(st, 3, (int64_t)csn);
    sqlite3_bind_int64(st, 4, (int64_t)epoch);
    return db_done(h->db, st, err);
}

/* The new last receipt; what lay above it is forgotten, with the reasons that belonged to it. */
static int move_to(struct home *h, uint64_t high, int64_t received_ms, uint64_t csn, uint64_t epoch, struct err *err)
{
    int rc = high ? journal_run_seq(h, SQL_RECEIPT_COVER, high, err) : 0;
    if (rc == 0) rc = journal_run_seq(h, SQL_RECEIPT_CUT, high, err);
    if (rc == 0) rc = journal_run_seq(h, SQL_QUARANTINE_CUT, high, err);
    if (rc == 0 && high) rc = add(h, high, received_ms, csn, epoch, err);
    return rc;
}

/* Another epoch: the server was restored. Its csns mean something else from now on, so nothing that is written
 * here before the next pull may claim to have seen any of them: base falls to 0. */
static int note_server(struct home *h, const struct receipt *r, struct err *err)
{
    int64_t epoch;
    int rc = home_meta_int(h, META_EPOCH, 0, &epoch, err);
    if (rc == 0 && epoch && (uint64_t)epoch != r->epoch) {
        rc = home_meta_set_int(h, META_SNAPSHOT, SNAPSHOT_MENDING, err);
        if (rc == 0) rc = home_meta_set_int(h, META_CURSOR, 0, err);
    }
    if (rc == 0 && (uint64_t)epoch != r->epoch) rc = home_meta_set_int(h, META_EPOCH, (int64_t)r->epoch, err);
    if (rc == 0) rc = home_meta_set_int(h, META_SKEW, r->skew_ms, err);
    if (rc == 0) rc = home_meta_set_int(h, META_LAST_CONTACT, r->server_ms, err);
    return rc;
}

static int same_branch(struct home *h, const struct receipt *r, struct err *err)
{
    struct digest mine;
    int rc = journal_hash(h, r->high, &mine, err);
    if (rc == 0 && digest_equal(&mine, &r->hash)) return 0;
    if (rc && rc != ERR_NOT_FOUND) return rc;
    return err_set(err, ERR_REFUSED, "回执（第 %llu 条）与本机日志不符：本机可能是复制或恢复的副本",
                   "the receipt (entry %llu) is not of this log: this machine may be a copy or a restored one",
                   (unsigned long long)r->high);
}

int journal_receipt(struct home *h, const struct receipt *r, struct err *err)
{
    int rc = db_begin(h->db, err);
    if (rc) return rc;
    rc = same_branch(h, r, err);
    if (rc == 0) rc = move_to(h, r->high, r->server_ms, r->csn, r->epoch, err);
    if (rc == 0) rc = journal_quarantine_add(h, r->quarantined, r->quarantined_count, err);
    if (rc == 0) rc = journal_run_seq(h, SQL_SEALED_SETTLE, r->high, err);
    if (rc == 0) rc = note_server(h, r, err);
    return journal_end(h, rc, err);
}

int journal_set_received(struct home *h, uint64_t high, struct err *err)
{
    int64_t epoch;
    int rc = db_begin(h->db, err);
    if (rc) return rc;
    rc = home_meta_int(h, META_EPOCH, 0, &epoch, err);
    if (rc == 0) rc = move_to(h, high, h->env->now_ms(h->env->ctx), 0, (uint64_t)epoch, err);
    if (rc == 0) rc = journal_sealed_drop(h, err);
    return journal_end(h, rc, err);
}

/* 1 quarantined, 0 not. */
static int read_reason(struct home *h, uint64_t seq, struct record_status *out, struct err *err)
{
    struct receipt_quarantine q;
    int rc = journal_quarantine_of(h, seq, &q, err);
    if (rc != 1) return rc;
    out->state = RECORD_QUARANTINED;
    snprintf(out->why, sizeof out->why, "%s", q.why);
    snprintf(out->why_en, sizeof out->why_en, "%s", q.why_en);
    return 1;
}

static int read_receipt(struct home *h, uint64_t seq, struct record_status *out, struct err *err)
{
    sqlite3_stmt *st;
    int rc = journal_statement(h, SQL_RECEIPT_OF, &st, err);
    if (rc) return rc;
    sqlite3_bind_int64(st, 1, (int64_t)seq);
    rc = db_row(h->db, st, err);
    out->state = rc == 1 ? RECORD_RECEIVED : RECORD_PENDING;
    if (rc == 1) out->received_ms = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}

int journal_row_status(struct home *h, const struct table_row *row, struct record_status *out, struct err *err)
{
    const struct value *seq = &row->system[HOME_SEQ], *received = &row->system[HOME_RECEIVED];
    *out = (struct record_status){.state = RECORD_RECEIVED};
    if (seq->kind == VALUE_INT) {
        int rc = read_receipt(h, (uint64_t)seq->i, out, err);
        if (rc == 0 && out->state == RECORD_RECEIVED) rc = read_reason(h, (uint64_t)seq->i, out, err);
        if (rc < 0) return rc;
    }
    if (out->state == RECORD_RECEIVED && received->kind == VALUE_INT) out->received_ms = received->i;
    return 0;
}

int journal_counts(struct home *h, struct journal_counts *c, struct err *err)
{
    struct journal_head head;
    sqlite3_stmt *st;
    uint64_t high;
    *c = (struct journal_counts){0};
    int rc = journal_head(h, &head, err);
    if (rc == 0) rc = journal_received(h, &high, err);
    if (rc == 0) rc = journal_statement(h, SQL_QUARANTINE_COUNT, &st, err);
    if (rc) return rc;
    rc = db_row(h->db, st, err);
    if (rc == 1) c->quarantined = (uint64_t)sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    c->pending = head.seq > high ? head.seq - high : 0;
    c->received = high > c->quarantined ? high - c->quarantined : 0;
    return rc < 0 ? rc : 0;
}
