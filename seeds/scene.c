/* scene: see scene.h. Crops follow the county: rice in the east along the Hulan, soy in the north, maize
 * elsewhere. */
#include "scene.h"

#include <stdio.h>
#include <string.h>

const char *const scene_tag_names[] = {
    "winter",    "festival",     "thaw",       "sowing",  "summer",    "rains",     "home",    "phone",
    "wechat",    "miss",         "ill",        "serious", "disabled",  "pupil",     "student", "alone",
    "elder",     "couple",       "job",        "idle",    "allowance", "monitored", "cleared", "new",
    "first",     "maize",        "rice",       "soy",     "pig",       "cattle",    "goose",   "chicken",
    "sheep",     "selfjob",      "carer",      "morning", "evening",   "trouble",   "fixed",   "risk",
    "r_illness", "r_disability", "r_school",   "r_flood", "r_drought", "r_hail",    "r_frost", "r_disaster",
    "r_labour",  "r_accident",   "r_business", "r_job",   "r_housing", "r_water",   "r_other", "s_education",
    "s_medical", "s_housing",    "s_water",    NULL};

const char *const scene_fact_names[] = {"head",   "name",    "he",     "sick",    "pupil",
                                        "away",   "village", "hamlet", "town",    "county",
                                        "worker", "age",     "people", "trouble", NULL};

uint64_t scene_bit(int tag)
{
    return UINT64_C(1) << tag;
}

void scene_fact(struct scene *scene, const char *name, const char *text)
{
    if (scene->facts == PROSE_FACTS) return;
    scene->fact[scene->facts].name = name;
    snprintf(scene->fact[scene->facts].text, sizeof scene->fact[0].text, "%.399s", text);
    scene->facts++;
}

static uint64_t season(int32_t day)
{
    int n = day - DAY_FIRST;
    uint64_t tags = 0;
    if (n >= 14 && n <= 46) tags |= scene_bit(TAG_FESTIVAL); /* 2022-02-01 is New Year's Day */
    if (n < 58) return tags | scene_bit(TAG_WINTER);
    if (n < 100) return scene_bit(TAG_THAW);
    if (n < 143) return scene_bit(TAG_SOWING);
    return n < 165 ? scene_bit(TAG_SUMMER) : scene_bit(TAG_SUMMER) | scene_bit(TAG_RAINS);
}

/* How people of the village speak of the head: 老王, 王大爷, 王婶, or by the full name. */
static void head_words(const struct member *m, struct dice *d, char out[64])
{
    static const char *const old_man[] = {"大爷", "叔", "大叔", "老爷子"}, *const old_woman[] = {
                                                                               "大娘", "婶", "婶子", "大娘"};
    int age = city_age(m, DAY_FIRST), form = (int)dice_below(d, 10);
    const char *suffix = m->sex == SEX_MALE ? old_man[dice_below(d, 4)] : old_woman[dice_below(d, 4)];
    if (form < 3) {
        snprintf(out, 64, "%s", m->name);
    } else if (form < 4) {
        snprintf(out, 64, "户主%s", m->name);
    } else if (age >= 58) {
        snprintf(out, 64, "%.3s%s", m->name, suffix);
    } else if (form < 8) {
        snprintf(out, 64, m->sex == SEX_MALE ? "老%.3s" : "%.3s姐", m->name);
    } else {
        snprintf(out, 64, m->sex == SEX_MALE ? "%.3s哥" : "%.3s嫂", m->name);
    }
}

static const char *relation_words(const struct member *m)
{
    bool female = m->sex == SEX_FEMALE;
    switch (m->relation) {
    case REL_HEAD:
        return "本人";
    case REL_SPOUSE:
        return city_age(m, DAY_FIRST) >= 55 ? "老伴" : female ? "媳妇" : "丈夫";
    case REL_SON:
        return "儿子";
    case REL_DAUGHTER:
        return "女儿";
    case REL_PARENT:
        return female ? "老母亲" : "老父亲";
    case REL_GRANDCHILD:
        return female ? "孙女" : "孙子";
    case REL_SON_WIFE:
        return "儿媳";
    default:
        return "家人";
    }
}

