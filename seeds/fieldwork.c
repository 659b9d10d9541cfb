/* fieldwork: a household's visits and what hangs on them. One visit is one changeset: the visit, the risk it
 * found, the clue, a measure, a correction. See fieldwork.h; the dates come from plan.c. */
#include "fieldwork.h"

#include <stdio.h>

#include "codes.h"

enum { MODE_HOME = 1, MODE_PHONE, MODE_WECHAT, MODE_MISS };
enum { STATE_FINE = 1, STATE_PROBLEM, STATE_UNSEEN };
enum {
    NEED_WORK = 1,
    NEED_INDUSTRY,
    NEED_TREATMENT,
    NEED_SCHOOL,
    NEED_HOUSING,
    NEED_WATER,
    NEED_LOAN,
    NEED_SUPPLIES,
    NEED_CARE,
    NEED_PAPERS,
    NEED_POLICY,
    NEED_OTHER
};

struct call { /* one visit being written */
    const struct household *h;
    int number, mode, minute;
    int32_t day;
    int risk;  /* index into h->risk found now, or -1 */
    bool clue; /* this visit finds the clue */
    bool trouble, fixed;
    const struct worker *author;
    struct scene scene;
    unsigned visit_tag, risk_tag;
};

static int choose_mode(const struct call *c, struct dice *d)
{
    static const int watched[] = {74, 14, 7, 5}, others[] = {62, 23, 9, 6};
    if (c->risk >= 0 || c->clue || c->trouble || c->fixed) return MODE_HOME;
    return 1 + dice_weighted(d, c->h->group == GROUP_NONE ? others : watched, 4);
}

static void set_scene(struct story *s, struct call *c, struct dice *d)
{
    static const int tag[] = {0, TAG_HOME, TAG_PHONE, TAG_WECHAT, TAG_MISS};
    scene_of(&c->scene, s->city, c->h, c->day, d);
    c->scene.tags |= scene_bit(tag[c->mode]);
    if (c->minute < 11 * 60 + 30) c->scene.tags |= scene_bit(TAG_MORNING);
    if (c->minute >= 18 * 60) c->scene.tags |= scene_bit(TAG_EVENING);
    if (c->number == 0) c->scene.tags |= scene_bit(TAG_FIRST);
    if (c->risk >= 0) c->scene.tags |= scene_bit(TAG_RISK) | scene_bit(TAG_RISK + c->h->risk[c->risk].kind);
    if (c->trouble || c->fixed) c->scene.tags |= scene_bit(TAG_SAFEGUARD + c->h->trouble);
    if (c->risk >= 0 || c->trouble || c->clue) c->scene.tags |= scene_bit(TAG_TROUBLE);
    if (c->fixed) c->scene.tags |= scene_bit(TAG_FIXED);
    /* A clue that will be ruled out has no risk row, but it tells of something. */
    if (c->clue && c->risk < 0) {
        static const int kinds[] = {RISK_ILLNESS,  RISK_LABOUR, RISK_ACCIDENT,
                                    RISK_BUSINESS, RISK_JOB,    RISK_OTHER};
        c->scene.tags |= scene_bit(TAG_RISK) | scene_bit(TAG_RISK + kinds[dice_below(d, 6)]);
    }
}

static bool has(const struct call *c, int tag)
{
    return (c->scene.tags & scene_bit(tag)) != 0;
}

/* What is wrong is said once, so that the summary, the risk and the clue of one visit tell the same story. */
static void set_trouble(struct story *s, struct call *c, struct dice *d)
{
    if (!has(c, TAG_TROUBLE)) return;
    buf_reset(&s->line);
    prose_say(s->prose, "trouble", &c->scene, d, &s->line);
    if (s->line.len) scene_fact(&c->scene, "trouble", buf_text(&s->line));
}

static const struct worker *choose_author(const struct story *s, const struct household *h, struct dice *d)
{
    bool cadre = dice_chance(d, h->group == GROUP_NONE ? 220 : 600);
    return &s->city->worker[cadre ? h->cadre : h->contact];
}

/* Somebody else of the same village, who could have come along. */
static void add_companion(struct story *s, const struct call *c, struct dice *d)
{
    const struct village *v = &s->city->places.village[c->h->village];
    const struct worker *contact = &s->city->worker[c->h->contact], *cadre = &s->city->worker[c->h->cadre];
    const struct worker *other = &s->city->worker[v->first_contact + dice_below(d, v->contacts)];
    const struct worker *with = c->author == cadre ? contact : cadre;
    if (c->mode != MODE_HOME || !dice_chance(d, c->h->group == GROUP_NONE ? 90 : 280)) return;
    if (dice_chance(d, 200) && other != c->author && other != with) {
        char both[40];
        snprintf(both, sizeof both, "%s,%s", with->no, other->no);
        acts_text(s->acts, "companions", both);
    } else {
        acts_text(s->acts, "companions", with->no);
    }
}

