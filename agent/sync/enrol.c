/* enrol: the server shows its keys, the code says whether they are its own, and the laptop makes keys of its own. What comes
 * of it is stored in one transaction. */
#include "enrol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "held.h"
#include "pairing.h"
#include "signed.h"

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

static int store(struct home *h, const char *url, const struct enrol_answer *a, const struct pairing *i, struct err *err)
{
    int rc = db_begin(h->db, err);
    if (rc) return rc;
    rc = home_meta_set_text(h, META_SERVER, url, err);
    if (rc == 0) rc = pairing_save(h, i, err);
    if (rc == 0) rc = home_meta_set_text(h, META_DEVICE, a->device, err);
    if (rc == 0) rc = store_lists(h, a, err);
    if (rc == 0) rc = home_meta_set_int(h, META_LAST_CONTACT, a->server_ms, err);
    if (rc == 0) rc = home_meta_set_int(h, META_SKEW, a->server_ms - now_ms(h), err);
    if (rc == 0) return db_commit(h->db, err);
    db_rollback(h->db);
    return rc;
}

/* The keys that the server shows must be those whose pin the office handed out with the code. */
static int check_pin(const struct transport *t, const char *pin, struct pairing *i, struct err *err)
{
    struct server_offer *offer = calloc(1, sizeof *offer);
    char shown[ENROL_PIN];
    if (!offer) return err_nomem(err);
    int rc = send_offer(t, offer, err);
    enum seal_suite suite = (enum seal_suite)offer->suite;
    if (rc == 0) rc = key_from_text(suite, KEY_SIGN, offer->sign, &i->server_sign, err);
    if (rc == 0) rc = key_from_text(suite, KEY_BOX, offer->box, &i->server_box, err);
    free(offer);
    if (rc != 0) return rc;
    enrol_pin(&i->server_sign, &i->server_box, shown);
    if (strcmp(shown, pin) == 0) return 0;
    return err_set(err, ERR_DENIED, "注册码不是这台服务器发的（它的密钥对不上）：请检查服务器地址和注册码，都对就报告主管",
                   "this code is not of this server (its keys are others): check the server's address and the code; if both are right, tell your supervisor");
}

static int make_keys(struct home *h, struct pairing *i, struct err *err)
{
    enum seal_suite suite = i->server_sign.suite;
    int rc = key_make(suite, KEY_SIGN, h->env, &i->sign, err);
    return rc == 0 ? key_make(suite, KEY_BOX, h->env, &i->box, err) : rc;
}

static int ask(struct home *h, const struct transport *t, const struct pairing *i, const char *secret,
               struct enrol_answer *answer, struct err *err)
{
    struct enrol_request q = {.origin = h->origin, .schema = h->schema->version};
    struct conversation c = {.over = t, .env = h->env, .origin = h->origin, .sign = i->sign, .box = i->box, .server_sign = i->server_sign};
    snprintf(q.code, sizeof q.code, "%s", secret);
    snprintf(q.agent, sizeof q.agent, "zhucun %s", ZHUCUN_VERSION);
    key_to_text(&i->sign.public, q.sign);
    key_to_text(&i->box.public, q.box);
    int rc = send_enrol(&c, &i->server_box, &q, answer, err);
    conversation_end(&c);
    return rc;
}

int enrol_home(struct home *h, const struct transport *t, const char *url, const char *code,
               struct enrol_answer *answer, struct err *err)
{
    char secret[ENROL_SECRET], pin[ENROL_PIN];
    struct pairing i = {0};
    int rc = enrol_code_split(code, secret, pin, err);
    if (rc == 0) rc = check_pin(t, pin, &i, err);
    if (rc == 0) rc = make_keys(h, &i, err);
    if (rc == 0) rc = ask(h, t, &i, secret, answer, err);
    if (rc == 0) rc = store(h, url, answer, &i, err);
    pairing_forget(&i);
    return rc;
}
