/* report_missing: `report missing` — visits that a laptop counts and the server does not, or the other way round. */
#include <inttypes.h>

#include "report.h"
#include "report_lists.h"

struct missing_list {
    struct cli *c;
    int64_t months;
};

static json_t *ids_json(uint64_t origin, const uint64_t *numbers, size_t count)
{
    json_t *list = json_array();
    char id[ROW_ID_TEXT];

    for (size_t i = 0; i < count; i++) {
        row_id_to_text((struct row_id){origin, numbers[i]}, id);
        json_array_append_new(list, json_string(id));
    }
    return list;
}

static int print_missing_json(struct cli *c, const struct report_missing *m)
{
    char origin[24], month[24], since[30], told[30];

    snprintf(origin, sizeof origin, "%016" PRIx64, m->origin);
    snprintf(month, sizeof month, "%04d-%02d", m->month / 100, m->month % 100);
    time_format(m->since_ms, since);
    time_format(m->told_ms, told);
    json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:I,s:I,s:o,s:o,s:s,s:s}", "origin", origin, "device", m->device, "worker", m->worker,
                          "month", month, "here", (json_int_t)m->here, "there", (json_int_t)m->there, "only_here",
                          ids_json(m->origin, m->only_here, m->only_here_count), "only_there",
                          ids_json(m->origin, m->only_there, m->only_there_count), "since", since, "told", told);
    int rc = o ? print_json(c, o) : err_nomem(&c->err);
    json_decref(o);
    return rc;
}

static void print_ids(struct cli *c, const char *zh, const char *en, uint64_t origin, const uint64_t *numbers, size_t count)
{
    char id[ROW_ID_TEXT];

    for (size_t i = 0; i < count; i++) {
        row_id_to_text((struct row_id){origin, numbers[i]}, id);
        printf("  %s %s\n", say(c, zh, en), id);
    }
}

static int print_missing(void *ctx, const struct report_missing *m)
{
    struct missing_list *l = ctx;

    l->months++;
    if (l->c->json)
        return print_missing_json(l->c, m);
    printf("%016" PRIx64 "  ", m->origin);
    print_padded(m->device, 24);
    print_padded(m->worker, 24);
    printf("%04d-%02d %10" PRIu64 "%10" PRIu64 "\n", m->month / 100, m->month % 100, m->here, m->there);
    print_ids(l->c, "只在服务器", "only here ", m->origin, m->only_here, m->only_here_count);
    print_ids(l->c, "只在设备  ", "only there", m->origin, m->only_there, m->only_there_count);
    return 0;
}

int report_list_missing(struct cli *c, struct store *s, int64_t scope)
{
    struct missing_list l = {.c = c};

    print_heading(c, "设备              名称                    填报人                  月份      服务器      设备",
                  "device            name                    author                  month        here     there");
    int rc = report_missing(s, scope, print_missing, &l, &c->err);
    if (rc == 0 && !c->json && l.months == 0)
        printf("%s\n", say(c, "没有差异：各设备告知的走访都在", "no difference: every visit that a laptop told of is here"));
    return rc;
}
