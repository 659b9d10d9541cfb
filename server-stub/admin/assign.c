/* assign: who helps which household. Assignments are intervals and stay as history: the open one ends the day before,
 * a new row begins; nothing is overwritten. One line or a sheet of thousands, all or nothing.
 *
 *   --to W            W takes over the role: the others' open assignments in it end, W's begins
 *   --to W --from F   only F's ends
 *   --to - [--from F] they end, nobody takes over
 *   W has it already  nothing changes, and that is said
 *
 * What it means for laptops (scopes, notices) follows from the rows, in intake. */
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "csvline.h"
#include "extent.h"
#include "keymap.h"
#include "tenures.h"

enum { ROW_ARENA = 4 * 1024 * 1024 };

struct assigning {
    struct verb_call *c;
    struct actor actor;
    struct batch *batch;
    const struct schema_table *households, *workers, *assignments;
    struct tenures now;   /* as the sheet found them */
    struct keymap done;   /* household and role of earlier lines; numbers of those who take over (EXTENT_WORKER) */
    int64_t last_on;      /* the latest day on which somebody takes over */
    struct arena arena;   /* of the line at hand */
    json_t *changed, *unchanged;
    struct err *err;
};

/* What one line says. */
struct line {
    struct stored_row household;
    char household_no[32], to_no[24];
    struct row_id to, from;
    bool has_to, has_from;
    int64_t role, on;
};

/* ---- a line ---- */

static int find_worker(struct assigning *a, const char *key, bool takes_over, int64_t on, struct row_id *id, char no[24])
{
    struct stored_row row;
    int rc = actor_find(a->c, a->workers, key, &a->arena, &row, a->err);

    if (rc < 0)
        return rc;
    *id = row.row.id;
    if (no)
        actor_text(a->workers, &row, "no", no, 24);
    const struct value *to = actor_cell(a->workers, &row, "active_to");
    char day[11];
    if (!takes_over || to->kind != VALUE_INT || to->i >= on)
        return 0;
    date_format(to->i, day);
    return err_set(a->err, ERR_REFUSED, "%.60s 已于 %s 离岗，不能再指派", "%.60s left on %s and takes over no households", key, day);
}

static int find_role(struct assigning *a, const char *text, int64_t *role)
{
    const struct schema_codes *codes = schema_column_named(a->assignments, "role")->codes;

    *role = text && *text ? schema_code_find(codes, text, strlen(text)) : TENURE_ROLE_DEFAULT;
    if (*role)
        return 0;
    return err_set(a->err, ERR_REFUSED, "没有角色“%.40s”：有帮扶责任人、驻村干部、监测联系人",
                   "there is no role \"%.40s\": there are 帮扶责任人 (contact), 驻村干部 (resident cadre), 监测联系人 (monitor)", text);
}

enum { F_HOUSEHOLD, F_TO, F_FROM, F_ROLE, F_ON, F_COUNT };
static const char *const columns[F_COUNT] = {"household", "to", "from", "role", "on"};

static int read_line(struct assigning *a, const char *const *f, struct line *l)
{
    *l = (struct line){.has_to = strcmp(f[F_TO], "-") != 0, .has_from = f[F_FROM] && *f[F_FROM]};
    int rc = actor_find(a->c, a->households, f[F_HOUSEHOLD], &a->arena, &l->household, a->err);

    if (rc == 0) {
        actor_text(a->households, &l->household, "national_no", l->household_no, sizeof l->household_no);
        rc = actor_may(&a->actor, actor_place(&l->household), f[F_HOUSEHOLD], a->err);
    }
    if (rc == 0)
        rc = actor_date(f[F_ON], a->batch->today, &l->on, a->err);
    if (rc == 0)
        rc = find_role(a, f[F_ROLE], &l->role);
    if (rc == 0 && l->has_to)
        rc = find_worker(a, f[F_TO], true, l->on, &l->to, l->to_no);
    if (rc == 0 && l->has_from)
        rc = find_worker(a, f[F_FROM], false, l->on, &l->from, NULL);
    return rc;
}

