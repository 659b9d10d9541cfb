/* admin: what people at the server do — load a roster, hand out enrolment codes, look at devices. One function
 * for all, JSON in and out, because it runs in two places: directly, when no server is running, and in the
 * writer thread of the running server, to which `zhucun-server` talks over DIR/control.sock (one JSON object a
 * line each way). So there is one writer a file, always. */
#ifndef ZHUCUN_ADMIN_H
#define ZHUCUN_ADMIN_H

#include <jansson.h>

#include "store.h"
#include "zhucun/env.h"
#include "zhucun/log.h"

/* {"do":"enrol","scope":["231202109250"],"workers":["B1"],"name":"…","hours":24} → {"code":"…","expires":"…"}
 * {"do":"enrol_batch","file":"laptops.csv"}  → {"codes":[{"laptop":"…","code":"…","scope":[…]}]}
 * {"do":"load","dir":"…"}                    → {"loaded":{"region":n,…}}
 * {"do":"device_list"} · {"do":"device_revoke","origin":"…"} · {"do":"backup","file":"…"} … */
struct admin {
    struct store *store;
    const struct env *env;
    const struct log *log;
    /* runs a transaction: directly, or through intake_call */
    int (*transact)(void *ctx, int (*fn)(struct store *s, void *arg, struct err *err), void *arg, struct err *err);
    void *transact_ctx;
};
int admin_run(struct admin *a, const json_t *request, json_t **answer, struct err *err);

/* Client half: opens the store itself if nobody serves, else speaks to the socket. */
int admin_call(const char *dir, const json_t *request, json_t **answer, struct err *err);

#endif
