/* names: made-up names of people, hamlets and units, from word lists in prose/names.txt. */
#ifndef ZHUCUN_SEEDS_NAMES_H
#define ZHUCUN_SEEDS_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dice.h"
#include "zhucun/err.h"

struct names;

int names_load(struct names **names, struct err *err);
void names_free(struct names *names);

/* A surname by its real frequency (王 and 李 often); borrowed. */
const char *names_surname(const struct names *n, struct dice *d);
/* surname + one or two characters that fit sex and year of birth. */
void names_person(const struct names *n, struct dice *d, const char *surname, bool female, int birth_year,
                  char out[24]);
void names_hamlet(const struct names *n, struct dice *d, char out[40]);
/* A unit that sends cadres; `county` is put before what is the county's own. */
void names_unit(const struct names *n, struct dice *d, const char *county, char out[64]);
/* Eleven digits in the range 154, which no operator has been given. */
void names_phone(struct dice *d, char out[12]);

/* An ID number by GB 11643: `prefix` is one of 231290…231299, which were never given to a county, then birth,
 * serial (odd for men) and the check digit of ISO 7064 MOD 11-2. */
void names_id_no(int prefix, const char birth[11], int serial, char out[20]);

#endif
