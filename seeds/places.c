/* places: reads the built-in regions.csv (written by scripts/derive-regions; no quotes in it), see places.h.
 */
#include "places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "dice.h"
#include "share.h"

/* 北林区四方台镇友谊村, 海伦市东风镇仁东村, 海伦市海北镇西安村. */
static const int64_t named[] = {231202109250, 231283106208, 231283101207};

struct rural {
    int64_t code;
    char name[48], township[40];
    bool taken;
};

struct rural_list {
    struct rural *list;
    size_t count;
};

const char *places_data(const char *name, size_t *len)
{
    for (size_t i = 0; i < data_count; i++) {
        if (strcmp(data_files[i].name, name) != 0) continue;
        *len = data_files[i].len;
        return data_files[i].text;
    }
    return NULL;
}

/* "友谊村委会" → "友谊村"; false for urban communities and farms. */
static bool rural_name(const char *name, char out[48])
{
    static const char tail[] = "村委会", keep[] = "村";
    size_t n = strlen(name);
    if (n < sizeof tail || strcmp(name + n - (sizeof tail - 1), tail) != 0) return false;
    int stem = (int)(n - (sizeof tail - 1));
    snprintf(out, 48, "%.*s%s", stem, name, keep);
    return true;
}

/* One line "code,name,level,parent". Levels come top down in the file, so that a village's township is known.
 */
static void read_line(struct places *p, struct rural_list *all, struct rural *townships,
                      size_t *township_count, const char *line)
{
    long long code;
    char name[80], level[16], village[48];
    if (sscanf(line, "%lld,%79[^,],%15[^,],", &code, name, level) != 3) return;
    if (strcmp(level, "县") == 0) {
        size_t i = 0;
        while (i + 1 < PLACES_COUNTIES && p->county[i].code)
            i++;
        p->county[i].code = code;
        snprintf(p->county[i].name, sizeof p->county[i].name, "%.15s", name);
    } else if (strcmp(level, "乡镇") == 0 && *township_count < 400) {
        struct rural *t = &townships[(*township_count)++];
        t->code = code;
        snprintf(t->name, sizeof t->name, "%.39s", name);
    } else if (strcmp(level, "村") == 0 && rural_name(name, village)) {
        struct rural *v = &all->list[all->count++];
        v->code = code;
        memcpy(v->name, village, sizeof village);
        for (size_t i = 0; i < *township_count; i++) {
            if (townships[i].code / 1000 == code / 1000)
                memcpy(v->township, townships[i].name, sizeof v->township);
        }
    }
}

static int read_regions(struct places *p, struct rural_list *all, struct err *err)
{
    size_t len, townships = 0;
    const char *text = places_data("regions.csv", &len);
    struct rural *township = calloc(400, sizeof *township);
    all->list = calloc(2000, sizeof *all->list);
    if (!text || !township || !all->list) {
        free(township);
        return err_nomem(err);
    }
    while (text && *text) {
        if (all->count < 2000) read_line(p, all, township, &townships, text);
        text = strchr(text, '\n');
        if (text) text++;
    }
    free(township);
    return 0;
}

static bool is_named(int64_t code)
{
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        if (named[i] == code) return true;
    }
    return false;
}

/* Marks `want` villages of a county as taken: the named ones, then whom the dice choose. */
static void take_in_county(struct rural_list *all, int64_t county, int64_t want, struct dice *dice)
{
    for (size_t i = 0; i < all->count && want > 0; i++) {
        if (all->list[i].code / 1000000 != county / 1000000 || !is_named(all->list[i].code)) continue;
        all->list[i].taken = true;
        want--;
    }
    while (want > 0) {
        struct rural *v = &all->list[dice_below(dice, (uint32_t)all->count)];
        if (v->taken || v->code / 1000000 != county / 1000000) continue;
        v->taken = true;
        want--;
    }
}

static int take_villages(struct places *p, struct rural_list *all, int64_t total, struct dice *dice,
                         struct err *err)
{
    int64_t rural[PLACES_COUNTIES] = {0}, want[PLACES_COUNTIES];
    for (size_t i = 0; i < all->count; i++) {
        for (int c = 0; c < PLACES_COUNTIES; c++)
            rural[c] += p->county[c].code / 1000000 == all->list[i].code / 1000000;
    }
    share_seats(total, rural, rural, PLACES_COUNTIES, want);
    for (int c = 0; c < PLACES_COUNTIES; c++)
        take_in_county(all, p->county[c].code, want[c], dice);
    p->village = calloc((size_t)total, sizeof *p->village);
    if (!p->village) return err_nomem(err);
    for (size_t i = 0; i < all->count; i++) {
        if (!all->list[i].taken) continue;
        struct village *v = &p->village[p->villages++];
        v->code = all->list[i].code;
        memcpy(v->name, all->list[i].name, sizeof v->name);
        memcpy(v->township, all->list[i].township, sizeof v->township);
        while (p->county[v->county].code / 1000000 != v->code / 1000000)
            v->county++;
    }
    return 0;
}

/* Counts villages by code / unit (township or county); groups are runs, since villages stand by code. */
static size_t group_sizes(const struct places *p, int64_t unit, int64_t *size)
{
    size_t n = 0;
    for (uint32_t i = 0; i < p->villages; i++) {
        if (i == 0 || p->village[i].code / unit != p->village[i - 1].code / unit) size[n++] = 0;
        size[n - 1]++;
    }
    return n;
}

static void add_laptop(struct places *p, uint32_t first, uint32_t villages)
{
    struct laptop *l = &p->laptop[p->laptops];
    snprintf(l->name, sizeof l->name, "T%lld", (long long)p->village[first].code);
    l->county = p->village[first].county;
    l->first_village = first;
    l->villages = villages;
    for (uint32_t i = 0; i < villages; i++)
        p->village[first + i].laptop = p->laptops;
    p->laptops++;
}

/* A team's villages lie in one township, unless the city is scaled so far down that townships outnumber
 * laptops: then in one county. */
static int make_laptops(struct places *p, int64_t total, struct err *err)
{
    int64_t *size = calloc(p->villages, sizeof *size), *seats = calloc(p->villages, sizeof *seats);
    p->laptop = calloc((size_t)total, sizeof *p->laptop);
    if (!size || !seats || !p->laptop) {
        free(size);
        free(seats);
        return err_nomem(err);
    }
    size_t groups = group_sizes(p, 1000, size);
    if ((int64_t)groups > total) groups = group_sizes(p, 1000000, size);
    share_seats(total, size, size, groups, seats);
    uint32_t first = 0;
    for (size_t g = 0; g < groups; g++) {
        for (int64_t s = 0; s < seats[g]; s++) {
            uint32_t villages = (uint32_t)(size[g] * (s + 1) / seats[g] - size[g] * s / seats[g]);
            add_laptop(p, first, villages);
            first += villages;
        }
    }
    free(size);
    free(seats);
    return 0;
}

int places_make(struct places *places, const struct figures *f, uint64_t seed, struct err *err)
{
    struct rural_list all = {NULL, 0};
    struct dice dice = dice_for(seed, "places", 0);
    memset(places, 0, sizeof *places);
    int rc = read_regions(places, &all, err);
    if (rc == 0) rc = take_villages(places, &all, f->villages, &dice, err);
    if (rc == 0) rc = make_laptops(places, f->laptops, err);
    free(all.list);
    return rc;
}

void places_free(struct places *places)
{
    free(places->village);
    free(places->laptop);
    memset(places, 0, sizeof *places);
}