/* A household twice in one role would make the second line judge by what the first has changed. */
static int check_once(struct assigning *a, const struct line *l, const char *household)
{
    char key[ROW_ID_TEXT + 8], id[ROW_ID_TEXT];

    row_id_to_text(l->household.row.id, id);
    int n = snprintf(key, sizeof key, "%s/%d", id, (int)l->role);
    if (keymap_get(&a->done, 1, key, (size_t)n))
        return err_set(a->err, ERR_REFUSED, "%.60s 在同一角色中出现了两次", "%.60s stands there twice in one role", household);
    return keymap_put(&a->done, 1, key, (size_t)n, l->household.row.id, true, a->err);
}

/* ---- what changes ---- */

static int tell(struct assigning *a, json_t *list, const struct line *l, const char *act, struct row_id assignment,
                const char *worker, int64_t since, int64_t until)
{
    char household[ROW_ID_TEXT], id[ROW_ID_TEXT], from[11] = "", to[11] = "";
    const struct schema_codes *roles = schema_column_named(a->assignments, "role")->codes;
    const char *role = schema_code_label(roles, l->role, LANG_ZH);

    row_id_to_text(l->household.row.id, household);
    row_id_to_text(assignment, id);
    if (since)
        date_format(since, from);
    if (until)
        date_format(until, to);
    json_t *one = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s*,s:s*}", "act", act, "household", household, "national_no",
                            l->household_no, "worker", worker, "role", role ? role : "", "id", id, "since",
                            since ? from : NULL, "until", until ? to : NULL);
    return one && json_array_append_new(list, one) == 0 ? 0 : err_nomem(a->err);
}

static void worker_no(struct assigning *a, struct row_id id, char no[ROW_ID_TEXT])
{
    struct stored_row row;

    row_id_to_text(id, no);
    if (store_row_get(a->c->store, a->workers, id, &a->arena, &row, NULL) > 0)
        actor_text(a->workers, &row, "no", no, ROW_ID_TEXT);
}

static int end_one(struct assigning *a, const struct line *l, const struct tenure *h)
{
    const struct cell until = batch_cell(a->assignments, "until", value_int(l->on - 1));
    char no[ROW_ID_TEXT];
    int rc = batch_set(a->batch, a->assignments, h->id, &until, 1, a->err);

    if (rc < 0)
        return rc;
    worker_no(a, h->worker, no);
    return tell(a, a->changed, l, "ended", h->id, no, 0, l->on - 1);
}

static int begin_one(struct assigning *a, const struct line *l)
{
    uint8_t household[ROW_ID_BYTES], worker[ROW_ID_BYTES];
    const struct schema_table *t = a->assignments;
    const char *by = a->actor.issuer;
    const struct cell cells[] = {batch_ref(t, "household", l->household.row.id, household), batch_ref(t, "worker", l->to, worker),
                                 batch_cell(t, "role", value_int(l->role)), batch_cell(t, "since", value_int(l->on)),
                                 batch_cell(t, "issued_by", value_text(by, strlen(by)))};
    struct row_id id;
    int rc = batch_put(a->batch, t, cells, sizeof cells / sizeof cells[0], &id, a->err);

    if (rc == 0 && !keymap_get(&a->done, EXTENT_WORKER, l->to_no, strlen(l->to_no)))
        rc = keymap_put(&a->done, EXTENT_WORKER, l->to_no, strlen(l->to_no), l->to, true, a->err);
    if (a->last_on < l->on)
        a->last_on = l->on;
    return rc < 0 ? rc : tell(a, a->changed, l, "assigned", id, l->to_no, l->on, 0);
}

struct group {
    const struct tenure *ending[64];
    size_t count;
    const struct tenure *has_it; /* the one who is to take over has it already */
};

static int sort_out(struct assigning *a, const struct line *l, struct group *g)
{
    const struct tenure *h = tenures_first(&a->now, l->household.row.id);
    const struct tenure *end = h ? a->now.list + a->now.count : NULL; /* there may be no list at all */

    *g = (struct group){.count = 0};
    for (; h && h < end && row_id_equal(h->household, l->household.row.id); h++) {
        if (!tenure_open(h, l->role, l->on))
            continue;
        if (l->has_to && row_id_equal(h->worker, l->to))
            g->has_it = h;
        else if (!l->has_from || row_id_equal(h->worker, l->from)) {
            if (g->count == sizeof g->ending / sizeof g->ending[0])
                return err_set(a->err, ERR_REFUSED, "同时帮扶此户的人过多", "too many people help this household at once");
            g->ending[g->count++] = h;
        }
    }
    return 0;
}

