/* county: see county.h. County changesets are batches of up to 50 changes, as lists are decided on in
 * meetings. */
#include "county.h"

#include <stdio.h>
#include <stdlib.h>

#include "codes.h"
#include "replies.h"
#include "share.h"

enum { BATCH = 50 };

struct desk { /* a batch in progress */
    struct story *s;
    int county, batches;
    bool open;
};

static const struct household *first_of(const struct desk *desk, uint32_t *count)
{
    const struct places *p = &desk->s->city->places;
    uint32_t first = UINT32_MAX;
    *count = 0;
    for (uint32_t i = 0; i < p->villages; i++) {
        if (p->village[i].county != desk->county) continue;
        if (first == UINT32_MAX) first = p->village[i].first_household;
        *count += p->village[i].households;
    }
    return first == UINT32_MAX ? NULL : &desk->s->city->household[first];
}

static const char *writer(const struct desk *desk)
{
    return city_county_person(desk->s->city, desk->county, (uint32_t)desk->batches)->no;
}

static void close_batch(struct desk *desk)
{
    if (desk->open) acts_close(desk->s->acts);
    desk->open = false;
}

/* Makes room for `changes` more in the open batch of `day`, or begins one. */
static void need_batch(struct desk *desk, int32_t day, unsigned changes)
{
    if (desk->open && acts_changes(desk->s->acts) + changes <= BATCH) return;
    close_batch(desk);
    desk->batches++;
    acts_open(desk->s->acts, day, 9 * 60 + desk->batches * 7 % 420, day, writer(desk));
    desk->open = true;
}

static void set_status(struct desk *desk, const struct household *h, int status)
{
    struct acts *a = desk->s->acts;
    char no[24];
    city_national_no(desk->s->city, h, no);
    acts_set(a, "household", no);
    acts_code(a, "monitor_class", &codes_monitor_class, h->monitor_class);
    acts_code(a, "monitor_status", &codes_monitor_status, status);
    acts_day(a, "taken_in", h->taken_in);
    if (status != STATUS_CLEARED) return;
    struct dice d = dice_for(desk->s->city->seed, "after care", h->first_member);
    struct scene scene;
    scene_of(&scene, desk->s->city, h, h->cleared_on, &d);
    acts_day(a, "cleared_on", h->cleared_on);
    acts_code(a, "cleared_way", &codes_cleared_way, h->cleared_way);
    story_say(desk->s, "after_care", "after_care", &scene, &d, 200);
}

/* January: the stock of earlier years. Who is cleared later this year stands as monitored first. */
static void tell_stock(struct desk *desk)
{
    uint32_t n;
    const struct household *h = first_of(desk, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (h[i].group != GROUP_OPEN && h[i].group != GROUP_CLEARED) continue;
        bool cleared = h[i].group == GROUP_CLEARED && h[i].cleared_on < DAY_FIRST;
        need_batch(desk, DAY_FIRST + 3 + desk->batches / 4, 1);
        set_status(desk, &h[i], cleared ? STATUS_CLEARED : STATUS_MONITORED);
    }
    close_batch(desk);
}

static void close_risk(struct desk *desk, const struct household *h, const struct planned_risk *r)
{
    struct acts *a = desk->s->acts;
    struct dice d = dice_for(desk->s->city->seed, "closing", h->first_member);
    struct scene scene;
    char no[24];
    city_national_no(desk->s->city, h, no);
    scene_of(&scene, desk->s->city, h, h->cleared_on, &d);
    scene.tags |= scene_bit(TAG_RISK) | scene_bit(TAG_RISK + r->kind);
    acts_find(a, "risk");
    acts_text(a, "household", no);
    acts_code(a, "kind", &codes_risk_kind, r->kind);
    acts_day(a, "found_on", h->visit_day[r->visit]);
    acts_found(a);
    acts_code(a, "state", &codes_risk_state, 2);
    acts_text(a, "closed_by", writer(desk));
    acts_day(a, "closed_on", h->cleared_on);
    story_say(desk->s, "closed_why", "closed_why", &scene, &d, 200);
}

/* One meeting: all that it clears, each household's status next to the closing of its risks. */
static void tell_clearing(struct desk *desk, int32_t day)
{
    uint32_t n;
    const struct household *h = first_of(desk, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (h[i].group != GROUP_CLEARED || h[i].cleared_on != day) continue;
        need_batch(desk, day, 1u + h[i].risks);
        set_status(desk, &h[i], STATUS_CLEARED);
        for (int r = 0; r < h[i].risks; r++)
            close_risk(desk, &h[i], &h[i].risk[r]);
    }
    close_batch(desk);
}

