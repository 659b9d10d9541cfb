/* inbox: what needs a person at this laptop, most urgent first. Read from the home's tables alone; nothing is written
 * but marks of what was seen.
 *
 *   kind         from                                                        gone when          comes as if due in
 *   order        an open order to this laptop's regions or people            answered here      its own days
 *   clue         a clue without decision                                     decided            its own days
 *   quarantined  an own changeset that the server could not take             retried            0 days
 *   handover     a household leaves: what is pending must be sent            gone, or seen      0 days
 *   verify       somebody else wrote another value on the same day           changed, or seen   3 days
 *   lost         an own value that another's holds against      ruled, changed, seen 3 days
 *   proposal     an own value that somebody above decides about ruled, changed, seen 7 days
 *   takeover     a household arrives                                         seen               7 days
 *   moved        households went to another village, or came from one        seen               7 days
 *   ruling       the office decided about an own value                       seen               7 days
 *   late_reply   a reply in time that was received late (延迟上传)            seen               at the end
 *   outside      an own write outside the scope: stored and credited         seen               at the end
 *
 * An order to a region below one of this laptop's counts as answered when anybody there answered it. */
#ifndef ZHUCUN_INBOX_H
#define ZHUCUN_INBOX_H

#include "notice.h"

enum inbox_kind {
    INBOX_ORDER, INBOX_CLUE, INBOX_QUARANTINED, INBOX_HANDOVER, INBOX_VERIFY, INBOX_LOST, INBOX_PROPOSAL, INBOX_TAKEOVER, INBOX_MOVED, INBOX_RULING,
    INBOX_LATE_REPLY, INBOX_OUTSIDE, INBOX_KINDS
};
const char *inbox_kind_name(enum inbox_kind kind); /* "order": as in --json */
bool inbox_can_be_seen(enum inbox_kind kind);      /* can be looked at and let be */

struct inbox_entry {
    enum inbox_kind kind;
    const struct schema_table *table; /* of the row: order, clue, notice, order_reply; NULL: quarantined */
    struct row_id row;
    uint64_t seq;                     /* quarantined: own changeset */
    bool dated;
    int64_t due_on, days_left;        /* when dated; below 0: overdue by so many days */
    int64_t at_ms;                    /* server's clock when it became known; 0: only here */
    bool done;                        /* seen, or answered: listed with `all` only */
};
struct inbox {
    struct inbox_entry *list;
    size_t count, room;
    size_t open;                      /* without what is done */
    bool decides;                     /* somebody who uses this laptop may decide for the county */
};
int inbox_collect(struct inbox *out, struct home *h, int64_t today, bool all, struct err *err);
void inbox_free(struct inbox *b);
/* Marks what can be looked at and let be — all but orders, clues and quarantine — in one transaction. */
int inbox_seen(struct home *h, const struct inbox *b, struct err *err);

/* 延迟上传: an order_reply dated by its order's due day and received after it. */
int inbox_reply_late(struct home *h, const struct schema_table *t, const struct table_row *reply, bool *late,
                     struct err *err);

#endif
