/* office: a village with two laptops and the people at the server, who rule through admin_run as the programs do. */
#ifndef ZHUCUN_TESTS_CONTRACT_OFFICE_H
#define ZHUCUN_TESTS_CONTRACT_OFFICE_H

#include "admin.h"
#include "village.h"

enum { ONE = 0x1001, TWO = 0x1002, DAY = FIXTURE_START_DAY };

struct office {
    struct fixture *f;
    struct village v;
    struct laptop *one, *two; /* of the contact W1 and the cadre W2, both having seen the roster */
    struct err err;
};
void office_open(struct office *o, struct fixture *f);
void office_enrol(struct office *o, uint64_t origin, const char *name, const char *worker);

/* Takes the request. */
int office_ask(struct office *o, json_t *request, json_t **answer);
int office_resolve(struct office *o, uint64_t id, const char *take, const char *as);
int office_restore(struct office *o, uint64_t id, const char *take, const char *as); /* an earlier value, on purpose */
int office_retry(struct office *o, const char *id, size_t *stored);

/* The latest entry about a column (NULL: the whole row) of that kind; and one as it is now. */
struct ledger_entry office_entry(struct office *o, const char *table, const char *column, enum ledger_kind kind);
struct ledger_entry office_again(struct office *o, uint64_t id);
/* What the laptop is told of the entry: a code of the list "ruling"; -1: nothing at all. */
enum { TOLD_NOTHING_YET, TOLD_STAYS, TOLD_YOURS, TOLD_ANOTHER, TOLD_OTHERS };
int64_t office_told(struct office *o, uint64_t ledger, uint64_t origin);
size_t office_quarantined(struct office *o);

void office_phone(struct laptop *l, struct row_id household, const char *phone); /* saves */
/* Two phones of one day: one of them lost, and a person should look at the pair. */
struct ledger_entry office_quarrel(struct office *o);

#endif