static void tell_decisions(struct desk *desk, int32_t day)
{
    uint32_t n;
    const struct household *h = first_of(desk, &n);
    struct acts *a = desk->s->acts;
    for (uint32_t i = 0; i < n; i++) {
        if (!h[i].clue_found || h[i].clue_decided != day) continue;
        char no[24];
        city_national_no(desk->s->city, &h[i], no);
        need_batch(desk, day, 2);
        acts_find(a, "clue");
        acts_text(a, "household", no);
        acts_day(a, "found_on", h[i].clue_found);
        acts_found(a);
        acts_day(a, "decided_on", day);
        acts_code(a, "decision", &codes_decision, h[i].group == GROUP_TAKEN_IN ? DECIDED_IN : DECIDED_OUT);
        if (h[i].group == GROUP_TAKEN_IN) set_status(desk, &h[i], STATUS_MONITORED);
    }
    close_batch(desk);
}

static void tell_order(struct desk *desk, const struct planned_order *o, size_t index)
{
    const struct city *city = desk->s->city;
    const struct village *v = &city->places.village[o->village];
    struct acts *a = desk->s->acts;
    struct dice d = dice_for(city->seed, "order", index);
    struct scene scene;
    char issuer[64];
    scene_of_village(&scene, city, v, o->issued);
    scene_fact(&scene, "worker", city->worker[v->first_cadre].name);
    snprintf(issuer, sizeof issuer, "%s乡村振兴局", city->places.county[o->county].name);
    need_batch(desk, o->issued, 1);
    acts_put(a, "order");
    acts_code(a, "kind", &codes_order_kind, o->kind);
    acts_text(a, "number", o->number);
    acts_number(a, "region", v->code);
    if (dice_chance(&d, 600)) acts_text(a, "worker", city->worker[v->first_cadre].no);
    acts_text(a, "issuer", issuer);
    acts_day(a, "issued_on", o->issued);
    acts_day(a, "due_on", o->due);
    story_say_of(desk->s, "text", "order", o->topic, &scene, &d, 400);
    acts_code(a, "state", &codes_order_state, 1);
    close_batch(desk);
}

static void tell_orders(struct desk *desk)
{
    struct planned_order list[ORDERS_MAX];
    size_t n = replies_orders(desk->s->city, list);
    for (size_t i = 0; i < n; i++) {
        if (list[i].county == desk->county) tell_order(desk, &list[i], i);
    }
}

/* This county's part of the city's figure; `weight` may be another figure's shares, so that 87 of 293
 * projects are never more than the county has. */
static void share_figure(const struct city *city, int64_t total, const int64_t *weight,
                         int64_t out[PLACES_COUNTIES])
{
    int64_t own[PLACES_COUNTIES];
    struct dice d = dice_for(city->seed, "indicators", (uint64_t)total);
    for (int c = 0; c < PLACES_COUNTIES; c++)
        own[c] = dice_between(&d, 600, 1500);
    share_out(total, weight ? weight : own, PLACES_COUNTIES, out);
}

/* Money is spent faster in one county than in another: shares of `part`, bent by up to a seventh. */
static void bend(const struct city *city, const int64_t part[PLACES_COUNTIES], int64_t out[PLACES_COUNTIES])
{
    for (int c = 0; c < PLACES_COUNTIES; c++) {
        struct dice d = dice_for(city->seed, "spending", (uint64_t)(part[c] + c));
        out[c] = part[c] / 100 * dice_between(&d, 87, 113);
    }
}

static void put_indicator(struct desk *desk, const char *key, const int64_t share[PLACES_COUNTIES])
{
    struct acts *a = desk->s->acts;
    need_batch(desk, DAY_LAST - 4, 1);
    acts_put(a, "indicator");
    acts_number(a, "region", desk->s->city->places.county[desk->county].code);
    acts_text(a, "period", "2022");
    acts_text(a, "key", key);
    acts_number(a, "value", share[desk->county]);
}

static void tell_indicators(struct desk *desk)
{
    const struct city *city = desk->s->city;
    const struct figures *f = &city->figures;
    int64_t part[PLACES_COUNTIES], bent[PLACES_COUNTIES], within[PLACES_COUNTIES];
#define TELL(key, of, weight, into) (share_figure(city, f->of, weight, into), put_indicator(desk, key, into))
    TELL("employment_target", employment_target, NULL, part);
    TELL("funds_central_yuan", funds_central_yuan, NULL, part);
    bend(city, part, bent);
    TELL("spent_central_yuan", spent_central_yuan, bent, within);
    TELL("funds_provincial_yuan", funds_provincial_yuan, NULL, part);
    bend(city, part, bent);
    TELL("spent_provincial_yuan", spent_provincial_yuan, bent, within);
    TELL("projects", projects, NULL, part);
    TELL("projects_industry", projects_industry, part, within);
    TELL("training_classes", training_classes, NULL, part);
    TELL("trained", trained, part, within);
    TELL("loans_yuan", loans_yuan, NULL, part);
    TELL("firms", firms, NULL, part);
#undef TELL
    close_batch(desk);
}

void county_tell(struct story *s, int county)
{
    struct desk desk = {s, county, 0, false};
    tell_stock(&desk);
    for (int32_t day = DAY_FIRST; day <= DAY_LAST; day++) {
        tell_decisions(&desk, day);
        tell_clearing(&desk, day);
    }
    tell_orders(&desk);
    tell_indicators(&desk);
}
