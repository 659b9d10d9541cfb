/* family: the members of one household: ages that fit together, health, schooling, labour, ID numbers.
 * The household's size, group and village are known before; its first member is the head. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "city.h"
#include "zhucun/env.h"

enum { BIRTH_FIRST = -18262, BIRTH_DAYS = 38000 }; /* 1920-01-01 … 2024 */

/* Serials already given, by county, birthday and sex: an ID number names one person. */
struct family_ids {
    uint8_t given[PLACES_COUNTIES][BIRTH_DAYS][2];
};

struct family_ids *family_ids_new(void)
{
    return calloc(1, sizeof(struct family_ids));
}

int city_age(const struct member *m, int32_t day)
{
    return (day - m->birth) * 4 / 1461;
}

bool family_can_work(const struct member *m)
{
    int age = city_age(m, DAY_FIRST);
    return age >= 18 && age <= 64 && m->labour <= LABOUR_WEAK && m->school == SCHOOL_NONE;
}

static int head_age(const struct household *h, struct dice *d)
{
    if (h->members == 1) return dice_chance(d, 680) ? dice_between(d, 60, 86) : dice_between(d, 33, 59);
    if (h->members == 2) return dice_chance(d, 520) ? dice_between(d, 60, 80) : dice_between(d, 38, 59);
    if (h->members == 3) return dice_between(d, 34, 66);
    return dice_between(d, 31, 68);
}

static void put(struct member *m, int relation, int sex, int age, struct dice *d)
{
    m->relation = (uint8_t)relation;
    m->sex = (uint8_t)sex;
    m->birth = DAY_FIRST - age * 1461 / 4 - dice_between(d, 2, 360);
}

/* The children's and grandchildren's generation, or a parent: whoever fits the head's age. */
static void put_relative(struct member *list, int i, int head, struct dice *d)
{
    struct member *m = &list[i];
    int sex = dice_chance(d, 530) ? SEX_MALE : SEX_FEMALE;
    bool has_parent = false, has_son = false, has_wife = false;
    int child = -1;
    for (int k = 1; k < i; k++) {
        has_parent = has_parent || list[k].relation == REL_PARENT;
        has_wife = has_wife || list[k].relation == REL_SON_WIFE;
        if (list[k].relation == REL_SON || list[k].relation == REL_DAUGHTER)
            child = city_age(&list[k], DAY_FIRST);
        has_son = has_son || (list[k].relation == REL_SON && city_age(&list[k], DAY_FIRST) >= 24);
    }
    if (has_son && !has_wife && dice_chance(d, 620)) {
        put(m, REL_SON_WIFE, SEX_FEMALE, child > 22 ? child - dice_between(d, -2, 3) : 24, d);
    } else if (child >= 24 && dice_chance(d, 700)) {
        put(m, REL_GRANDCHILD, sex, dice_between(d, 0, child - 21 < 18 ? child - 21 : 18), d);
    } else if (!has_parent && head < 62 && dice_chance(d, 300)) {
        int parent = dice_chance(d, 350) ? SEX_MALE : SEX_FEMALE;
        put(m, REL_PARENT, parent, head + dice_between(d, 21, 30), d);
    } else {
        int age = head - dice_between(d, 21, 31);
        put(m, sex == SEX_MALE ? REL_SON : REL_DAUGHTER, sex, age > 0 ? age : dice_between(d, 1, 12), d);
    }
}

static void put_members(const struct household *h, struct member *list, struct dice *d)
{
    int age = head_age(h, d), sex = dice_chance(d, h->members == 1 ? 620 : 830) ? SEX_MALE : SEX_FEMALE;
    put(&list[0], REL_HEAD, sex, age, d);
    for (int i = 1; i < h->members; i++) {
        if (i == 1 && dice_chance(d, 840)) {
            int other = age + (sex == SEX_MALE ? -1 : 1) * dice_between(d, -1, 5);
            put(&list[1], REL_SPOUSE, sex == SEX_MALE ? SEX_FEMALE : SEX_MALE, other > 22 ? other : 23, d);
        } else {
            put_relative(list, i, age, d);
        }
    }
}

static int education_of(int age, int school, struct dice *d)
{
    static const int old[] = {28, 50, 19, 3}, middle[] = {4, 34, 52, 9, 1}, young[] = {1, 8, 52, 20, 13, 6};
    if (age < 6) return 7;
    if (school == SCHOOL_PRIMARY || age < 13) return 2;
    if (school == SCHOOL_JUNIOR || age < 16) return 3;
    if (school == SCHOOL_SENIOR || school == SCHOOL_TRADE) return 4;
    if (school == SCHOOL_HIGH) return dice_chance(d, 500) ? 5 : 6;
    if (age >= 62) return 1 + dice_weighted(d, old, 4);
    if (age >= 38) return 1 + dice_weighted(d, middle, 5);
    return 1 + dice_weighted(d, young, 6);
}

static int school_of(int age, struct dice *d)
{
    if (age >= 3 && age <= 5) return dice_chance(d, 800) ? SCHOOL_NURSERY : SCHOOL_NONE;
    if (age >= 6 && age <= 11) return SCHOOL_PRIMARY;
    if (age >= 12 && age <= 14) return SCHOOL_JUNIOR;
    if (age >= 15 && age <= 17) return dice_chance(d, 620) ? SCHOOL_SENIOR : SCHOOL_TRADE;
    if (age >= 18 && age <= 22) return dice_chance(d, 420) ? SCHOOL_HIGH : SCHOOL_NONE;
    return SCHOOL_NONE;
}

