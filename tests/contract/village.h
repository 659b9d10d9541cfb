/* village: the roster that the contract tests begin with, and readers for what came of it. */
#ifndef ZHUCUN_TESTS_CONTRACT_VILLAGE_H
#define ZHUCUN_TESTS_CONTRACT_VILLAGE_H

#include "backend.h"
#include "laptop.h"

enum { BIT_HEALTHY = 1 << 1, BIT_CHRONIC = 1 << 2, BIT_SERIOUS = 1 << 3, BIT_DISABLED = 1 << 4 };
#define VILLAGE_A INT64_C(231202109250)
#define VILLAGE_B INT64_C(231283104206)

/* Loaded under the server's own origin: two villages, a contact, a cadre, a township and a county supervisor, two households (in A),
 * one member. */
struct village {
    struct laptop *roster;
    struct row_id contact, cadre, township, county;
    struct row_id household, other, member;
};
void village_load(struct fixture *f, struct village *v);

/* A laptop of `author` whose base is the store's head now. */
struct laptop *village_laptop(struct fixture *f, uint64_t origin, struct row_id author);
uint64_t village_head(struct fixture *f);
void village_push(struct fixture *f, struct laptop *l);   /* all that was not pushed; must be stored; base stays */
struct row_id village_visit(struct laptop *l, struct row_id household, int64_t day, const char *summary); /* saves */

/* A row; it must exist. Values by name. */
void village_row(struct fixture *f, const char *table, struct row_id id, struct stored_row *row);
int64_t village_int(const struct stored_row *row, const char *table, const char *column);
bool village_text_is(const struct stored_row *row, const char *table, const char *column, const char *text);

struct ledger_list {
    struct ledger_entry e[64];
    size_t count;
};
void village_ledger(struct fixture *f, struct ledger_list *out);
size_t village_feed_count(struct fixture *f);
/* Every csn 1…head belongs to exactly one changeset or move-out; feed, rows and place sums agree with a
 * recomputation from scratch. */
void village_audit(struct fixture *f);

#endif