static int safeguard_state(const struct call *c, int which, struct dice *d)
{
    const struct household *h = c->h;
    if (c->mode == MODE_MISS) return STATE_UNSEEN;
    if (h->trouble == which && c->number >= h->trouble_seen && c->number < h->trouble_fixed) {
        return c->mode == MODE_HOME ? STATE_PROBLEM : STATE_UNSEEN;
    }
    if (c->mode == MODE_HOME) return STATE_FINE;
    if (which >= TROUBLE_HOUSING) return STATE_UNSEEN;
    return dice_chance(d, 650) ? STATE_FINE : STATE_UNSEEN;
}

static void add_safeguards(struct story *s, const struct call *c, struct dice *d)
{
    static const char *const column[] = {NULL, "education", "medical", "housing", "water"};
    for (int i = TROUBLE_EDUCATION; i <= TROUBLE_WATER; i++) {
        acts_code(s->acts, column[i], &codes_safeguard, safeguard_state(c, i, d));
    }
}

/* One or two needs that the household could have. */
static void add_needs(struct story *s, const struct call *c, struct dice *d)
{
    static const int of_trouble[] = {0, NEED_SCHOOL, NEED_TREATMENT, NEED_HOUSING, NEED_WATER};
    static const int of_risk[] = {0,
                                  NEED_TREATMENT,
                                  NEED_CARE,
                                  NEED_SCHOOL,
                                  NEED_SUPPLIES,
                                  NEED_SUPPLIES,
                                  NEED_SUPPLIES,
                                  NEED_SUPPLIES,
                                  NEED_OTHER,
                                  NEED_CARE,
                                  NEED_TREATMENT,
                                  NEED_LOAN,
                                  NEED_WORK,
                                  NEED_HOUSING,
                                  NEED_WATER,
                                  NEED_OTHER};
    const int weight[] = {has(c, TAG_IDLE) ? 12 : 1,
                          has(c, TAG_CATTLE) || has(c, TAG_PIG) ? 6 : 2,
                          has(c, TAG_ILL) ? 12 : 1,
                          has(c, TAG_STUDENT) || has(c, TAG_PUPIL) ? 7 : 0,
                          1,
                          1,
                          has(c, TAG_SOWING) || has(c, TAG_THAW) ? 7 : 1,
                          has(c, TAG_SOWING) || has(c, TAG_THAW) ? 9 : 1,
                          has(c, TAG_ALONE) ? 6 : 1,
                          2,
                          7,
                          3};
    char text[64];
    int first = 1 + dice_weighted(d, weight, 12), second = 1 + dice_weighted(d, weight, 12);
    if (c->mode == MODE_MISS || (!has(c, TAG_TROUBLE) && !dice_chance(d, 260))) return;
    if (c->risk >= 0) first = of_risk[c->h->risk[c->risk].kind];
    if (c->trouble) first = of_trouble[c->h->trouble];
    if (second != first && dice_chance(d, has(c, TAG_TROUBLE) ? 90 : 220)) {
        snprintf(text, sizeof text, "%s,%s", codes_need.list[first - 1].zh, codes_need.list[second - 1].zh);
    } else {
        snprintf(text, sizeof text, "%s", codes_need.list[first - 1].zh);
    }
    acts_text(s->acts, "needs", text);
}

static void write_visit(struct story *s, struct call *c, const char *national_no, struct dice *d)
{
    struct acts *a = s->acts;
    char time[8];
    c->visit_tag = acts_put(a, "visit");
    acts_text(a, "household", national_no);
    acts_day(a, "date", c->day);
    snprintf(time, sizeof time, "%02d:%02d", c->minute / 60 % 24, c->minute / 5 * 5 % 60);
    if (dice_chance(d, 620)) acts_text(a, "time", time);
    acts_code(a, "mode", &codes_visit_mode, c->mode);
    add_companion(s, c, d);
    story_say(s, "summary", "summary", &c->scene, d, 400);
    add_needs(s, c, d);
    add_safeguards(s, c, d);
    if (c->mode != MODE_MISS && dice_chance(d, c->mode == MODE_HOME ? 420 : 180)) {
        story_say(s, "policy", "policy", &c->scene, d, 100);
    }
}

static void write_risk(struct story *s, struct call *c, const char *national_no, struct dice *d)
{
    const struct planned_risk *r = &c->h->risk[c->risk];
    struct acts *a = s->acts;
    c->risk_tag = acts_put(a, "risk");
    acts_text(a, "household", national_no);
    acts_code(a, "kind", &codes_risk_kind, r->kind);
    acts_number(a, "rank", r->rank);
    acts_day(a, "found_on", c->day);
    acts_tag(a, "visit", c->visit_tag);
    acts_code(a, "state", &codes_risk_state, 1);
    story_say(s, "detail", "risk_detail", &c->scene, d, 200);
}

