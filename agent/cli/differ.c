/* differ: see differ.h. Neighbour: agent/journal/differ.c, which finds them. */
#include "differ.h"

#include <inttypes.h>

#include "journal_tally.h"
#include "record.h"

struct differing {
    struct record record;
    json_t *list;             /* NULL: as lines */
    uint64_t months;
    struct err *err;
};

static int author_of(struct differing *d, struct row_id author, const char **key)
{
    const struct schema_table *t = schema_table_named(d->record.c->home->schema, "worker");
    bool here;
    *key = "";
    return row_id_is_null(author) ? 0 : record_key(&d->record, t->number, author, key, &here, d->err);
}

static void put_ids(struct differing *d, const char *zh, const char *en, const uint64_t *numbers, size_t count)
{
    char id[ROW_ID_TEXT];
    for (size_t i = 0; i < count; i++) {
        row_id_to_text((struct row_id){d->record.c->home->origin, numbers[i]}, id);
        cli_say(d->record.c, "  %s %s", "  %s %s", cli_pick(d->record.c, zh, en), id);
    }
}

static json_t *ids_json(struct differing *d, const uint64_t *numbers, size_t count)
{
    json_t *list = json_array();
    char id[ROW_ID_TEXT];
    for (size_t i = 0; i < count; i++) {
        row_id_to_text((struct row_id){d->record.c->home->origin, numbers[i]}, id);
        json_array_append_new(list, json_string(id));
    }
    return list;
}

static int add_json(struct differing *d, const struct journal_difference *j, const char *month, const char *author)
{
    char since[30];
    time_format(j->since_ms, since);
    json_t *o = json_object();
    json_object_set_new(o, "month", json_string(month));
    json_object_set_new(o, "author", json_string(author));
    json_object_set_new(o, "here", json_integer((json_int_t)j->here));
    json_object_set_new(o, "there", json_integer((json_int_t)j->there));
    json_object_set_new(o, "only_here", ids_json(d, j->only_here, j->only_here_count));
    json_object_set_new(o, "only_there", ids_json(d, j->only_there, j->only_there_count));
    json_object_set_new(o, "since", json_string(since));
    return json_array_append_new(d->list, o) ? err_nomem(d->err) : 0;
}

static int on_difference(void *ctx, const struct journal_difference *j)
{
    struct differing *d = ctx;
    struct cli *c = d->record.c;
    const char *author;
    char month[24];
    int rc = author_of(d, j->author, &author);
    if (rc < 0) return rc;
    d->months++;
    snprintf(month, sizeof month, "%04d-%02d", j->month / 100, j->month % 100);
    if (d->list) return add_json(d, j, month, author);
    cli_say(c, "走访数不符：%s %s，本机 %llu，服务器 %llu", "visits differ: %s %s, %llu here, %llu at the server", month, author,
            (unsigned long long)j->here, (unsigned long long)j->there);
    put_ids(d, "只在本机", "only here", j->only_here, j->only_here_count);
    put_ids(d, "只在服务器", "only there", j->only_there, j->only_there_count);
    return 0;
}

static int walk(struct cli *c, json_t *list, uint64_t *months, struct err *err)
{
    struct differing d = {.list = list, .err = err};
    record_open(&d.record, c);
    int rc = journal_tally_differences(c->home, on_difference, &d, err);
    record_close(&d.record);
    *months = d.months;
    return rc;
}

int differ_print(struct cli *c, uint64_t *months, struct err *err)
{
    return walk(c, NULL, months, err);
}

int differ_json(struct cli *c, json_t **list, struct err *err)
{
    uint64_t months;
    *list = json_array();
    return *list ? walk(c, *list, &months, err) : err_nomem(err);
}
