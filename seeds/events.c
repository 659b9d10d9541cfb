/* events: jobs, corrections and changes of members, see fieldwork.h. */
#include "fieldwork.h"

#include <stdio.h>

#include "codes.h"

enum { EVENT_DIED = 1, EVENT_MARRIED_OUT, EVENT_MARRIED_IN = 5, EVENT_BORN, EVENT_ARRIVED, EVENT_LEFT };
enum { JOBS_A_CHANGESET = 5 };

static void write_job(struct story *s, const struct member *m, int32_t day, struct dice *d)
{
    static const int young[] = {12, 16, 10, 24, 36, 2}, older[] = {38, 26, 12, 14, 10, 0},
                     pay[] = {3, 12, 27, 42, 16};
    struct scene scene = {0};
    bool old = city_age(m, day) > 50;
    int place = 1 + dice_weighted(d, old ? older : young, 6), band = 1 + dice_weighted(d, pay, 5);
    if (m->labour == LABOUR_WEAK && band > 3) band -= 2;
    int32_t since = DAY_FIRST + dice_between(d, 0, day - DAY_FIRST);
    acts_put(s->acts, "job");
    acts_text(s->acts, "member", m->id_no);
    acts_code(s->acts, "place", &codes_job_place, place);
    story_say_of(s, "employer", "employer", place, &scene, d, 70);
    acts_number(s->acts, "months", dice_between(d, 1, 1 + (DAY_LAST - since) / 31));
    acts_code(s->acts, "income_band", &codes_income_band, band);
    acts_day(s->acts, "since", since);
}

/* The contact registers those of the household who work, on one day between late January and the end of May.
 */
void events_jobs(struct story *s, const struct household *h, struct dice *dice)
{
    const struct member *list = &s->city->member[h->first_member];
    int32_t day = DAY_FIRST + dice_between(dice, 22, 150);
    int n = 0;
    for (int i = 0; i < h->members; i++) {
        if (!list[i].employed) continue;
        if (n % JOBS_A_CHANGESET == 0) {
            if (n) acts_close(s->acts);
            acts_open(s->acts, day, story_minute(dice), day, s->city->worker[h->contact].no);
        }
        write_job(s, &list[i], day, dice);
        n++;
    }
    if (n) acts_close(s->acts);
}

static void correct_household(struct story *s, const struct household *h, struct dice *d)
{
    char no[24], phone[12], address[160];
    city_national_no(s->city, h, no);
    acts_set(s->acts, "household", no);
    if (dice_chance(d, 800)) {
        names_phone(d, phone);
        acts_text(s->acts, "phone", phone);
        return;
    }
    struct household moved = *h;
    moved.door = (uint16_t)dice_between(d, 1, 160);
    city_address(s->city, &moved, address);
    acts_text(s->acts, "address", address);
}

/* An illness is added; where the set said 健康, that is taken out explicitly. */
static void correct_health(struct story *s, const struct member *m, struct dice *d)
{
    acts_set(s->acts, "member", m->id_no);
    acts_text(s->acts, "health", dice_chance(d, 780) ? "长期慢性病" : dice_chance(d, 500) ? "大病" : "残疾");
    if (m->health == HEALTH_GOOD) acts_removed(s->acts, "health", "健康");
}

static void correct_school(struct story *s, const struct member *m, struct dice *d)
{
    static const char *const next[] = {NULL,       "非在校",   "学前",   "初中在读",
                                       "高中在读", "高校在读", "非在校", "非在校"};
    acts_set(s->acts, "member", m->id_no);
    acts_text(s->acts, "school_state",
              m->school == SCHOOL_JUNIOR && dice_chance(d, 400) ? "中职在读" : next[m->school]);
}

