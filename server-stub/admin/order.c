/* order: 提示单 and 督办单, issued at the server and closed by who issued them. How they stand is judged by
 * report/orders.c. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"

enum { ROW_ARENA = 4 * 1024 * 1024, NUMBER_TEXT = 40, STATE_OPEN = 1, STATE_CLOSED = 2 }; /* codes_order_state */

struct ordering {
    struct verb_call *c;
    const struct schema_table *t;
    struct actor actor;
    struct arena arena;
    struct err *err;
};

/* ---- to whom ---- */

struct addressee {
    int64_t region;
    struct row_id worker;
    bool has_worker;
};

static int to_worker(struct ordering *o, const char *key, struct addressee *to)
{
    const struct schema_table *t = actor_table(o->c, "worker");
    struct stored_row row;
    int rc = actor_row(o->c, t, key, &o->arena, &row, o->err);

    if (rc < 0)
        return rc;
    to->worker = row.row.id;
    to->has_worker = true;
    to->region = actor_cell(t, &row, "region")->i;
    return 0;
}

static int to_region(struct ordering *o, const char *text, struct addressee *to)
{
    const struct schema_table *t = actor_table(o->c, "region");
    int64_t code = region_code(text, strlen(text));
    struct stored_row row;
    char full[24];

    if (code < 0)
        return err_set(o->err, ERR_REFUSED, "“%.40s”不是区划代码", "\"%.40s\" is not a region code", text);
    snprintf(full, sizeof full, "%012" PRId64, code);
    to->region = code;
    return actor_row(o->c, t, full, &o->arena, &row, o->err);
}

static int find_addressee(struct ordering *o, struct addressee *to)
{
    const char *region = verb_text(o->c, "region"), *worker = verb_text(o->c, "worker");

    *to = (struct addressee){0};
    if (!region == !worker)
        return err_set(o->err, ERR_USAGE, "发给谁？--region 或 --worker，二者之一", "to whom? --region or --worker, one of them");
    int rc = region ? to_region(o, region, to) : to_worker(o, worker, to);
    return rc == 0 ? actor_may(&o->actor, to->region, region ? region : worker, o->err) : rc;
}

/* ---- its number ---- */

struct running {
    const struct schema_table *t;
    const char *year;
    unsigned long last;
};

static int look_at_number(void *ctx, const struct table_row *row)
{
    struct running *r = ctx;
    const struct stored_row s = {.row = *row};
    char number[NUMBER_TEXT], *end;

    actor_text(r->t, &s, "number", number, sizeof number);
    if (strncmp(number, r->year, 4) != 0 || number[4] != '-')
        return 0;
    unsigned long n = strtoul(number + 5, &end, 10);
    if (end > number + 5 && !*end && n > r->last && n < 1000000)
        r->last = n;
    return 0;
}

/* Given, or the year's next: 2026-001. */
static int find_number(struct ordering *o, char number[NUMBER_TEXT])
{
    const char *given = verb_text(o->c, "number");
    char day[11], year[5];
    struct running r = {.t = o->t, .year = year};
    struct row_id id;
    int rc = 0;

    if (given && strlen(given) >= NUMBER_TEXT)
        return err_set(o->err, ERR_REFUSED, "单号过长", "the number is too long");
    if (given) {
        snprintf(number, NUMBER_TEXT, "%s", given);
    } else {
        struct arena arena;
        date_format(actor_today(o->c), day);
        snprintf(year, sizeof year, "%.4s", day);
        arena_init(&arena, ROW_ARENA);
        rc = table_walk(store_tables(o->c->store), o->t, 0, NULL, NULL, 0, &arena, look_at_number, &r, o->err);
        arena_free(&arena);
        snprintf(number, NUMBER_TEXT, "%s-%03lu", year, r.last + 1);
    }
    if (rc >= 0)
        rc = store_row_find(o->c->store, o->t, number, strlen(number), &id, o->err);
    if (rc > 0 || rc == ERR_REFUSED)
        return err_set(o->err, ERR_REFUSED, "单号 %s 已经用过", "the number %s is taken", number);
    return rc;
}

/* ---- issue ---- */

static int checked(struct ordering *o, const struct cell *cells, size_t count)
{
    int rc = 0;

    for (size_t i = 0; i < count && rc == 0; i++)
        if (cells[i].value.kind != VALUE_NULL)
            rc = schema_check(o->t, schema_column(o->t, cells[i].column), &cells[i].value, o->err);
    return rc < 0 ? rc : 0;
}

static int put_order(struct ordering *o, const struct cell *cells, size_t count, const char *number)
{
    struct batch *b;
    struct row_id id;
    char text[ROW_ID_TEXT];
    int rc = batch_new(&b, o->c, &o->actor, o->err);

    if (rc == 0)
        rc = checked(o, cells, count);
    if (rc == 0)
        rc = batch_put(b, o->t, cells, count, &id, o->err);
    if (rc == 0)
        rc = batch_flush(b, o->err);
    batch_free(b);
    if (rc < 0)
        return rc;
    row_id_to_text(id, text);
    return json_object_set_new(o->c->answer, "id", json_string(text)) ||
                   json_object_set_new(o->c->answer, "number", json_string(number))
               ? err_nomem(o->err)
               : 0;
}

