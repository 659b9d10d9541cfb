/* city: the synthetic city in memory: who lives where, who helps whom, and what the year will bring.
 *
 * city.c lays out lists and ranges, workers.c and family.c fill them, plan.c decides the year of the
 * monitored households. Codes are numbers of the code book (core/schema/codes.c). Nobody here exists. */
#ifndef ZHUCUN_SEEDS_CITY_H
#define ZHUCUN_SEEDS_CITY_H

#include "dice.h"
#include "figures.h"
#include "names.h"
#include "places.h"

enum { ROLE_CONTACT = 1, ROLE_MEMBER, ROLE_LEADER, ROLE_SECRETARY, ROLE_TOWNSHIP, ROLE_COUNTY, ROLE_CITY };
enum { KIND_LEFT = 1, KIND_ORDINARY };
enum { CLASS_UNSTABLE = 1, CLASS_EDGE, CLASS_SUDDEN };
enum { STATUS_MONITORED = 2, STATUS_CLEARED = 3 };
enum { CLEARED_BY_HELP = 1, CLEARED_BY_ITSELF };
enum { SEX_MALE = 1, SEX_FEMALE };
enum {
    REL_HEAD = 1,
    REL_SPOUSE,
    REL_SON,
    REL_DAUGHTER,
    REL_PARENT,
    REL_GRANDPARENT,
    REL_GRANDCHILD,
    REL_SON_WIFE
};
enum {
    SCHOOL_NONE = 1,
    SCHOOL_NURSERY,
    SCHOOL_PRIMARY,
    SCHOOL_JUNIOR,
    SCHOOL_SENIOR,
    SCHOOL_TRADE,
    SCHOOL_HIGH
};
enum { HEALTH_GOOD = 1 << 1, HEALTH_CHRONIC = 1 << 2, HEALTH_SERIOUS = 1 << 3, HEALTH_DISABLED = 1 << 4 };
enum { LABOUR_ORDINARY = 1, LABOUR_SKILLED, LABOUR_WEAK, LABOUR_LOST, LABOUR_NONE };
enum {
    INSURED_MEDICAL = 1 << 1,
    INSURED_SERIOUS = 1 << 2,
    INSURED_PENSION = 1 << 3,
    INSURED_ALLOWANCE = 1 << 5
};
enum {
    RISK_ILLNESS = 1,
    RISK_DISABILITY,
    RISK_SCHOOL,
    RISK_FLOOD,
    RISK_DROUGHT,
    RISK_HAIL,
    RISK_FROST,
    RISK_OTHER_DISASTER,
    RISK_LABOUR,
    RISK_ACCIDENT,
    RISK_BUSINESS,
    RISK_JOB,
    RISK_HOUSING,
    RISK_WATER,
    RISK_OTHER
};
enum { DECIDED_IN = 1, DECIDED_OUT = 2 };
enum { TROUBLE_NONE, TROUBLE_EDUCATION, TROUBLE_MEDICAL, TROUBLE_HOUSING, TROUBLE_WATER };

/* Days since 1970-01-01 of the year that is played: 2022-01-01 … 2022-07-10. */
enum { DAY_FIRST = 18993, DAY_LAST = DAY_FIRST + 190 };

struct worker {
    char no[16];
    char name[24];
    char unit[64];
    char phone[12];
    int role;
    int64_t region;
    int32_t active_from;
};

struct member {
    char id_no[20];
    char name[24];
    int32_t birth;
    uint8_t relation, sex, education, school, labour;
    uint8_t health, insurance; /* sets: bit n = code n */
    bool employed;             /* has a job row in this year */
};

enum group { GROUP_NONE, GROUP_OPEN, GROUP_TAKEN_IN, GROUP_CLEARED, GROUP_RULED_OUT };
enum { CITY_VISITS = 6, CITY_RISKS = 2 };

struct planned_risk {
    uint8_t kind, rank, visit; /* `visit`: index of the visit that finds it */
};

struct household {
    uint32_t village, contact, cadre; /* indexes */
    uint32_t first_member;
    uint16_t number; /* within its village, from 1 */
    uint16_t door;
    uint8_t members, hamlet;
    uint8_t kind, group, monitor_class, cleared_way;
    uint8_t visits, risks;
    uint8_t trouble, trouble_seen,
        trouble_fixed; /* safeguard 1…4 with a problem (0: none), visits that saw it and its end */
    int32_t taken_in, cleared_on, clue_found, clue_decided; /* days; 0: never */
    int32_t visit_day[CITY_VISITS];
    struct planned_risk risk[CITY_RISKS];
    char phone[12];
};

struct city {
    uint64_t seed;
    struct figures figures;
    struct places places;
    struct names *names;
    struct worker *worker; /* cadres, contacts, township, county, city people, in this order */
    uint32_t workers, first_contact, first_township, first_county, county_people[PLACES_COUNTIES];
    struct household *household;
    uint32_t households;
    struct member *member;
    uint32_t members;
};

int city_make(struct city *city, int64_t per_million, uint64_t seed, struct err *err);
void city_free(struct city *city);
/* "S" + the village's code + number in the village. */
void city_national_no(const struct city *city, const struct household *h, char out[24]);
/* 友谊村前王家屯12号. */
void city_address(const struct city *city, const struct household *h, char out[160]);
/* The county's supervisor number i (0, 1 …; wraps). */
const struct worker *city_county_person(const struct city *city, int county, uint32_t i);
int city_age(const struct member *m, int32_t day);

/* workers.c: fills city->worker; villages know how many cadres and contacts they have. */
void workers_make(struct city *city);

/* family.c: members of a household whose size, village and group are known; ids are unique over calls. */
struct family_ids;
struct family_ids *family_ids_new(void);
void family_fill(struct city *city, struct household *h, struct family_ids *ids);
bool family_can_work(const struct member *m);

/* plan.c: class, dates, visits, risks, clues. */
enum { CLUE_DUE_DAYS = 9 }; /* natural days in which a clue must be decided, in the year of the source */
void plan_household(struct household *h, const struct member *members, struct dice *dice);

#endif
