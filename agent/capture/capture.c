/* capture: begin and end of the one write path. Neighbours: change.c (acts), check.c (refusals), journal.
 * Invariant: between capture_begin and capture_commit one BEGIN IMMEDIATE is open; the log's head, the clock stamp
 * and `base` are read inside it; one COMMIT, one fsync. */
#include "capture.h"

#include <stdlib.h>

#include "state.h"

enum { ARENA_MAX = 3 * CHANGE_MAX_BYTES, SCRATCH_MAX = 2 * 1024 * 1024 };

/* The changeset that follows the log's head. */
static void next_changeset(struct capture *c)
{
    const struct env *env = c->h->env;
    c->cs.seq = c->head.seq + 1;
    c->cs.stamp = hlc_next(c->head.stamp, env->now_ms(env->ctx));
    c->cs.changes = NULL;
    c->cs.count = c->capacity = c->bytes = 0;
    arena_reset(&c->arena);
}

static int open_log(struct capture *c, struct err *err)
{
    int64_t base = 0;
    int rc = journal_head(c->h, &c->head, err);
    if (rc == 0) rc = home_meta_int(c->h, META_CURSOR, 0, &base, err);
    c->cs.base = (uint64_t)base;
    return rc;
}

int capture_begin(struct capture **out, struct home *h, struct row_id author, int64_t observed, struct err *err)
{
    *out = NULL;
    struct capture *c = calloc(1, sizeof *c);
    if (!c) return err_nomem(err);
    c->h = h;
    c->level = LEVEL_NOT_READ;
    c->cs.origin = h->origin;
    c->cs.schema = h->schema->version;
    c->cs.author = author;
    c->cs.observed = observed;
    arena_init(&c->arena, ARENA_MAX);
    arena_init(&c->scratch, SCRATCH_MAX);
    int rc = db_begin(h->db, err);
    if (rc) {
        free(c);
        return rc;
    }
    db_guard(h->db, true);
    rc = open_log(c, err);
    if (rc) {
        capture_abort(c);
        return rc;
    }
    next_changeset(c);
    *out = c;
    return 0;
}

size_t capture_count(const struct capture *c)
{
    return c->cs.count;
}

static int write_changeset(struct capture *c, struct err *err)
{
    int rc = check_open(c, err);
    if (rc || c->cs.count == 0) return rc;
    rc = journal_append(c->h, &c->head, &c->cs, err);
    if (rc) {
        c->failed = err ? *err : (struct err){0};
        c->failed.code = rc;
        return rc;
    }
    c->written = c->cs.seq;
    return 0;
}

int capture_next(struct capture *c, struct err *err)
{
    int rc = write_changeset(c, err);
    if (rc == 0) next_changeset(c);
    return rc;
}

int capture_as(struct capture *c, struct row_id author, int64_t observed, struct err *err)
{
    const struct env *env = c->h->env;
    if (c->cs.count > 0)
        return err_set(err, ERR_REFUSED, "变更组已有内容，不能换人", "the changeset has changes already: its author stays");
    if (!row_id_equal(c->cs.author, author)) c->level = LEVEL_NOT_READ;
    c->cs.author = author;
    c->cs.observed = observed;
    c->cs.stamp = hlc_next(c->head.stamp, env->now_ms(env->ctx));
    return 0;
}

static void capture_free(struct capture *c)
{
    db_guard(c->h->db, false);
    arena_free(&c->arena);
    arena_free(&c->scratch);
    free(c);
}

int capture_commit(struct capture *c, uint64_t *seq, struct err *err)
{
    int rc = write_changeset(c, err);
    if (seq) *seq = rc ? 0 : c->written;
    if (rc == 0 && c->written) rc = db_commit(c->h->db, err);
    else db_rollback(c->h->db);
    if (rc && seq) *seq = 0;
    capture_free(c);
    return rc;
}

void capture_abort(struct capture *c)
{
    if (!c) return;
    db_rollback(c->h->db);
    capture_free(c);
}