static void write_clue(struct story *s, struct call *c, const char *national_no, struct dice *d)
{
    static const int often[] = {46, 20, 18, 0, 16}, kind_tags = 5;
    struct acts *a = s->acts;
    acts_put(a, "clue");
    acts_number(a, "village", s->city->places.village[c->h->village].code);
    acts_text(a, "household", national_no);
    acts_day(a, "found_on", c->day);
    int kind = 1 + dice_weighted(d, often, kind_tags);
    acts_code(a, "kind", &codes_clue_kind, kind);
    if (c->risk >= 0) acts_tag(a, "risk", c->risk_tag);
    acts_day(a, "due_on", c->day + CLUE_DUE_DAYS);
    story_say_of(s, "detail", "clue", kind, &c->scene, d, 200);
}

/* What is done about each kind of risk: up to three categories of measures (codes of measure_category). */
static int measure_category(int risk, struct dice *d)
{
    static const int of_risk[16][3] = {
        {11, 1, 10}, {7, 10, 4},  {10, 7, 11}, {9, 3, 9}, {13, 1, 10}, {1, 13, 1}, {1, 13, 10}, {1, 1, 13},
        {13, 1, 11}, {10, 4, 11}, {10, 11, 3}, {1, 3, 1}, {2, 4, 2},   {5, 5, 13}, {6, 6, 14},  {11, 10, 2}};
    return of_risk[risk][dice_below(d, 3)];
}

static void write_measure(struct story *s, const struct household *h, const char *national_no, int risk,
                          int32_t day, const struct scene *scene, struct dice *d)
{
    struct acts *a = s->acts;
    int category = measure_category(risk, d);
    acts_put(a, "measure");
    acts_text(a, "household", national_no);
    acts_code(a, "category", &codes_measure_category, category);
    story_say_of(s, "what", "measure", category, scene, d, 110);
    acts_day(a, "since", day);
    if (h->group == GROUP_CLEARED && h->cleared_on > day && dice_chance(d, 400)) {
        acts_day(a, "until", h->cleared_on);
        story_say(s, "result", "measure_result", scene, d, 110);
    }
}

/* A measure comes with the visit itself or some days later, as its own changeset. */
static void follow_up(struct story *s, const struct call *c, const char *national_no, struct dice *d)
{
    const struct household *h = c->h;
    int32_t from = h->group == GROUP_TAKEN_IN ? h->clue_decided : c->day, day = from + dice_between(d, 1, 16);
    int risk = c->risk >= 0 ? h->risk[c->risk].kind : 0;
    if (day > DAY_LAST) day = DAY_LAST;
    acts_open(s->acts, day, story_minute(d), day, c->author->no);
    write_measure(s, h, national_no, risk, day, &c->scene, d);
    if (dice_chance(d, 250)) write_measure(s, h, national_no, risk, day, &c->scene, d);
    acts_close(s->acts);
}

/* Which visits have a measure: those with a risk, and one in a household that has no risk row. */
static bool wants_measure(const struct call *c)
{
    const struct household *h = c->h;
    if (h->group == GROUP_NONE || h->group == GROUP_RULED_OUT) return false;
    return c->risk >= 0 || (h->risks == 0 && c->number == 0);
}

static void write_call(struct story *s, struct call *c, struct dice *d)
{
    char national_no[24];
    bool measure = wants_measure(c), now = measure && c->h->group != GROUP_TAKEN_IN && dice_chance(d, 380);
    bool later = c->risk < 0 && !c->clue && dice_chance(d, 60); /* written up some days after */
    int32_t at = c->day + (later ? dice_between(d, 1, 4) : 0);
    city_national_no(s->city, c->h, national_no);
    acts_open(s->acts, at, later ? story_minute(d) : c->minute + dice_between(d, 4, 55), c->day,
              c->author->no);
    write_visit(s, c, national_no, d);
    if (c->risk >= 0) write_risk(s, c, national_no, d);
    if (c->clue) write_clue(s, c, national_no, d);
    if (now)
        write_measure(s, c->h, national_no, c->risk >= 0 ? c->h->risk[c->risk].kind : 0, c->day, &c->scene,
                      d);
    if (acts_changes(s->acts) < 4 && c->mode != MODE_MISS) events_correction(s, c->h, c->day, d);
    acts_close(s->acts);
    if (measure && !now) follow_up(s, c, national_no, d);
}

static void visit(struct story *s, const struct household *h, int number, struct dice *d)
{
    struct call c = {.h = h, .number = number, .day = h->visit_day[number], .risk = -1};
    for (int i = 0; i < h->risks; i++) {
        if (h->risk[i].visit == number) c.risk = i;
    }
    c.clue = h->clue_found == c.day;
    c.trouble = h->trouble && h->trouble_seen == number;
    c.fixed = h->trouble && h->trouble_fixed == number;
    c.author = choose_author(s, h, d);
    c.mode = choose_mode(&c, d);
    c.minute = story_minute(d);
    set_scene(s, &c, d);
    set_trouble(s, &c, d);
    write_call(s, &c, d);
}

void fieldwork_household(struct story *s, const struct household *h)
{
    struct dice d = dice_for(s->city->seed, "fieldwork", h->first_member);
    for (int i = 0; i < h->visits; i++)
        visit(s, h, i, &d);
    events_jobs(s, h, &d);
    if (h->group == GROUP_NONE) events_members(s, h, &d);
}
