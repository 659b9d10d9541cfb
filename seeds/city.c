/* city: lays out villages' lists and ranges so that every count is the figures' own; workers.c, family.c and
 * plan.c fill them in. See city.h. */
#include "city.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "share.h"
#include "zhucun/env.h"

void city_national_no(const struct city *city, const struct household *h, char out[24])
{
    snprintf(out, 24, "S%012lld%04u", (long long)city->places.village[h->village].code, h->number % 10000u);
}

void city_address(const struct city *city, const struct household *h, char out[160])
{
    const struct village *v = &city->places.village[h->village];
    snprintf(out, 160, "%s%s%s%u号", v->township, v->name, v->hamlet[h->hamlet], h->door % 1000u);
}

const struct worker *city_county_person(const struct city *city, int county, uint32_t i)
{
    uint32_t first = city->first_county;
    for (int c = 0; c < county; c++)
        first += city->county_people[c];
    return &city->worker[first + i % city->county_people[county]];
}

/* Ranges of one kind over the villages: shares of `total` by `weight`; returns them for the caller to free.
 */
static int64_t *spread(const struct city *city, int64_t total, const int64_t *weight)
{
    int64_t *out = calloc(city->places.villages, sizeof *out);
    if (!out) abort();
    share_out(total, weight, city->places.villages, out);
    return out;
}

static int64_t *random_weights(const struct city *city, const char *purpose, int low, int high)
{
    int64_t *w = calloc(city->places.villages, sizeof *w);
    if (!w) abort();
    for (uint32_t i = 0; i < city->places.villages; i++) {
        struct dice d = dice_for(city->seed, purpose, (uint64_t)city->places.village[i].code);
        w[i] = dice_between(&d, low, high);
    }
    return w;
}

/* Each village has a cadre; the others go where the team is smallest, so that teams have about three. */
static void spread_cadres(struct city *city)
{
    struct places *p = &city->places;
    for (uint32_t i = 0; i < p->villages; i++)
        p->village[i].cadres = 1;
    for (int64_t left = city->figures.resident_cadres - p->villages; left > 0; left--) {
        uint32_t best = 0, best_size = UINT32_MAX;
        for (uint32_t l = 0; l < p->laptops; l++) {
            uint32_t size = 0;
            for (uint32_t v = 0; v < p->laptop[l].villages; v++)
                size += p->village[p->laptop[l].first_village + v].cadres;
            if (size >= best_size) continue;
            best = l;
            best_size = size;
        }
        p->village[p->laptop[best].first_village].cadres++;
    }
}

static void lay_out(struct city *city)
{
    struct places *p = &city->places;
    int64_t *weight = random_weights(city, "village size", 60, 140);
    int64_t *households = spread(city, city->figures.households, weight);
    int64_t *contacts = spread(city, city->figures.contacts, households);
    uint32_t household = 0, contact = (uint32_t)city->figures.resident_cadres, cadre = 0;
    spread_cadres(city);
    for (uint32_t i = 0; i < p->villages; i++) {
        struct village *v = &p->village[i];
        v->first_household = household;
        v->first_contact = contact;
        v->first_cadre = cadre;
        household += v->households = (uint32_t)households[i];
        contact += v->contacts = (uint32_t)contacts[i];
        cadre += v->cadres;
    }
    free(weight);
    free(households);
    free(contacts);
}

/* Contacts of a village get one household each, the rest at random, five at most; households stand in the
 * order of their contacts, as a contact's households are neighbours. */
static void deal_contacts(struct city *city, const struct village *v)
{
    struct dice d = dice_for(city->seed, "contacts", (uint64_t)v->code);
    uint8_t count[2000] = {0};
    uint32_t contacts = v->contacts < 2000 ? v->contacts : 2000, h = 0;
    for (uint32_t i = 0; i < contacts; i++)
        count[i] = 1;
    for (uint32_t left = v->households - contacts; left > 0;) {
        uint32_t i = dice_below(&d, contacts);
        if (count[i] == 5) continue;
        count[i]++;
        left--;
    }
    for (uint32_t i = 0; i < contacts; i++) {
        for (int k = 0; k < count[i]; k++)
            city->household[v->first_household + h++].contact = v->first_contact + i;
    }
}

