/* quarantine: changesets that could not be applied, and why; kept whole. */
#include <inttypes.h>
#include <string.h>

#include "cli.h"

struct listing {
    struct cli *c;
    unsigned shown;
};

static int show(void *ctx, const struct quarantine_entry *e)
{
    struct listing *l = ctx;
    const char *why = say(l->c, e->why_zh, e->why_en);
    char origin[24], at[30];
    int rc = 0;

    l->shown++;
    snprintf(origin, sizeof origin, "%016" PRIx64, e->origin);
    time_format(e->received_ms, at);
    if (l->c->json) {
        json_t *o = json_pack("{s:s,s:I,s:s,s:s,s:I}", "origin", origin, "seq", (json_int_t)e->seq, "received_at", at, "why",
                              why, "bytes", (json_int_t)e->changeset.len);
        rc = o ? print_json(l->c, o) : err_nomem(&l->c->err);
        json_decref(o);
    } else {
        printf("%s #%" PRIu64 "  %s  %s\n", origin, e->seq, at, why);
    }
    return rc;
}

int command_quarantine(struct cli *c, int argc, char **argv)
{
    struct listing l = {.c = c};
    const char *what = NULL;
    struct store *s;
    size_t words;
    int rc = args_parse(c, argc, argv, NULL, 0, &what, &words, 1);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (words == 0 || strcmp(what, "list") != 0)
        return err_set(&c->err, ERR_USAGE, "用法:zhucun-server quarantine list", "usage: zhucun-server quarantine list");
    if ((rc = open_reader(c, &s)) < 0)
        return rc;
    rc = store_quarantine_walk(s, 0, 0, show, &l, &c->err);
    if (rc >= 0 && !c->json && l.shown == 0)
        printf("%s\n", say(c, "没有被隔离的变更", "nothing is quarantined"));
    store_close(s);
    return rc < 0 ? rc : 0;
}