static int issue(struct ordering *o)
{
    const char *kind_text = verb_text(o->c, "kind"), *text = verb_text(o->c, "text"), *issuer = o->actor.issuer;
    const struct schema_codes *kinds = schema_column_named(o->t, "kind")->codes;
    int64_t today = actor_today(o->c), due, kind = kind_text ? schema_code_find(kinds, kind_text, strlen(kind_text)) : 0;
    uint8_t worker[ROW_ID_BYTES];
    char number[NUMBER_TEXT];
    struct addressee to;

    if (!text || !*text)
        return err_set(o->err, ERR_USAGE, "缺少内容（--text）", "the text is missing (--text)");
    if (!kind)
        return err_set(o->err, ERR_USAGE, "--kind 应为提示单或督办单", "--kind is 提示单 (reminder) or 督办单 (demand)");
    int rc = actor_date(verb_text(o->c, "due"), 0, &due, o->err);
    if (rc == 0 && due && due < today)
        return err_set(o->err, ERR_REFUSED, "办结期限在今天之前", "the due day is before today");
    if (rc < 0 || (rc = find_addressee(o, &to)) < 0 || (rc = find_number(o, number)) < 0)
        return rc;
    const struct cell cells[] = {
        batch_cell(o->t, "kind", value_int(kind)),
        batch_cell(o->t, "number", value_text(number, strlen(number))),
        batch_cell(o->t, "region", value_int(to.region)),
        batch_cell(o->t, "issuer", value_text(issuer, strlen(issuer))),
        batch_cell(o->t, "issued_on", value_int(today)),
        batch_cell(o->t, "due_on", due ? value_int(due) : value_null()),
        batch_cell(o->t, "text", value_text(text, strlen(text))),
        batch_cell(o->t, "state", value_int(STATE_OPEN)),
        batch_ref(o->t, "worker", to.worker, worker),
    };
    return put_order(o, cells, sizeof cells / sizeof cells[0] - !to.has_worker, number);
}

/* ---- close ---- */

/* Who made the row is who issued it: a worker, or — nobody, in the server's own log — the office. */
static int check_issuer(struct ordering *o, const struct stored_row *row, const char *which)
{
    struct changeset_record made;
    int rc = store_changeset_by_csn(o->c->store, (uint64_t)row->row.rid, &made, o->err);

    if (rc < 0)
        return rc;
    bool office = row_id_is_null(o->actor.id) && made.origin == store_server_origin(o->c->store);
    if (rc > 0 && row_id_equal(made.author, o->actor.id) && (office || !row_id_is_null(o->actor.id)))
        return 0;
    char issuer[128];
    actor_text(o->t, row, "issuer", issuer, sizeof issuer);
    return err_set(o->err, ERR_DENIED, "%.40s 是“%s”签发的：只有签发人可以办结", "%.40s was issued by \"%s\": only its issuer closes it",
                   which, *issuer ? issuer : "?");
}

static int close_order(struct ordering *o)
{
    const char *which = verb_text(o->c, "order");
    struct stored_row row;
    struct batch *b;
    int rc = which ? actor_row(o->c, o->t, which, &o->arena, &row, o->err)
                   : err_set(o->err, ERR_USAGE, "缺少单号", "which order? give its id or number");

    if (rc < 0 || (rc = check_issuer(o, &row, which)) < 0)
        return rc;
    if (actor_cell(o->t, &row, "state")->i == STATE_CLOSED)
        return err_set(o->err, ERR_REFUSED, "%.40s 已经办结", "%.40s is closed already", which);
    const struct cell cells[] = {batch_cell(o->t, "state", value_int(STATE_CLOSED)),
                                 batch_cell(o->t, "closed_on", value_int(actor_today(o->c)))};
    rc = batch_new(&b, o->c, &o->actor, o->err);
    if (rc == 0)
        rc = batch_set(b, o->t, row.row.id, cells, 2, o->err);
    if (rc == 0)
        rc = batch_flush(b, o->err);
    batch_free(b);
    char id[ROW_ID_TEXT], number[NUMBER_TEXT];
    row_id_to_text(row.row.id, id);
    actor_text(o->t, &row, "number", number, sizeof number);
    if (rc == 0 && (json_object_set_new(o->c->answer, "id", json_string(id)) ||
                    json_object_set_new(o->c->answer, "number", json_string(number))))
        rc = err_nomem(o->err);
    return rc;
}

static int run(struct verb_call *c, int (*act)(struct ordering *o), struct err *err)
{
    struct ordering o = {.c = c, .t = actor_table(c, "order"), .err = err};
    int rc = actor_open(c, LEVEL_TOWNSHIP, &o.actor, err);

    arena_init(&o.arena, ROW_ARENA);
    if (rc == 0)
        rc = act(&o);
    arena_free(&o.arena);
    return rc;
}

int verb_order_issue(struct verb_call *c, struct err *err)
{
    return run(c, issue, err);
}

int verb_order_close(struct verb_call *c, struct err *err)
{
    return run(c, close_order, err);
}
