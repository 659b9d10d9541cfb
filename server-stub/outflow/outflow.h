/* outflow: what goes back. To laptops the latest state of their scope past a cursor (pull); to supervisors the
 * consolidated log, by the same cursor over a wider scope. Reads one snapshot; writes nothing. */
#ifndef ZHUCUN_OUTFLOW_H
#define ZHUCUN_OUTFLOW_H

#include "store.h"
#include "zhucun/env.h"
#include "zhucun/reconcile.h"

/* What a pull found about the laptop's tallies of visits and a reader cannot write. Zeroed by the caller; free it. */
struct tally_note {
    struct tally_key key;
    bool repaired;               /* the stored tally was wrong: `sum` is what the log says */
    struct tally_sum sum;
    enum { TALLY_NOTHING, TALLY_AGREES, TALLY_DIFFERS } about; /* AGREES: a noted difference is over */
    struct tally_difference difference;
};
struct tally_notes {
    struct tally_note list[TALLY_MAX];
    size_t count;
    struct arena arena;
};
void tally_notes_free(struct tally_notes *n);
int tally_notes_write(struct store *writer, const struct tally_notes *n, struct err *err); /* in the caller's transaction */

/* Answers a laptop. Appends the encoded pull answer to out. ERR_DENIED: device revoked. *released: households that were
 * leaving the laptop up to this csn are gone from it with this answer (scope_forget, when there is a writer at hand). */
int outflow_pull(struct store *reader, const struct env *env, const struct device *device, const struct pull_request *q,
                 struct buf *out, uint64_t *released, struct tally_notes *notes, struct err *err);

/* Compares a laptop's rows with its scope, without a memory between requests (reconcile.h). Appends the answer to out.
 * ERR_DENIED: device revoked. */
int outflow_reconcile(struct store *reader, const struct env *env, const struct device *device,
                      const struct reconcile_request *q, struct buf *out, struct err *err);

enum log_format { LOG_NDJSON, LOG_CSV };
struct log_request {
    uint64_t since;      /* csn cursor; 0: from the beginning */
    int64_t scope;       /* region code; the city's for all */
    int table;           /* 0: all (CSV needs one: `visit` by default) */
    enum log_format format;
};
/* Streams lines through write(); constant memory. NDJSON: one object a row in csn order with csn, table, op
 * (put: first seen in this stretch; amend: seen before; delete; leave: lives outside the scope now), id, origin, author (worker no), authored_at,
 * received_at, values{}; the last line is {"cursor":"…"}. CSV: BOM, header row, same columns, codes in Chinese,
 * cells that start with = + - @ neutralised by a leading '. *cursor is the csn to go on from. */
typedef int log_write_fn(void *ctx, const void *bytes, size_t n);
int outflow_log(struct store *reader, const struct log_request *q, log_write_fn *write, void *ctx, uint64_t *cursor,
                struct err *err);

#endif
