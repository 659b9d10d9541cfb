/* enrol: asks by the one-time code, stores the answer in one transaction. */
#include "enrol.h"

#include <stdio.h>
#include <string.h>

#include "held.h"

static int64_t now_ms(const struct home *h)
{
    return h->env->now_ms(h->env->ctx);
}

static int store_lists(struct home *h, const struct enrol_answer *a, struct err *err)
{
    struct buf workers;
    buf_init(&workers, 32 * WIRE_MAX_WORKERS);
    for (size_t i = 0; i < a->worker_count; i++)
        buf_printf(&workers, "%s%s", i ? "," : "", a->workers[i]);
    int rc = home_held_save(h, a->places, a->place_count, NULL, 0, err);
    if (rc == 0) rc = home_meta_set_text(h, META_WORKERS, buf_text(&workers), err);
    buf_free(&workers);
    return rc;
}

static int store(struct home *h, const char *url, const struct enrol_answer *a, struct err *err)
{
    int rc = db_begin(h->db, err);
    if (rc) return rc;
    rc = home_meta_set_text(h, META_SERVER, url, err);
    if (rc == 0) rc = home_meta_set_text(h, META_TOKEN, a->token, err);
    if (rc == 0) rc = home_meta_set_text(h, META_DEVICE, a->device, err);
    if (rc == 0) rc = store_lists(h, a, err);
    if (rc == 0) rc = home_meta_set_int(h, META_LAST_CONTACT, a->server_ms, err);
    if (rc == 0) rc = home_meta_set_int(h, META_SKEW, a->server_ms - now_ms(h), err);
    if (rc == 0) return db_commit(h->db, err);
    db_rollback(h->db);
    return rc;
}

int enrol_home(struct home *h, const struct transport *t, const char *url, const char *code,
               struct enrol_answer *answer, struct err *err)
{
    struct enrol_request q = {.origin = h->origin, .schema = h->schema->version};
    if (strlen(code) >= sizeof q.code) return err_set(err, ERR_DENIED, "注册码不对", "this is no enrolment code");
    snprintf(q.code, sizeof q.code, "%s", code);
    snprintf(q.agent, sizeof q.agent, "zhucun %s", ZHUCUN_VERSION);
    int rc = send_enrol(t, &q, answer, err);
    return rc ? rc : store(h, url, answer, err);
}