void events_correction(struct story *s, const struct household *h, int32_t day, struct dice *dice)
{
    const struct member *list = &s->city->member[h->first_member], *m = &list[dice_below(dice, h->members)];
    int age = city_age(m, day), roll = (int)dice_below(dice, 1000);
    if (roll < 22) {
        correct_household(s, h, dice);
    } else if (roll < 36 && age > 35 && !(m->health & (HEALTH_CHRONIC | HEALTH_SERIOUS | HEALTH_DISABLED))) {
        correct_health(s, m, dice);
    } else if (roll < 60 && m->school >= SCHOOL_PRIMARY) {
        correct_school(s, m, dice);
    } else if (roll < 44 && m->labour == LABOUR_ORDINARY) {
        acts_set(s->acts, "member", m->id_no);
        acts_text(s->acts, "labour", age > 58 ? "弱劳动力或半劳动力" : "技能劳动力");
    }
}

static void write_event(struct story *s, const char *id_no, unsigned tag, int kind, int32_t day,
                        struct dice *d)
{
    struct scene scene = {0};
    acts_put(s->acts, "member_event");
    if (tag)
        acts_tag(s->acts, "member", tag);
    else
        acts_text(s->acts, "member", id_no);
    acts_code(s->acts, "kind", &codes_member_event, kind);
    acts_day(s->acts, "date", day);
    story_say_of(s, "note", "event", kind, &scene, d, 100);
}

static void write_arrival(struct story *s, const struct household *h, int kind, int32_t day, struct dice *d)
{
    const struct member *head = &s->city->member[h->first_member];
    char no[24], name[24], surname[4] = "";
    bool female = kind == EVENT_MARRIED_IN || dice_chance(d, 480);
    snprintf(surname, sizeof surname, "%.3s", head->name);
    names_person(s->city->names, d, kind == EVENT_BORN ? surname : names_surname(s->city->names, d), female,
                 kind == EVENT_BORN ? 2022 : 1996, name);
    city_national_no(s->city, h, no);
    unsigned tag = acts_put(s->acts, "member");
    acts_text(s->acts, "household", no);
    acts_text(s->acts, "name", name);
    acts_code(s->acts, "relation", &codes_relation,
              kind == EVENT_BORN         ? REL_GRANDCHILD
              : kind == EVENT_MARRIED_IN ? REL_SON_WIFE
                                         : 11);
    acts_code(s->acts, "sex", &codes_sex, female ? SEX_FEMALE : SEX_MALE);
    acts_day(s->acts, "birth", kind == EVENT_BORN ? day : DAY_FIRST - dice_between(d, 8400, 12000));
    acts_text(s->acts, "health", "健康");
    acts_code(s->acts, "labour", &codes_labour, kind == EVENT_BORN ? LABOUR_NONE : LABOUR_ORDINARY);
    write_event(s, NULL, tag, kind, day, d);
}

/* About one household in a hundred. Nobody who has a job row dies or leaves, so that the employed stay as
 * many. */
void events_members(struct story *s, const struct household *h, struct dice *dice)
{
    const struct member *list = &s->city->member[h->first_member], *m = &list[h->members - 1];
    int age = city_age(m, DAY_FIRST), kind = 0;
    int32_t day = DAY_FIRST + dice_between(dice, 6, 180), seen = day + dice_between(dice, 0, 6);
    if (!dice_chance(dice, 14)) return;
    if (age > 70 && h->members > 1)
        kind = EVENT_DIED;
    else if (m->relation == REL_DAUGHTER && age > 19 && age < 35)
        kind = EVENT_MARRIED_OUT;
    else if (m->relation == REL_SON && age > 22)
        kind = EVENT_MARRIED_IN;
    else if (m->relation >= REL_GRANDCHILD)
        kind = EVENT_BORN;
    else if (h->members > 2)
        kind = dice_chance(dice, 500) ? EVENT_ARRIVED : EVENT_LEFT;
    bool arrives = kind == EVENT_MARRIED_IN || kind == EVENT_BORN || kind == EVENT_ARRIVED;
    if (!kind || (!arrives && m->employed)) return;
    acts_open(s->acts, seen, story_minute(dice), seen, s->city->worker[h->contact].no);
    if (arrives)
        write_arrival(s, h, kind, day, dice);
    else
        write_event(s, m->id_no, 0, kind, day, dice);
    acts_close(s->acts);
}