/* Chances in per mille; monitored households are ill about twice as often. */
static int health_of(int age, bool monitored, struct dice *d)
{
    int chronic = age > 70   ? 420
                  : age > 55 ? 280
                  : age > 40 ? 110
                             : 15,
        serious = age > 50   ? 22
                  : age > 30 ? 12
                             : 3;
    int disabled = age > 45 ? 55 : 18, more = monitored ? 2 : 1, set = 0;
    if (dice_chance(d, chronic * (monitored ? 3 : 2) / 2)) set |= HEALTH_CHRONIC;
    if (dice_chance(d, serious * more * more)) set |= HEALTH_SERIOUS;
    if (dice_chance(d, disabled * more)) set |= HEALTH_DISABLED;
    return set ? set : HEALTH_GOOD;
}

static int labour_of(const struct member *m, int age, struct dice *d)
{
    if (age < 16 || m->school > SCHOOL_NURSERY) return LABOUR_NONE;
    if (age >= 78) return dice_chance(d, 600) ? LABOUR_LOST : LABOUR_NONE;
    if (age >= 65)
        return dice_chance(d, 620) ? LABOUR_WEAK : dice_chance(d, 400) ? LABOUR_LOST : LABOUR_ORDINARY;
    if (m->health & HEALTH_SERIOUS) return dice_chance(d, 600) ? LABOUR_LOST : LABOUR_WEAK;
    if (m->health & HEALTH_DISABLED) return dice_chance(d, 300) ? LABOUR_LOST : LABOUR_WEAK;
    if (age >= 60 || (m->health & HEALTH_CHRONIC && age > 50))
        return dice_chance(d, 500) ? LABOUR_WEAK : LABOUR_ORDINARY;
    return dice_chance(d, 140) ? LABOUR_SKILLED : LABOUR_ORDINARY;
}

static int insurance_of(const struct member *m, int age, bool monitored, bool allowance, struct dice *d)
{
    int set = INSURED_MEDICAL;
    if (age >= 16 && m->school <= SCHOOL_NURSERY && (age >= 60 || dice_chance(d, 780)))
        set |= INSURED_PENSION;
    /* A member who is seriously ill without these two breaks one of the rules that are checked on the spot.
     */
    if (m->health & HEALTH_SERIOUS || monitored || dice_chance(d, 250)) set |= INSURED_SERIOUS;
    if (allowance) set |= INSURED_ALLOWANCE;
    return set;
}

static void give_id(struct family_ids *ids, int county, struct member *m)
{
    char birth[11];
    uint8_t *given = &ids->given[county][(m->birth - BIRTH_FIRST) % BIRTH_DAYS][m->sex == SEX_MALE];
    date_format(m->birth, birth);
    names_id_no(231290 + county, birth, *given * 2 + (m->sex == SEX_MALE), m->id_no);
    ++*given;
}

/* Children carry their father's name: the head's or, when the head is a woman, her husband's. */
static const char *surname_of(const struct member *list, int i, const char *head, const char *spouse,
                              const char *other)
{
    const struct member *m = &list[i];
    if (m->relation == REL_HEAD) return head;
    if (m->relation == REL_SPOUSE) return spouse;
    if (m->relation == REL_SON_WIFE) return other;
    if (m->relation == REL_PARENT) return m->sex == SEX_MALE ? head : other;
    return list[0].sex == SEX_FEMALE && list[1].relation == REL_SPOUSE ? spouse : head;
}

static void give_names(const struct city *city, const struct household *h, struct member *list,
                       struct dice *d)
{
    const char *head = names_surname(city->names, d), *spouse = names_surname(city->names, d);
    const char *other = names_surname(city->names, d);
    for (int i = 0; i < h->members; i++) {
        int year = 2022 - city_age(&list[i], DAY_FIRST);
        names_person(city->names, d, surname_of(list, i, head, spouse, other), list[i].sex == SEX_FEMALE,
                     year, list[i].name);
    }
}

void family_fill(struct city *city, struct household *h, struct family_ids *ids)
{
    struct member *list = &city->member[h->first_member];
    struct dice d = dice_for(city->seed, "family", h->first_member);
    bool monitored = h->group == GROUP_OPEN || h->group == GROUP_TAKEN_IN || h->group == GROUP_CLEARED;
    bool allowance = dice_chance(&d, monitored ? 420 : 160);
    put_members(h, list, &d);
    give_names(city, h, list, &d);
    for (int i = 0; i < h->members; i++) {
        struct member *m = &list[i];
        int age = city_age(m, DAY_FIRST);
        m->school = (uint8_t)school_of(age, &d);
        m->education = (uint8_t)education_of(age, m->school, &d);
        m->health = (uint8_t)health_of(age, monitored, &d);
        m->labour = (uint8_t)labour_of(m, age, &d);
        m->insurance = (uint8_t)insurance_of(m, age, monitored, allowance, &d);
        give_id(ids, city->places.village[h->village].county, m);
    }
}
