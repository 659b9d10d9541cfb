/* report: figures from synced rows alone, for a region and all below it. Reads one snapshot, writes nothing.
 * SQL over the typed tables; each figure's statement stands beside its name in one table. */
#ifndef ZHUCUN_REPORT_H
#define ZHUCUN_REPORT_H

#include "store.h"

enum figure_kind {
    FIGURE_COUNT,   /* part */
    FIGURE_PERCENT, /* 100 · part / whole, two decimals, half up; 0.00 of nothing */
    FIGURE_YI,      /* part yuan in 亿元, two decimals */
    FIGURE_WAN      /* part yuan in 万元, whole */
};
struct report_figure {
    const char *key, *zh, *en;
    enum figure_kind kind;
    int64_t part, whole;
};
enum { REPORT_FIGURES_MAX = 64, REPORT_FIGURE_TEXT = 32 };

/* The bulletin's figures on day `on` (days since 1970-01-01); its year is the year that counts. */
int report_bulletin(struct store *reader, int64_t scope, int64_t on, struct report_figure *figures, size_t *count,
                    struct err *err);
/* A figure as it is printed, in JSON and for people: "3934", "54.71". */
void report_figure_text(const struct report_figure *f, char out[REPORT_FIGURE_TEXT]);

/* How many households of each part of a region were visited, from the year's first day to `on`. */
struct coverage {
    int64_t region;
    char name[64];
    int64_t households, visited, monitored, monitored_visited, not_for_90_days;
};
typedef int report_coverage_fn(void *ctx, const struct coverage *c);
int report_coverage(struct store *reader, int64_t scope, int64_t on, report_coverage_fn *fn, void *ctx, struct err *err);

/* Orders (提示单, 督办单) and how they stand. A reply counts by the day that stands on it: one written not after the due
 * day is in time, however late the laptop met the network — then it is 延迟上传, and the order is not overdue for it. */
enum order_standing {
    ORDER_OPEN,     /* not due yet, no reply */
    ORDER_ANSWERED, /* a reply in time */
    ORDER_LATE,     /* replies, but none in time */
    ORDER_OVERDUE,  /* the due day is past, and there is no reply */
    ORDER_CLOSED    /* by its issuer */
};
struct report_reply {
    struct row_id id, author;
    int64_t date, received_ms; /* date: as written on it */
    int64_t day;               /* that date by the server's clock: what it is judged by */
    const char *text;
    bool in_time, late_upload;
    bool to_closed;            /* it came when the order was closed already */
};
struct report_order {
    struct row_id id;
    int64_t region, kind, issued_on, due_on, closed_on; /* due_on, closed_on 0: none */
    bool closed;
    const char *number, *issuer, *text;
    const char *worker, *worker_name; /* number and name of the one addressed; "" where there is none */
    const char *region_name;
    struct row_id issued_by;      /* the worker who issued it; null: the office */
    size_t answered, late;        /* replies in time, and after the due day */
    struct report_reply *replies; /* by date */
    size_t reply_count;
    enum order_standing standing;
    bool in_time, not_in_time; /* answered in time; due and not answered in time — closed or not */
    bool late_upload;
};
/* THE classification, of an order with its replies, on a day: what the bulletin counts and `order list` shows. */
void report_order_judge(struct report_order *o, int64_t on);
typedef int report_order_fn(void *ctx, const struct report_order *o);
/* Those issued up to `on`, by day of issue. Inside a snapshot of the caller's. */
int report_orders(struct store *reader, int64_t scope, int64_t on, report_order_fn *fn, void *ctx, struct err *err);
struct order_counts {
    int64_t issued, in_time, not_in_time;
};
int report_orders_count(struct store *reader, int64_t scope, int64_t on, struct order_counts *out, struct err *err);

/* Two live rows, neither merged, that seem to be the same household or person, or that have one natural key. Matched by
 * HMAC-SHA256 under the store's own key. Pairs with a row in the scope, the earlier row first. */
enum duplicate_reason {
    DUPLICATE_ID_NO,        /* member: the same citizen's number, whichever way it was written */
    DUPLICATE_NAME_BIRTH,   /* member: name, birth and household, where at least one has no number */
    DUPLICATE_NATIONAL_NO,  /* household */
    DUPLICATE_HEAD_ID_NO,   /* household: its head's number */
    DUPLICATE_HEAD_PHONE,   /* household: head's name, phone and village */
    DUPLICATE_WORKER_NO,
    DUPLICATE_ORDER_NUMBER,
    DUPLICATE_REASONS
};
struct duplicate_row {
    const struct stored_row *row;
    struct changeset_record made; /* who entered it, and when */
};
struct duplicate {
    enum duplicate_reason reason;
    const struct schema_table *table;
    struct duplicate_row first, second;
};
typedef int report_duplicates_fn(void *ctx, const struct duplicate *d);
int report_duplicates(struct store *reader, int64_t scope, report_duplicates_fn *fn, void *ctx, struct err *err);

/* Visits that a laptop says it sent and the server has not, or the other way round: by author and month, as the laptop
 * told at its syncs (zhucun/tally.h). Numbers are row numbers of the laptop's origin. */
struct report_missing {
    uint64_t origin;
    char device[40];
    char worker[100];           /* number and name; "" nobody known here */
    int month;                  /* year * 100 + month */
    uint64_t here, there;       /* visits: at the server, on the laptop */
    const uint64_t *only_here, *only_there;
    size_t only_here_count, only_there_count;
    int64_t since_ms, told_ms;
};
typedef int report_missing_fn(void *ctx, const struct report_missing *m);
/* Of devices that hold something in the scope. */
int report_missing(struct store *reader, int64_t scope, report_missing_fn *fn, void *ctx, struct err *err);

/* What the server has heard of each device, those silent for longest first. */
struct device_lag {
    uint64_t origin;
    char name[40];
    uint64_t received;      /* seq up to which all is here */
    int64_t last_contact_ms; /* push, pull or comparison: device_heard_ms */
    int64_t last_pull_ms, enrolled_ms, revoked_ms, skew_ms;
    int64_t silent_days;    /* since the last contact, or since enrolment */
    uint64_t quarantined;
    uint64_t missing;       /* visits that it told of and that are not here: report missing has their ids */
};
typedef int report_lag_fn(void *ctx, const struct device_lag *l);
int report_lag(struct store *reader, int64_t now_ms, report_lag_fn *fn, void *ctx, struct err *err);

#endif
