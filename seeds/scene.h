/* scene: what a sentence about a household may mention on a given day: tags and facts for prose.c, taken from
 * the household itself, so that nobody's pupil is named in a house without children. */
#ifndef ZHUCUN_SEEDS_SCENE_H
#define ZHUCUN_SEEDS_SCENE_H

#include "city.h"
#include "prose.h"

enum scene_tag {
    TAG_WINTER,
    TAG_FESTIVAL,
    TAG_THAW,
    TAG_SOWING,
    TAG_SUMMER,
    TAG_RAINS, /* seasons; FESTIVAL lies in WINTER */
    TAG_HOME,
    TAG_PHONE,
    TAG_WECHAT,
    TAG_MISS,
    TAG_ILL,
    TAG_SERIOUS,
    TAG_DISABLED,
    TAG_PUPIL,
    TAG_STUDENT,
    TAG_ALONE,
    TAG_ELDER,
    TAG_COUPLE,
    TAG_JOB,
    TAG_IDLE,
    TAG_ALLOWANCE,
    TAG_MONITORED,
    TAG_CLEARED,
    TAG_NEW,
    TAG_FIRST,
    TAG_MAIZE,
    TAG_RICE,
    TAG_SOY,
    TAG_PIG,
    TAG_CATTLE,
    TAG_GOOSE,
    TAG_CHICKEN,
    TAG_SHEEP,
    TAG_SELFJOB,
    TAG_CARER,
    TAG_MORNING,
    TAG_EVENING, /* who works and who is ill, besides the head or only the head; the hour */
    TAG_TROUBLE,
    TAG_FIXED,
    TAG_RISK,                      /* + kind of the risk 1…15 */
    TAG_SAFEGUARD = TAG_RISK + 15, /* + number of the safeguard 1…4 */
    TAG_COUNT = TAG_SAFEGUARD + 5
};

extern const char *const scene_tag_names[];
extern const char *const scene_fact_names[];

uint64_t scene_bit(int tag);
/* Tags and facts of a household on `day`. Seasons, members, crops, stock; nothing about what a visit found.
 */
void scene_of(struct scene *scene, const struct city *city, const struct household *h, int32_t day,
              struct dice *dice);
/* A scene without a household: season and place names only (orders, reports). */
void scene_of_village(struct scene *scene, const struct city *city, const struct village *v, int32_t day);
void scene_fact(struct scene *scene, const char *name, const char *text);

#endif