static void settle_village(struct city *city, uint32_t index)
{
    struct village *v = &city->places.village[index];
    struct dice d = dice_for(city->seed, "hamlets", (uint64_t)v->code);
    v->hamlets = dice_between(&d, 2, PLACES_HAMLETS);
    for (int i = 0; i < v->hamlets; i++)
        names_hamlet(city->names, &d, v->hamlet[i]);
    for (uint32_t i = 0; i < v->households; i++) {
        struct household *h = &city->household[v->first_household + i];
        h->village = index;
        h->number = (uint16_t)(i + 1);
        h->hamlet = (uint8_t)dice_below(&d, (uint32_t)v->hamlets);
        h->door = (uint16_t)dice_between(&d, 1, 160);
        h->cadre = v->first_cadre + dice_below(&d, v->cadres);
        h->kind = KIND_LEFT;
        names_phone(&d, h->phone);
    }
    deal_contacts(city, v);
}

/* Which households of each village are monitored (random positions), as one list in random order. */
static uint32_t *choose_monitored(struct city *city, size_t extra, size_t *count)
{
    int64_t *weight = random_weights(city, "monitored", 20, 180);
    int64_t *quota = spread(city, city->figures.monitored_households + (int64_t)extra, weight);
    uint32_t *list = calloc((size_t)city->figures.monitored_households + extra, sizeof *list), order[4000];
    if (!list) abort();
    *count = 0;
    for (uint32_t i = 0; i < city->places.villages; i++) {
        const struct village *v = &city->places.village[i];
        struct dice d = dice_for(city->seed, "choose", (uint64_t)v->code);
        dice_shuffle(&d, order, v->households < 4000 ? v->households : 4000);
        for (int64_t k = 0; k < quota[i]; k++)
            list[(*count)++] = v->first_household + order[k];
    }
    free(weight);
    free(quota);
    return list;
}

/* Gives `n` households from `list` a group and sizes that add up to `people`. */
static const uint32_t *assign_group(struct city *city, const uint32_t *list, int64_t n, int64_t people,
                                    int group)
{
    struct dice d = dice_for(city->seed, "sizes", (uint64_t)group);
    uint8_t *size = calloc((size_t)n + 1, 1);
    if (!size) abort();
    share_sizes(&d, (size_t)n, people, size);
    for (int64_t i = 0; i < n; i++) {
        city->household[list[i]].group = (uint8_t)group;
        city->household[list[i]].members = size[i];
    }
    free(size);
    return list + n;
}

static void shuffle_list(uint32_t *list, size_t n, struct dice *d)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = dice_below(d, (uint32_t)i);
        uint32_t t = list[i - 1];
        list[i - 1] = list[j];
        list[j] = t;
    }
}

static void group_households(struct city *city)
{
    const struct figures *f = &city->figures;
    size_t n, others = 0;
    uint32_t *list = choose_monitored(city, (size_t)f->ruled_out_clues, &n);
    struct dice d = dice_for(city->seed, "groups", 0);
    shuffle_list(list, n, &d);
    const uint32_t *at = assign_group(city, list, f->taken_in_households, f->taken_in_people, GROUP_TAKEN_IN);
    at = assign_group(city, at, f->cleared_households, f->cleared_people, GROUP_CLEARED);
    int64_t open = f->monitored_households - f->cleared_households - f->taken_in_households;
    at = assign_group(city, at, open, f->monitored_people - f->cleared_people - f->taken_in_people,
                      GROUP_OPEN);
    for (int64_t i = 0; i < f->ruled_out_clues; i++)
        city->household[at[i]].group = GROUP_RULED_OUT;
    free(list);
    list = calloc(city->households, sizeof *list);
    if (!list) abort();
    for (uint32_t i = 0; i < city->households; i++) {
        if (city->household[i].members == 0) list[others++] = i;
    }
    uint8_t *size = calloc(others + 1, 1);
    if (!size) abort();
    share_sizes(&d, others, f->people - f->monitored_people, size);
    for (size_t i = 0; i < others; i++)
        city->household[list[i]].members = size[i];
    free(size);
    free(list);
}