static int change(struct assigning *a, const struct line *l, const char *const *f)
{
    struct group g;
    int rc = sort_out(a, l, &g);

    if (rc < 0)
        return rc;
    if (l->has_from && g.count == 0 && !g.has_it)
        return err_set(a->err, ERR_REFUSED, "%.40s 现在不帮扶 %.40s", "%.40s does not hold %.40s now", f[F_FROM], f[F_HOUSEHOLD]);
    if (g.has_it || (!l->has_to && g.count == 0))
        return tell(a, a->unchanged, l, "unchanged", g.has_it ? g.has_it->id : (struct row_id){0}, l->has_to ? l->to_no : "-", 0, 0);
    rc = batch_room(a->batch, g.count + 1, a->err);
    for (size_t i = 0; i < g.count && rc == 0; i++)
        rc = end_one(a, l, g.ending[i]);
    return rc == 0 && l->has_to ? begin_one(a, l) : rc;
}

static int take_line(void *ctx, const char *const *f, struct err *err)
{
    struct assigning *a = ctx;
    struct line l;
    int rc;

    a->err = err;
    arena_reset(&a->arena);
    rc = read_line(a, f, &l);
    if (rc == 0)
        rc = check_once(a, &l, f[F_HOUSEHOLD]);
    return rc == 0 ? change(a, &l, f) : rc;
}

/* ---- the verb ---- */

static int run_sheet(struct assigning *a, const char *path, struct err *err)
{
    int rc = tenures_read(&a->now, a->c, NULL, err);

    return rc < 0 ? rc : csvline_each(path, columns, F_COUNT, F_TO + 1, take_line, a, err);
}

static int run_one(struct assigning *a, struct err *err)
{
    const char *const f[F_COUNT] = {verb_text(a->c, "household"), verb_text(a->c, "to"), verb_text(a->c, "from"),
                                    verb_text(a->c, "role"), verb_text(a->c, "on")};
    struct stored_row row;

    if (!f[F_HOUSEHOLD] || !f[F_TO])
        return err_set(err, ERR_USAGE, "缺少户或接手的人（--to）", "the household or --to is missing");
    int rc = actor_find(a->c, a->households, f[F_HOUSEHOLD], &a->arena, &row, err);
    if (rc == 0)
        rc = tenures_read(&a->now, a->c, &row.row.id, err);
    return rc == 0 ? take_line(a, f, err) : rc;
}

static int run(struct assigning *a, struct err *err)
{
    const char *path = verb_text(a->c, "file");
    int rc = actor_open(a->c, LEVEL_TOWNSHIP, &a->actor, err);

    if (rc == 0)
        rc = batch_new(&a->batch, a->c, &a->actor, err);
    if (rc == 0)
        rc = path ? run_sheet(a, path, err) : run_one(a, err);
    if (rc == 0)
        rc = batch_flush(a->batch, err);
    if (rc == 0 && a->last_on)
        rc = extent_beyond(a->c, &a->done, a->last_on, err);
    if (rc == 0 && (json_object_set(a->c->answer, "changed", a->changed) || json_object_set(a->c->answer, "unchanged", a->unchanged)))
        rc = err_nomem(err);
    return rc;
}

int verb_assign(struct verb_call *c, struct err *err)
{
    struct assigning a = {.c = c, .households = actor_table(c, "household"), .workers = actor_table(c, "worker"),
                          .assignments = actor_table(c, "assignment"), .changed = json_array(), .unchanged = json_array(),
                          .err = err};

    keymap_init(&a.done);
    arena_init(&a.arena, ROW_ARENA);
    int rc = run(&a, err);
    batch_free(a.batch);
    json_decref(a.changed);
    json_decref(a.unchanged);
    keymap_free(&a.done);
    arena_free(&a.arena);
    tenures_free(&a.now);
    return rc;
}
