/* workers: who works in the city: cadres and contacts by village, supervisors by township, county and city.
 * Ranges of villages come from city.c; the first cadre of a team is its first secretary. */
#include <stdio.h>

#include "city.h"

enum { SINCE_2021_07_10 = DAY_FIRST - 175 }; /* when the present round of cadres took up its posts */

static struct worker *add_worker(struct city *city, char letter, int64_t prefix, uint32_t number, int role,
                                 int64_t region)
{
    struct worker *w = &city->worker[city->workers];
    struct dice d = dice_for(city->seed, "worker", city->workers++);
    snprintf(w->no, sizeof w->no, "%c%06lld%04u", letter, (long long)(prefix % 1000000), number % 10000u);
    bool female = dice_chance(&d, role == ROLE_CONTACT ? 420 : 300);
    const char *surname = names_surname(city->names, &d);
    int born = dice_between(&d, 1966, 1996);
    names_person(city->names, &d, surname, female, born, w->name);
    names_phone(&d, w->phone);
    w->role = role;
    w->region = region;
    w->active_from = SINCE_2021_07_10 + dice_between(&d, -30, 25);
    return w;
}

static int cadre_role(const struct laptop *l, const struct village *v, const struct village *first,
                      uint32_t i)
{
    if (v == first && i == 0) return ROLE_SECRETARY;
    bool second = (v == first && i == 1) || (first->cadres == 1 && v == first + 1 && i == 0);
    return l->villages + first->cadres > 3 && second ? ROLE_LEADER : ROLE_MEMBER;
}

/* Cadres and contacts stand village by village, and are numbered within their county. */
static void add_villagers_workers(struct city *city, bool contacts)
{
    uint32_t number[PLACES_COUNTIES] = {0};
    for (uint32_t i = 0; i < city->places.villages; i++) {
        const struct village *v = &city->places.village[i];
        const struct laptop *l = &city->places.laptop[v->laptop];
        const struct county *c = &city->places.county[v->county];
        for (uint32_t k = 0; k < (contacts ? v->contacts : v->cadres); k++) {
            int role = contacts ? ROLE_CONTACT : cadre_role(l, v, &city->places.village[l->first_village], k);
            struct worker *w =
                add_worker(city, contacts ? 'B' : 'C', c->code / 1000000, ++number[v->county], role, v->code);
            struct dice d = dice_for(city->seed, "unit", contacts ? city->workers : v->laptop);
            if (contacts && dice_chance(&d, 450)) {
                snprintf(w->unit, sizeof w->unit, "%.39s人民政府", v->township);
            } else {
                names_unit(city->names, &d, c->name, w->unit);
            }
        }
    }
}

static void add_supervisors(struct city *city)
{
    const struct places *p = &city->places;
    uint32_t number[PLACES_COUNTIES] = {0};
    city->first_township = city->workers;
    for (uint32_t i = 0; i < p->villages; i++) {
        const struct village *v = &p->village[i];
        if (i > 0 && v->code / 1000 == v[-1].code / 1000) continue;
        struct worker *w = add_worker(city, 'Z', v->code / 1000000, ++number[v->county], ROLE_TOWNSHIP,
                                      v->code / 1000 * 1000);
        snprintf(w->unit, sizeof w->unit, "%.39s人民政府", v->township);
    }
    city->first_county = city->workers;
    for (int c = 0; c < PLACES_COUNTIES; c++) {
        city->county_people[c] = 1 + (uint32_t)(c % 3 != 1);
        for (uint32_t k = 0; k < city->county_people[c]; k++) {
            struct worker *w =
                add_worker(city, 'X', p->county[c].code / 1000000, k + 1, ROLE_COUNTY, p->county[c].code);
            snprintf(w->unit, sizeof w->unit, "%s乡村振兴局", p->county[c].name);
        }
    }
    struct worker *w = add_worker(city, 'S', 231200, 1, ROLE_CITY, INT64_C(231200000000));
    snprintf(w->unit, sizeof w->unit, "绥化市乡村振兴局");
}

void workers_make(struct city *city)
{
    add_villagers_workers(city, false);
    city->first_contact = city->workers;
    add_villagers_workers(city, true);
    add_supervisors(city);
}