static void fill_households(struct city *city)
{
    struct family_ids *ids = family_ids_new();
    if (!ids) abort();
    for (uint32_t i = 0; i < city->households; i++) {
        struct household *h = &city->household[i];
        h->first_member = city->members;
        city->members += h->members;
        family_fill(city, h, ids);
    }
    free(ids);
}

/* Villages' other visits: `other_visits` households of the unmonitored, mostly one visit each. */
static void plan_year(struct city *city)
{
    struct dice extra = dice_for(city->seed, "other visits", 0);
    int64_t left = city->figures.other_visits;
    for (uint32_t i = 0; i < city->households; i++) {
        struct dice d = dice_for(city->seed, "plan", i);
        plan_household(&city->household[i], &city->member[city->household[i].first_member], &d);
    }
    while (left > 0) {
        struct household *h = &city->household[dice_below(&extra, city->households)];
        if (h->group != GROUP_NONE || h->visits >= 2) continue;
        h->visit_day[h->visits] =
            DAY_FIRST + dice_between(&extra, h->visits ? 95 : 3, h->visits ? 189 : 94 + 90 * (int)(left % 2));
        if (h->visits && h->visit_day[1] <= h->visit_day[0]) continue;
        h->visits++;
        left--;
    }
}

/* Exactly `employed` different members get a job this year. */
static int choose_employed(struct city *city, struct err *err)
{
    struct dice d = dice_for(city->seed, "jobs", 0);
    int64_t able = 0, want = city->figures.employed;
    for (uint32_t i = 0; i < city->members; i++)
        able += family_can_work(&city->member[i]);
    if (able < want) {
        return err_set(err, ERR_REFUSED, "有劳动能力的只有 %lld 人，不足 %lld 人",
                       "only %lld members can work, %lld are needed", (long long)able, (long long)want);
    }
    for (uint32_t i = 0; i < city->members; i++) {
        if (!family_can_work(&city->member[i])) continue;
        if ((int64_t)dice_below(&d, (uint32_t)able) < want) {
            city->member[i].employed = true;
            want--;
        }
        able--;
    }
    return 0;
}

static int get_memory(struct city *city, struct err *err)
{
    const struct figures *f = &city->figures;
    city->worker = calloc((size_t)(f->resident_cadres + f->contacts) + 500, sizeof *city->worker);
    city->household = calloc((size_t)f->households, sizeof *city->household);
    city->member = calloc((size_t)f->people, sizeof *city->member);
    city->households = (uint32_t)f->households;
    return city->worker && city->household && city->member ? 0 : err_nomem(err);
}

int city_make(struct city *city, int64_t per_million, uint64_t seed, struct err *err)
{
    memset(city, 0, sizeof *city);
    city->seed = seed;
    city->figures = figures_scaled(per_million);
    int rc = names_load(&city->names, err);
    if (rc == 0) rc = places_make(&city->places, &city->figures, seed, err);
    if (rc == 0) rc = get_memory(city, err);
    if (rc != 0) return rc;
    lay_out(city);
    workers_make(city);
    for (uint32_t i = 0; i < city->places.villages; i++)
        settle_village(city, i);
    group_households(city);
    fill_households(city);
    plan_year(city);
    return choose_employed(city, err);
}

void city_free(struct city *city)
{
    names_free(city->names);
    places_free(&city->places);
    free(city->worker);
    free(city->household);
    free(city->member);
    memset(city, 0, sizeof *city);
}