/* Tags and facts that a member brings: illness, school, work away. The last one with each wins. */
static void member_tags(struct scene *s, const struct household *h, const struct member *list)
{
    const char *sick = NULL, *pupil = NULL, *away = NULL;
    bool idle = false;
    for (int i = 0; i < h->members; i++) {
        const struct member *m = &list[i];
        if (m->health & (HEALTH_CHRONIC | HEALTH_SERIOUS)) s->tags |= scene_bit(TAG_ILL);
        if (m->health & HEALTH_SERIOUS) s->tags |= scene_bit(TAG_SERIOUS);
        if (m->health & HEALTH_DISABLED) s->tags |= scene_bit(TAG_DISABLED);
        if (m->insurance & INSURED_ALLOWANCE) s->tags |= scene_bit(TAG_ALLOWANCE);
        if (i > 0 && !(m->health & HEALTH_GOOD)) s->tags |= scene_bit(TAG_CARER);
        if (!(m->health & HEALTH_GOOD) && (!sick || i == 1 || m->health & HEALTH_SERIOUS))
            sick = relation_words(m);
        if (m->school == SCHOOL_PRIMARY || m->school == SCHOOL_JUNIOR) s->tags |= scene_bit(TAG_PUPIL);
        if (m->school >= SCHOOL_SENIOR) s->tags |= scene_bit(TAG_STUDENT);
        if (m->school >= SCHOOL_PRIMARY && (!pupil || m->school <= SCHOOL_JUNIOR)) pupil = relation_words(m);
        if (m->employed && i == 0) s->tags |= scene_bit(TAG_SELFJOB);
        if (m->employed && i > 0) away = relation_words(m);
        idle = idle || (family_can_work(m) && !m->employed);
    }
    if (away) s->tags |= scene_bit(TAG_JOB);
    if (idle && !away && !(s->tags & scene_bit(TAG_SELFJOB))) s->tags |= scene_bit(TAG_IDLE);
    scene_fact(s, "sick", sick ? sick : "老人");
    scene_fact(s, "pupil", pupil ? pupil : "孩子");
    scene_fact(s, "away", away ? away : "本人");
}

/* Crops and stock belong to the household, not to the day: thrown from its number. */
static uint64_t farm_tags(const struct city *city, const struct household *h)
{
    static const int chance_rice[PLACES_COUNTIES] = {380, 120, 60, 20, 700, 20, 620, 30, 120, 260};
    static const int chance_soy[PLACES_COUNTIES] = {160, 240, 120, 160, 150, 220, 250, 60, 80, 480};
    static const int stock[] = {TAG_PIG, TAG_CATTLE, TAG_GOOSE, TAG_CHICKEN, TAG_SHEEP};
    int county = city->places.village[h->village].county;
    struct dice d = dice_for(city->seed, "farm", h->first_member);
    uint64_t tags = 0;
    if (dice_chance(&d, chance_rice[county]))
        tags |= scene_bit(TAG_RICE);
    else if (dice_chance(&d, chance_soy[county]))
        tags |= scene_bit(TAG_SOY);
    else if (dice_chance(&d, 880))
        tags |= scene_bit(TAG_MAIZE);
    if (dice_chance(&d, 420)) tags |= scene_bit(stock[dice_below(&d, 5)]);
    return tags;
}

void scene_of_village(struct scene *scene, const struct city *city, const struct village *v, int32_t day)
{
    memset(scene, 0, sizeof *scene);
    scene->tags = season(day);
    scene_fact(scene, "village", v->name);
    scene_fact(scene, "town", v->township);
    scene_fact(scene, "county", city->places.county[v->county].name);
}

void scene_of(struct scene *scene, const struct city *city, const struct household *h, int32_t day,
              struct dice *dice)
{
    const struct village *v = &city->places.village[h->village];
    const struct member *list = &city->member[h->first_member];
    char head[64], number[8];
    scene_of_village(scene, city, v, day);
    scene_fact(scene, "hamlet", v->hamlet[h->hamlet]);
    head_words(&list[0], dice, head);
    scene_fact(scene, "head", head);
    scene_fact(scene, "name", list[0].name);
    scene_fact(scene, "he", list[0].sex == SEX_MALE ? "他" : "她");
    snprintf(number, sizeof number, "%d", city_age(&list[0], day));
    scene_fact(scene, "age", number);
    snprintf(number, sizeof number, "%d", h->members);
    scene_fact(scene, "people", number);
    member_tags(scene, h, list);
    scene->tags |= farm_tags(city, h);
    if (h->members == 1) scene->tags |= scene_bit(TAG_ALONE);
    if (city_age(&list[0], DAY_FIRST) >= 62) scene->tags |= scene_bit(TAG_ELDER);
    if (h->members > 1 && list[1].relation == REL_SPOUSE) scene->tags |= scene_bit(TAG_COUPLE);
    if (h->group == GROUP_OPEN || (h->group == GROUP_CLEARED && h->cleared_on > day))
        scene->tags |= scene_bit(TAG_MONITORED);
    if (h->group == GROUP_CLEARED && h->cleared_on <= day) scene->tags |= scene_bit(TAG_CLEARED);
    if (h->group == GROUP_TAKEN_IN && h->taken_in <= day)
        scene->tags |= scene_bit(TAG_MONITORED) | scene_bit(TAG_NEW);
}
