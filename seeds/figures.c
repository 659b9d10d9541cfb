/* figures: the source's numbers, once. What depends on others (open = monitored - cleared, rates) is
 * computed, so that a scaled city is consistent in itself. */
#include "figures.h"

#include <inttypes.h>
#include <stdio.h>

static const struct figures source = {
    .resident_cadres = 1744,
    .contacts = 23400,
    .monitored_households = 3934,
    .monitored_people = 8504,
    .taken_in_households = 126,
    .taken_in_people = 285,
    .cleared_households = 2838,
    .cleared_people = 6245,
    .employed = 54597,
    .employment_target = 53007, /* ours: 54,597 / 53,007 = 103.00 %, as the source says */
    .orders_issued = 29,
    .orders_answered = 24, /* ours */
    .projects = 293,
    .projects_industry = 87,
    .funds_central_yuan = 523400000, /* ours: with the next line 8.27 亿元 */
    .funds_provincial_yuan = 303600000,
    .spent_central_yuan = 286352140,    /* 54.71 % */
    .spent_provincial_yuan = 167587200, /* 55.20 % */
    .training_classes = 55,
    .trained = 13347,
    .loans_yuan = 9900000,
    .firms = 27,
    .households = 60000, /* ours, this line and below */
    .people = 150000,
    .villages = 1334, /* units named 村委会; the others are urban or farms */
    .laptops = 600,
    .ruled_out_clues = 64,
    .other_visits = 11300,
};

static int64_t scaled(int64_t value, int64_t per_million)
{
    int64_t v = (value * per_million + 500000) / 1000000;
    return v > 0 ? v : 1;
}

struct figures figures_scaled(int64_t per_million)
{
    const struct figures *s = &source;
    struct figures f = source;
    if (per_million == 1000000) return f;
#define SCALE(field) f.field = scaled(s->field, per_million)
    SCALE(resident_cadres), SCALE(contacts), SCALE(monitored_households), SCALE(monitored_people);
    SCALE(taken_in_households), SCALE(taken_in_people), SCALE(cleared_households), SCALE(cleared_people);
    SCALE(employed), SCALE(employment_target), SCALE(orders_issued), SCALE(orders_answered), SCALE(projects);
    SCALE(projects_industry), SCALE(funds_central_yuan), SCALE(funds_provincial_yuan);
    SCALE(spent_central_yuan), SCALE(spent_provincial_yuan), SCALE(training_classes), SCALE(trained);
    SCALE(loans_yuan), SCALE(firms), SCALE(households), SCALE(people), SCALE(villages), SCALE(laptops);
    SCALE(ruled_out_clues), SCALE(other_visits);
#undef SCALE
    /* Each county keeps a village and each village a cadre, however small the city. */
    if (f.villages < 10) f.villages = 10;
    if (f.laptops < 10) f.laptops = 10;
    if (f.resident_cadres < f.villages) f.resident_cadres = f.villages;
    return f;
}

void figures_percent(int64_t part, int64_t whole, char out[24])
{
    int64_t hundredths = whole > 0 ? (part * 20000 + whole) / (2 * whole) : 0;
    snprintf(out, 24, "%" PRId64 ".%02" PRId64, hundredths / 100, hundredths % 100);
}

static void add(struct figure **at, const char *name, int64_t value)
{
    (*at)->name = name;
    snprintf((*at)->text, sizeof(*at)->text, "%" PRId64, value);
    (*at)++;
}

static void add_percent(struct figure **at, const char *name, int64_t part, int64_t whole)
{
    (*at)->name = name;
    figures_percent(part, whole, (*at)->text);
    (*at)++;
}

/* 亿元 with two decimals: 8.27. */
static void add_yi(struct figure **at, const char *name, int64_t yuan)
{
    int64_t hundredths = (yuan + 500000) / 1000000;
    (*at)->name = name;
    snprintf((*at)->text, sizeof(*at)->text, "%" PRId64 ".%02" PRId64, hundredths / 100, hundredths % 100);
    (*at)++;
}

size_t figures_list(const struct figures *f, struct figure out[FIGURES_MAX])
{
    struct figure *at = out;
    add(&at, "resident_cadres", f->resident_cadres);
    add(&at, "contacts", f->contacts);
    add(&at, "monitored_households", f->monitored_households);
    add(&at, "monitored_people", f->monitored_people);
    add(&at, "taken_in_households", f->taken_in_households);
    add(&at, "taken_in_people", f->taken_in_people);
    add(&at, "cleared_households", f->cleared_households);
    add(&at, "cleared_people", f->cleared_people);
    add(&at, "open_households", f->monitored_households - f->cleared_households);
    add(&at, "open_people", f->monitored_people - f->cleared_people);
    add_percent(&at, "decided_within_due_pct", 1, 1); /* the generator decides every clue in time */
    add(&at, "employed", f->employed);
    add(&at, "employment_target", f->employment_target);
    add_percent(&at, "employment_pct", f->employed, f->employment_target);
    add(&at, "orders_issued", f->orders_issued);
    add(&at, "projects", f->projects);
    add(&at, "projects_industry", f->projects_industry);
    add_percent(&at, "spending_rate_central", f->spent_central_yuan, f->funds_central_yuan);
    add_percent(&at, "spending_rate_provincial", f->spent_provincial_yuan, f->funds_provincial_yuan);
    add_yi(&at, "funds_received_yi", f->funds_central_yuan + f->funds_provincial_yuan);
    add(&at, "training_classes", f->training_classes);
    add(&at, "trained", f->trained);
    add(&at, "loans_wan", (f->loans_yuan + 5000) / 10000);
    add(&at, "firms", f->firms);
    return (size_t)(at - out);
}

void figures_json(const struct figures *f, struct buf *out)
{
    struct figure list[FIGURES_MAX];
    size_t n = figures_list(f, list);
    buf_put_text(out, "{\n");
    for (size_t i = 0; i < n; i++) {
        buf_printf(out, "  \"%s\": %s%s\n", list[i].name, list[i].text, i + 1 < n ? "," : "");
    }
    buf_put_text(out, "}\n");
}
