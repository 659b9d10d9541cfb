/* notice: what the server has told this laptop through rows of the table `notice` (server-stub/intake/notice.c
 * writes them), read. And the local marks of what somebody here has looked at. */
#ifndef ZHUCUN_INBOX_NOTICE_H
#define ZHUCUN_INBOX_NOTICE_H

#include "home.h"

enum notice_kind { /* codes of the list notice_kind */
    NOTICE_NOT_TAKEN = 1, /* 未采用 */
    NOTICE_PROPOSAL,      /* 建议 */
    NOTICE_VERIFY,        /* 待核实 */
    NOTICE_HANDED_OVER,   /* 移交 */
    NOTICE_TAKEN_OVER,    /* 接手 */
    NOTICE_OUTSIDE,       /* 范围外 */
    NOTICE_MOVED          /* 迁移: of `yours` to `current`; `why` says which households */
};
enum notice_ruling { RULING_NONE, RULING_STAYS, RULING_YOURS, RULING_ANOTHER, RULING_OTHERS }; /* codes of the list ruling */

/* Texts are VALUE_TEXT or VALUE_NULL and live as long as the row they were read from. */
struct notice {
    int64_t rid;
    struct row_id id;
    int kind;                          /* enum notice_kind; one of a later program is passed on as it is */
    int64_t day;
    struct value record;               /* "household/UUID" as told */
    const struct schema_table *table;  /* of the record; NULL: none that this program knows */
    struct row_id row;
    const struct schema_column *column; /* NULL: the row as a whole */
    struct value item, yours, current, other, why, decided_by;
    int64_t reason;                    /* enum merge_reason; 0: none */
    uint64_t ledger, seq, csn;         /* 0: none */
    int64_t ruling;                    /* enum notice_ruling */
    int64_t decided_on;                /* day; 0: not decided */
    int64_t told_ms;                   /* server's clock; 0: not told */
    bool seen;                         /* as it stands now: what is added later makes it new again */
};
/* Is it about an own value: not taken, only proposed, to be verified? */
bool notice_of_value(const struct notice *n);
bool notice_decided(const struct notice *n);
bool notice_against(const struct notice *n); /* decided, and the own value is not what was decided for */
bool notice_pair(const struct notice *n);    /* not decided: which of two values is right waits for somebody who knows */

/* A text of the notice ("yours", "current") as a value of its column, in the arena. False: it is none. */
bool notice_value(const struct schema_column *c, const struct value *text, struct arena *arena, struct value *out);

/* A handover whose household has left this laptop, or has been taken over again since. 1, 0, negative. */
int notice_over(struct home *h, const struct notice *n, struct err *err);

typedef int notice_fn(void *ctx, const struct notice *n);
/* All, as they came; those of one record when `of` is given. The callback returns 0 to go on. */
int notice_walk(struct home *h, const struct schema_table *of, struct row_id row, notice_fn *fn, void *ctx,
                struct err *err);
int notice_read(struct home *h, struct row_id id, struct arena *arena, struct notice *n, struct err *err); /* 1, 0 gone */

/* Marks. They outlive snapshots and name what the row said when it was looked at. */
int seen_row(struct home *h, const struct schema_table *t, const struct table_row *row, bool *seen, struct err *err);
int seen_mark(struct home *h, const struct schema_table *t, struct row_id id, struct err *err); /* inside a transaction */

#endif
