/* roster: see roster.h. Nothing here says who is monitored: that comes from county people through their
 * laptops. */
#include "roster.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "codes.h"
#include "replies.h"
#include "sheet.h"

static int write_regions(const char *folder, struct err *err)
{
    struct sheet s;
    size_t len;
    const char *text = places_data("regions.csv", &len);
    int rc = text ? sheet_open(&s, folder, "regions.csv", "code,name,level,parent", err) : err_nomem(err);
    if (rc != 0) return rc;
    text = strchr(text, '\n');
    if (text) fputs(text + 1, s.file);
    return sheet_close(&s, err);
}

static int write_workers(const struct city *city, const char *folder, struct err *err)
{
    struct sheet s;
    int rc = sheet_open(&s, folder, "workers.csv", "no,name,role,unit,phone,region,active_from", err);
    if (rc != 0) return rc;
    for (uint32_t i = 0; i < city->workers; i++) {
        const struct worker *w = &city->worker[i];
        sheet_text(&s, w->no);
        sheet_text(&s, w->name);
        sheet_code(&s, &codes_worker_role, w->role);
        sheet_text(&s, w->unit);
        sheet_text(&s, w->phone);
        sheet_number(&s, w->region);
        sheet_day(&s, w->active_from);
        sheet_end_row(&s);
    }
    return sheet_close(&s, err);
}

static bool has_labour(const struct city *city, const struct household *h)
{
    for (uint32_t i = 0; i < h->members; i++) {
        if (city->member[h->first_member + i].labour <= LABOUR_WEAK) return true;
    }
    return false;
}

static int write_households(const struct city *city, const char *folder, struct err *err)
{
    struct sheet s;
    int rc = sheet_open(&s, folder, "households.csv",
                        "national_no,village,head_name,phone,address,natural_village,kind,no_labour", err);
    if (rc != 0) return rc;
    for (uint32_t i = 0; i < city->households; i++) {
        const struct household *h = &city->household[i];
        const struct village *v = &city->places.village[h->village];
        char no[24], address[160];
        city_national_no(city, h, no);
        city_address(city, h, address);
        sheet_text(&s, no);
        sheet_number(&s, v->code);
        sheet_text(&s, city->member[h->first_member].name);
        sheet_text(&s, h->phone);
        sheet_text(&s, address);
        sheet_text(&s, v->hamlet[h->hamlet]);
        sheet_code(&s, &codes_household_kind, h->kind);
        sheet_text(&s, has_labour(city, h) ? "否" : "是");
        sheet_end_row(&s);
    }
    return sheet_close(&s, err);
}

static void write_member(struct sheet *s, const struct member *m, const char *national_no)
{
    sheet_text(s, national_no);
    sheet_text(s, m->name);
    sheet_text(s, m->id_no);
    sheet_code(s, &codes_relation, m->relation);
    sheet_code(s, &codes_sex, m->sex);
    sheet_code(s, &codes_education, m->education);
    sheet_code(s, &codes_school_state, m->school);
    sheet_set(s, &codes_health, m->health);
    sheet_code(s, &codes_labour, m->labour);
    sheet_set(s, &codes_insurance, m->insurance);
    sheet_day(s, m->birth);
    sheet_end_row(s);
}

static int write_members(const struct city *city, const char *folder, struct err *err)
{
    struct sheet s;
    int rc = sheet_open(
        &s, folder, "members.csv",
        "household,name,id_no,relation,sex,education,school_state,health,labour,insurance,birth", err);
    if (rc != 0) return rc;
    for (uint32_t i = 0; i < city->households; i++) {
        const struct household *h = &city->household[i];
        char no[24];
        city_national_no(city, h, no);
        for (uint32_t k = 0; k < h->members; k++)
            write_member(&s, &city->member[h->first_member + k], no);
    }
    return sheet_close(&s, err);
}

