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
 * {"do":"resolve","id":12,"take":"winner|loser|VALUE","why":"…","as":"W1"} → {"decided":[12],"ruling":"loser",…}
 * {"do":"quarantine_retry","id":"ORIGIN:SEQ|all"} → {"retried":[{"origin":"…","seq":3,"stored":true}]}
 * {"do":"device_list"} · {"do":"device_revoke","origin":"…"} · {"do":"backup","file":"…"} … */
typedef void admin_progress_fn(void *ctx, const char *what, uint64_t done);
struct admin {
    const struct env *env;
    const struct log *log;
    /* runs a transaction: directly, or through intake_call */
    int (*transact)(void *ctx, int (*fn)(struct store *s, void *arg, struct err *err), void *arg, struct err *err);
    void *transact_ctx;
    admin_progress_fn *progress; /* NULL: nobody looks */
    void *progress_ctx;
};
int admin_run(struct admin *a, const json_t *request, json_t **answer, struct err *err);

/* Client half: opens the store itself if nobody serves, else speaks to the socket. */
int admin_call(const char *dir, const json_t *request, json_t **answer, struct err *err);
/* The same; progress is told from time to time, when the work is long. */
int admin_call_watched(const char *dir, const json_t *request, admin_progress_fn *progress, void *progress_ctx,
                       json_t **answer, struct err *err);

/* Server half: DIR/control.sock (0600), served by a thread; one request a connection. `a` is copied; its
 * transact must be safe to call from that thread. */
struct admin_door;
int admin_door_open(struct admin_door **out, const char *dir, const struct admin *a, struct err *err);
void admin_door_close(struct admin_door *d);

#endif
