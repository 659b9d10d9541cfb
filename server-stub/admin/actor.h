/* actor: who does an act at the server, and which rows it names. Without --as it is the office itself, which may
 * all; a worker needs the level of the act and a region that covers what it touches. */
#ifndef ZHUCUN_ADMIN_ACTOR_H
#define ZHUCUN_ADMIN_ACTOR_H

#include "verbs.h"

struct actor {
    struct row_id id;   /* null: the office */
    int level;          /* enum schema_level */
    int64_t region;
    char name[96];      /* for people: "X1 试丙"; the office: "绥化市" and what it is called there */
    char issuer[96];    /* as a unit that issues something */
};
/* The request's "as"; ERR_DENIED when that worker's level is below `level` or it has left. */
int actor_open(struct verb_call *c, int level, struct actor *a, struct err *err);
/* May it act on what lives there? ERR_DENIED says on what not. */
int actor_may(const struct actor *a, int64_t place, const char *what, struct err *err);

const struct schema_table *actor_table(struct verb_call *c, const char *name);
const struct value *actor_cell(const struct schema_table *t, const struct stored_row *row, const char *column);
void actor_text(const struct schema_table *t, const struct stored_row *row, const char *column, char *out, size_t n);
int64_t actor_place(const struct stored_row *row);
/* A live row by natural key or id, in the arena; ERR_NOT_FOUND in one clear line. */
int actor_row(struct verb_call *c, const struct schema_table *t, const char *key, struct arena *arena,
              struct stored_row *row, struct err *err);
/* The same; but a household or member that was merged stands for the one that stays. */
int actor_find(struct verb_call *c, const struct schema_table *t, const char *key, struct arena *arena,
               struct stored_row *row, struct err *err);
int64_t actor_today(const struct verb_call *c);
/* A date of the request or a sheet; NULL or empty: `otherwise`. */
int actor_date(const char *text, int64_t otherwise, int64_t *day, struct err *err);

#endif
