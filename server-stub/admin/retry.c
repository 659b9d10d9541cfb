/* retry: changesets in quarantine are taken again, after what they lacked has come. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "intake.h"
#include "verbs.h"

struct waiting {
    uint64_t origin, seq;
    bool stored;
    struct err why;
};
struct retrying {
    struct verb_call *c;
    struct waiting *list;
    size_t count, room;
    struct err *err;
};

static int collect(void *ctx, const struct quarantine_entry *e)
{
    struct retrying *r = ctx;

    if (r->count == r->room) {
        size_t room = r->room ? r->room * 2 : 64;
        struct waiting *list = realloc(r->list, room * sizeof *list);
        if (!list)
            return err_nomem(r->err);
        r->list = list;
        r->room = room;
    }
    r->list[r->count++] = (struct waiting){.origin = e->origin, .seq = e->seq};
    return 0;
}

static int retry_one(struct retrying *r, struct waiting *w)
{
    int rc = intake_retry(r->c->store, r->c->admin->env, w->origin, w->seq, &w->why);

    if (rc < 0 && r->err)
        *r->err = w->why;
    w->stored = rc == 1;
    return rc;
}

/* One may wait for another: so on, until a round changes nothing. */
static int retry_all(struct retrying *r)
{
    bool moved = true;
    int rc = store_quarantine_walk(r->c->store, 0, 0, collect, r, r->err);

    while (rc >= 0 && moved) {
        moved = false;
        for (size_t i = 0; i < r->count && rc >= 0; i++) {
            if (r->list[i].stored)
                continue;
            rc = retry_one(r, &r->list[i]);
            moved = moved || rc == 1;
        }
    }
    return rc < 0 ? rc : 0;
}

static json_t *outcome(const struct waiting *w)
{
    char origin[24];

    snprintf(origin, sizeof origin, "%016" PRIx64, w->origin);
    if (w->stored)
        return json_pack("{s:s,s:I,s:b}", "origin", origin, "seq", (json_int_t)w->seq, "stored", 1);
    return json_pack("{s:s,s:I,s:b,s:s,s:s}", "origin", origin, "seq", (json_int_t)w->seq, "stored", 0, "why_zh", w->why.zh,
                     "why_en", w->why.en);
}

static int answer(struct retrying *r)
{
    json_t *list = json_array();
    int rc = list ? 0 : -1;

    for (size_t i = 0; i < r->count && rc == 0; i++)
        rc = json_array_append_new(list, outcome(&r->list[i]));
    if (rc == 0)
        rc = json_object_set(r->c->answer, "retried", list);
    json_decref(list);
    return rc ? err_nomem(r->err) : 0;
}

/* "q:ORIGIN:SEQ", as conflicts lists it, or "ORIGIN:SEQ". */
static int read_id(const char *text, struct waiting *w, struct err *err)
{
    const char *at = strncmp(text, "q:", 2) == 0 ? text + 2 : text;
    char *end = NULL;

    w->origin = strtoull(at, &end, 16);
    if (end == at + 16 && *end == ':') {
        at = end + 1;
        w->seq = strtoull(at, &end, 10);
        if (end != at && *end == '\0' && w->seq > 0)
            return 0;
    }
    return err_set(err, ERR_USAGE, "“%s”不是隔离编号：应为 ORIGIN:SEQ（见 quarantine list）",
                   "\"%s\" does not name a quarantined changeset: ORIGIN:SEQ is wanted (see quarantine list)", text);
}

int verb_quarantine_retry(struct verb_call *c, struct err *err)
{
    struct retrying r = {.c = c, .err = err};
    const char *id = verb_text(c, "id");
    struct quarantine_entry one = {0};
    struct waiting named = {0};
    int rc = id ? 0 : err_set(err, ERR_USAGE, "哪一个？编号或 all", "which one? its number, or all");

    if (rc == 0 && strcmp(id, "all") == 0) {
        rc = retry_all(&r);
    } else if (rc == 0 && (rc = read_id(id, &named, err)) == 0) {
        one.origin = named.origin;
        one.seq = named.seq;
        rc = collect(&r, &one);
        if (rc == 0)
            rc = retry_one(&r, &r.list[0]);
    }
    if (rc >= 0)
        rc = answer(&r);
    free(r.list);
    return rc;
}