static void write_assignment(struct sheet *s, const struct city *city, const struct household *h,
                             const char *no, const struct worker *w, int role)
{
    char issued_by[64];
    snprintf(issued_by, sizeof issued_by, "%.39s人民政府", city->places.village[h->village].township);
    sheet_text(s, no);
    sheet_text(s, w->no);
    sheet_code(s, &codes_assignment_role, role);
    sheet_day(s, w->active_from + 5);
    sheet_text(s, issued_by);
    sheet_end_row(s);
}

/* One contact for every household, and a resident cadre too for those that will be monitored. */
static int write_assignments(const struct city *city, const char *folder, struct err *err)
{
    enum { AS_CONTACT = 1, AS_CADRE = 2 };
    struct sheet s;
    int rc = sheet_open(&s, folder, "assignments.csv", "household,worker,role,since,issued_by", err);
    if (rc != 0) return rc;
    for (uint32_t i = 0; i < city->households; i++) {
        const struct household *h = &city->household[i];
        char no[24];
        city_national_no(city, h, no);
        write_assignment(&s, city, h, no, &city->worker[h->contact], AS_CONTACT);
        bool watched = h->group != GROUP_NONE && h->group != GROUP_RULED_OUT;
        if (watched) write_assignment(&s, city, h, no, &city->worker[h->cadre], AS_CADRE);
    }
    return sheet_close(&s, err);
}

int roster_write(const struct city *city, const char *folder, struct err *err)
{
    int rc = write_regions(folder, err);
    if (rc == 0) rc = write_workers(city, folder, err);
    if (rc == 0) rc = write_households(city, folder, err);
    if (rc == 0) rc = write_members(city, folder, err);
    if (rc == 0) rc = write_assignments(city, folder, err);
    return rc;
}

static void put_worker(struct buf *list, const struct worker *w)
{
    if (list->len) buf_put_text(list, " ");
    buf_put_text(list, w->no);
}

static void write_team(struct sheet *s, const struct city *city, const struct laptop *l, int wave)
{
    struct buf scope, workers;
    buf_init(&scope, 4096);
    buf_init(&workers, 65536);
    for (uint32_t i = 0; i < l->villages; i++) {
        const struct village *v = &city->places.village[l->first_village + i];
        buf_printf(&scope, "%s%" PRId64, i ? " " : "", v->code);
        for (uint32_t k = 0; k < v->cadres; k++)
            put_worker(&workers, &city->worker[v->first_cadre + k]);
    }
    for (uint32_t i = 0; i < l->villages; i++) {
        const struct village *v = &city->places.village[l->first_village + i];
        for (uint32_t k = 0; k < v->contacts; k++)
            put_worker(&workers, &city->worker[v->first_contact + k]);
    }
    sheet_text(s, l->name);
    sheet_number(s, wave);
    sheet_text(s, buf_text(&scope));
    sheet_text(s, buf_text(&workers));
    sheet_end_row(s);
    buf_free(&scope);
    buf_free(&workers);
}

static void write_county(struct sheet *s, const struct city *city, int county)
{
    struct buf workers;
    char name[16];
    buf_init(&workers, 4096);
    snprintf(name, sizeof name, "X%06d", (int)(city->places.county[county].code / 1000000));
    for (uint32_t k = 0; k < city->county_people[county]; k++)
        put_worker(&workers, city_county_person(city, county, k));
    sheet_text(s, name);
    sheet_number(s, 2);
    sheet_number(s, city->places.county[county].code);
    sheet_text(s, buf_text(&workers));
    sheet_end_row(s);
    buf_free(&workers);
}

int roster_write_laptops(const struct city *city, const char *folder, struct err *err)
{
    struct sheet s;
    int rc = sheet_open(&s, folder, "laptops.csv", "laptop,wave,scope,workers", err);
    if (rc != 0) return rc;
    for (uint32_t i = 0; i < city->places.laptops; i++)
        write_team(&s, city, &city->places.laptop[i], 1);
    for (int c = 0; c < PLACES_COUNTIES; c++)
        write_county(&s, city, c);
    for (uint32_t i = 0; i < city->places.laptops; i++) {
        if (replies_any(city, i)) write_team(&s, city, &city->places.laptop[i], 3);
    }
    return sheet_close(&s, err);
}
