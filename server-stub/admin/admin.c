/* admin: finds the verb and runs it in one transaction of the writer. */
#include <string.h>

#include "verbs.h"

static const struct {
    const char *name;
    int (*run)(struct verb_call *c, struct err *err);
} verbs[] = {
    {"enrol", verb_enrol},
    {"enrol_batch", verb_enrol_batch},
    {"load", verb_load},
    {"device_list", verb_device_list},
    {"device_revoke", verb_device_revoke},
    {"resolve", verb_resolve},
    {"quarantine_retry", verb_quarantine_retry},
    {"device_scope", verb_device_scope},
    {"assign", verb_assign},
    {"order_issue", verb_order_issue},
    {"order_close", verb_order_close},
    {"move", verb_move},
    {"region_merge", verb_region_merge},
    {"region_split", verb_region_split},
    {"merge", verb_merge},
};

struct in_writer {
    struct verb_call call;
    int (*run)(struct verb_call *c, struct err *err);
};

static int run_verb(struct store *s, void *arg, struct err *err)
{
    struct in_writer *w = arg;

    w->call.store = s;
    return w->run(&w->call, err);
}

const char *verb_text(const struct verb_call *c, const char *name)
{
    return json_string_value(json_object_get(c->request, name));
}

int admin_run(struct admin *a, const json_t *request, json_t **answer, struct err *err)
{
    struct in_writer w = {.call = {.admin = a, .request = request}};
    const char *name = json_string_value(json_object_get(request, "do"));
    int rc;

    for (size_t i = 0; name && i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(verbs[i].name, name) == 0)
            w.run = verbs[i].run;
    if (!w.run)
        return err_set(err, ERR_REFUSED, "服务器不认识此操作：%s", "the server does not know this act: %s",
                       name ? name : "");
    w.call.answer = json_object();
    if (!w.call.answer)
        return err_nomem(err);
    rc = a->transact(a->transact_ctx, run_verb, &w, err);
    if (rc < 0)
        json_decref(w.call.answer);
    else
        *answer = w.call.answer;
    return rc < 0 ? rc : 0;
}
