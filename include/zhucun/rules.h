/* rules: what a county office would send back later, said on the spot — and how long it has for a clue. The same
 * on the laptop and on the server. Every rule stands in one dated table (core/rules/book.c), because policies
 * change and what was done under the old one keeps it. Rules warn and never block.
 *
 * rules_household … rules_sheet are pure: facts in, findings out. rules_walk gathers the facts from a file's
 * synced tables, household by household, in one pass and constant memory. */
#ifndef ZHUCUN_RULES_H
#define ZHUCUN_RULES_H

#include "zhucun/db.h"
#include "zhucun/schema.h"

/* Last day for the decision about a clue found on `found_on` (days since 1970-01-01). */
int64_t due_decision(int64_t found_on);

enum rule_code {
    RULE_ID_FORM,
    RULE_ID_CHECK_DIGIT,
    RULE_ID_BIRTH,
    RULE_ID_SEX,
    RULE_INSURANCE_MISSING,
    RULE_PHONE,
    RULE_TAKEN_IN_MISSING,
    RULE_MEASURE_MISSING,
    RULE_CLEARED_EARLY,
    RULE_CLEARED_NO_MEASURE,
    RULE_CLEARED_UNDATED,
    RULE_AFTER_CARE_BLANK,
    RULE_VISIT_FUTURE,
    RULE_VISIT_NO_SUMMARY,
    RULE_RISK_CLOSED_BARE,
    RULE_INCOME_SUM,
    RULE_INCOME_BELOW_LINE,
    RULE_INCOME_TWICE,
    RULE_CODES
};
const char *rule_name(enum rule_code code); /* "id_check_digit": as in --json */

/* One line of the book. The message may name {name}, {value}, {limit}, {since} of a finding. */
struct rule {
    enum rule_code code;
    int64_t from, to; /* first and last day on which it is in force, see book.c for which day decides */
    int64_t limit;    /* months, or fen a year, by rule; 0: none */
    const char *zh, *en;
};
#define RULE_NONE INT64_MIN /* a day that is not known */

/* What a county or the city has set for its people, which goes before the book: income lines. */
struct rule_line {
    int64_t region;
    int year;
    int64_t fen;
};
struct rule_book {
    const struct rule *list;
    size_t count;
    const struct rule_line *lines;
    size_t line_count;
    int64_t today;
};
struct rule_book rule_book_at(int64_t today); /* the book as it is printed here, without lines */
const struct rule *rule_in_force(const struct rule_book *b, enum rule_code code, int64_t day); /* NULL: none */

/* Facts. Codes are 0 and days RULE_NONE where the row is silent; texts are VALUE_TEXT or VALUE_NULL, borrowed.
 * `mark` is the row's last change: the laptop's changeset seq, the server's csn. */
struct rule_household {
    struct row_id id;
    int64_t mark, village;
    struct value national_no, head_name, phone, after_care;
    int64_t status, taken_in, cleared_on, cleared_way;
    int64_t measures; /* how many there are */
};
struct rule_member {
    struct row_id id;
    int64_t mark;
    struct value name, id_no;
    int64_t birth, sex;
    uint64_t health, insurance;
};
struct rule_visit {
    struct row_id id;
    int64_t mark, date, mode;
    struct value summary;
};
struct rule_risk {
    struct row_id id;
    int64_t mark, kind, state, closed_on;
    bool closed_by;
    struct value closed_why;
};
/* Money in fen; RULE_NONE: not given. */
struct income {
    int64_t wages, business, property, transfers, costs, persons;
    int64_t net, per_head;
};
struct rule_sheet {
    struct row_id id;
    int64_t mark;
    struct value period;
    struct income income;
    bool chosen;
    int64_t same_period, chosen_of_period; /* sheets of this household and period, and how many are chosen */
    bool last_of_period, latest_period;
};

struct rule_finding {
    const struct rule *rule;
    int table;             /* number of the table, and the row that is meant */
    struct row_id row;
    int64_t mark;
    int64_t since;         /* day from which it is so, by the rows' own dates; RULE_NONE: they do not say */
    struct value name;     /* whom or what it is about */
    char value[32];        /* what it should be */
};
/* What it is given lives until it returns. Returns 0 to go on; anything else stops the walk and is returned. */
typedef int rule_fn(void *ctx, const struct rule_household *h, const struct rule_finding *f);

int rules_household(const struct rule_book *b, const struct rule_household *h, rule_fn *fn, void *ctx);
int rules_member(const struct rule_book *b, const struct rule_household *h, const struct rule_member *m, rule_fn *fn,
                 void *ctx);
int rules_visit(const struct rule_book *b, const struct rule_household *h, const struct rule_visit *v, rule_fn *fn,
                void *ctx);
int rules_risk(const struct rule_book *b, const struct rule_household *h, const struct rule_risk *r, rule_fn *fn,
               void *ctx);
int rules_sheet(const struct rule_book *b, const struct rule_household *h, const struct rule_sheet *s, rule_fn *fn,
                void *ctx);
/* The finding as one sentence, appended. */
void rule_message(const struct rule_finding *f, enum lang lang, struct buf *out);

/* Which rows: on a laptop those of `household` (null: all), on a server those that live in `place` and below. */
enum rule_side { RULE_SIDE_LAPTOP, RULE_SIDE_SERVER };
struct rule_scope {
    enum rule_side side;
    struct row_id household;
    int64_t place;
};
/* Households in the order of their ids; rows of merged or gone households and members who left are not asked.
 * Reads one moment only inside a transaction of the caller's. */
int rules_walk(struct db *db, const struct rule_scope *scope, int64_t today, rule_fn *fn, void *ctx, struct err *err);

/* Net = wages + business + property + transfers − costs, per head = net / persons, half up to the fen. False: there
 * is nothing to add up, or the sum is beyond what a sheet can hold; then the result is RULE_NONE. */
bool income_net(const struct income *i, int64_t *net);
bool income_per_head(int64_t net, int64_t persons, int64_t *per_head);

/* What an ID number says (GB 11643-1999; 20 and 22 digits: a disability certificate, which begins with it). */
struct id_number {
    bool form;       /* right length and characters: only then the rest means something */
    bool check;      /* the 18th character fits ISO 7064 MOD 11-2 */
    char expected;   /* what it should be */
    int64_t birth;   /* RULE_NONE: no such day */
    char birth_text[11];
    int sex;         /* code of the code book */
};
void id_number_read(const void *text, size_t n, struct id_number *out);

/* A day some whole months later, at the end of a shorter month its last day. */
int64_t rule_months_later(int64_t day, int64_t months);

#endif
