/* replies: see replies.h. Unanswered orders fall due after the last day of the year that is played, so that
 * none is overdue. */
#include "replies.h"

#include <stdio.h>
#include <string.h>

#include "codes.h"
#include "share.h"

/* 望奎县 → 望奎提示〔2022〕3号. */
static void number_order(const struct city *city, struct planned_order *o, int n)
{
    const char *county = city->places.county[o->county].name;
    int stem = (int)strlen(county) - 3;
    snprintf(o->number, sizeof o->number, "%.*s%s〔2022〕%d号", stem, county, o->kind == 1 ? "提示" : "督办",
             n);
}

static void choose_village(const struct city *city, struct planned_order *o, struct dice *d)
{
    const struct places *p = &city->places;
    do {
        o->village = dice_below(d, p->villages);
    } while (p->village[o->village].county != o->county);
}

static void plan_order(const struct city *city, struct planned_order *o, int index, struct dice *d)
{
    bool answered = index < city->figures.orders_answered;
    o->kind = dice_chance(d, 620) ? 1 : 2;
    o->topic = 1 + index % ORDER_TOPICS;
    o->issued = answered ? DAY_FIRST + dice_between(d, 30, 160) : DAY_LAST - dice_between(d, 1, 8);
    o->due = o->issued + dice_between(d, 12, 20);
    o->answered = answered ? o->issued + dice_between(d, 3, 10) : 0;
    choose_village(city, o, d);
}

size_t replies_orders(const struct city *city, struct planned_order out[ORDERS_MAX])
{
    int64_t weight[PLACES_COUNTIES], share[PLACES_COUNTIES];
    struct dice d = dice_for(city->seed, "orders", 0);
    uint32_t order[ORDERS_MAX];
    size_t n = 0, total = (size_t)city->figures.orders_issued;
    if (total > ORDERS_MAX) total = ORDERS_MAX;
    for (int c = 0; c < PLACES_COUNTIES; c++)
        weight[c] = dice_between(&d, 60, 140);
    share_out((int64_t)total, weight, PLACES_COUNTIES, share);
    dice_shuffle(&d, order, total); /* who answers and what it is about is mixed over the counties */
    for (int c = 0; c < PLACES_COUNTIES; c++) {
        for (int k = 0; k < (int)share[c]; k++, n++) {
            out[n].county = c;
            plan_order(city, &out[n], (int)order[n], &d);
            number_order(city, &out[n], k + 1);
        }
    }
    return n;
}

bool replies_any(const struct city *city, uint32_t laptop)
{
    struct planned_order list[ORDERS_MAX];
    size_t n = replies_orders(city, list);
    for (size_t i = 0; i < n; i++) {
        if (list[i].answered && city->places.village[list[i].village].laptop == laptop) return true;
    }
    return false;
}

void replies_tell(struct story *s, uint32_t laptop)
{
    struct planned_order list[ORDERS_MAX];
    size_t n = replies_orders(s->city, list);
    for (size_t i = 0; i < n; i++) {
        const struct planned_order *o = &list[i];
        const struct village *v = &s->city->places.village[o->village];
        if (!o->answered || v->laptop != laptop) continue;
        struct dice d = dice_for(s->city->seed, "reply", i);
        struct scene scene;
        scene_of_village(&scene, s->city, v, o->answered);
        scene_fact(&scene, "worker", s->city->worker[v->first_cadre].name);
        acts_open(s->acts, o->answered, story_minute(&d), o->answered, s->city->worker[v->first_cadre].no);
        acts_put(s->acts, "order_reply");
        acts_text(s->acts, "order", o->number);
        acts_day(s->acts, "date", o->answered);
        story_say_of(s, "text", "reply", o->topic, &scene, &d, 400);
        acts_close(s->acts);
    }
}
