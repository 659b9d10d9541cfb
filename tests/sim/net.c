/* net: the line between a laptop and the server. A message may be lost, cut, answered in vain, delivered twice, or
 * come once more much later. Neighbours: loopback (the real server behind plain calls), the model, which is told what
 * arrived. Invariant: a machine that is dead neither sends nor answers. */
#include <stdio.h>
#include <string.h>

#include "sim.h"
#include "zhucun/pack.h"

static bool server_is_up(struct sim *s)
{
    return s->server && !disk_dead(s->disk, s->server_machine);
}

static void forget(struct late *l)
{
    buf_free(&l->body);
    *l = (struct late){0};
}

void net_forget(struct sim *s)
{
    for (size_t i = 0; i < SIM_LATE; i++) forget(&s->late[i]);
}

static void remember(struct laptop *from, const struct send_request *q)
{
    struct sim *s = from->sim;
    struct late *l = &s->late[s->late_next++ % SIM_LATE];
    forget(l);
    snprintf(l->path, sizeof l->path, "%s", q->path);
    buf_init(&l->body, BUNDLE_MAX_BYTES);
    if (q->body_len) buf_put(&l->body, q->body, q->body_len);
    l->clock_ms = q->clock_ms;
    l->offset = q->upload_offset;
    l->length = q->upload_length;
    if (q->signature) l->signature = *q->signature;
    l->from = from;
}

/* ---- what has arrived ---- */

struct bundle_bytes {
    struct sim *s;
    struct buf bytes;
};

static int keep_own(void *ctx, uint64_t origin, uint64_t first, uint64_t last, const void *bytes, size_t n)
{
    struct bundle_bytes *b = ctx;
    bool wanted = origin == b->s->server_origin && first <= b->s->server_high + 1 && last > b->s->server_high;
    if (wanted) buf_put(&b->bytes, bytes, n);
    return wanted;
}

/* What the server has done itself since — notices, clues it opened — is a log like any other, in its order. */
static void arrive_own(struct sim *s)
{
    struct store *store = loopback_store(s->server);
    struct changeset_record r;
    struct err err = {0};
    while (!s->failed && store_changeset_by_seq(store, s->server_origin, s->server_high + 1, &r, &err) == 1) {
        struct bundle_bytes b = {.s = s};
        struct bundle_header h;
        struct changeset *list;
        size_t count = 0;
        buf_init(&b.bytes, BUNDLE_MAX_BYTES);
        int rc = store_bundle_walk(store, keep_own, &b, &err);
        if (rc >= 0) rc = bundle_unpack(b.bytes.data, b.bytes.len, &s->arena, &h, &list, &count, &err);
        if (rc < 0) sim_fail(s, "P2", "the server's own entry %llu cannot be read: %s", (unsigned long long)s->server_high + 1, err.en);
        struct arrival a = {.received_ms = r.received_ms, .csn = r.csn, .server = true};
        for (size_t i = 0; i < count && rc >= 0 && list[i].seq <= s->server_high + 1; i++)
            if (list[i].seq == s->server_high + 1 && !model_take(s->model, &list[i], &a))
                sim_fail(s, "model", "the server's own entry %llu does not fit", (unsigned long long)list[i].seq);
        s->server_high++;
        buf_free(&b.bytes);
    }
}

static void arrive(struct laptop *l, uint64_t seq, int64_t clock_ms, int64_t received_ms)
{
    struct sim *s = l->sim;
    struct logged *e = &l->log[seq - 1];
    struct changeset_record r;
    struct err err = {0};
    int rc = store_changeset_by_seq(loopback_store(s->server), l->origin, seq, &r, &err);
    if (rc != 1) {
        sim_fail(s, "P2", "%s entry %llu was received, but is not in the server's log", l->folder, (unsigned long long)seq);
        return;
    }
    struct arrival a = {.received_ms = received_ms, .clock_ms = clock_ms, .csn = r.csn,
                        .workers = (const char (*)[24])l->workers, .worker_count = l->worker_count};
    bool taken = model_take(s->model, &e->cs, &a);
    e->arrived = true;
    e->quarantined = r.count == 0;
    s->count.quarantined += e->quarantined;
    if (taken == e->quarantined)
        sim_fail(s, "model", "%s entry %llu is %s at the server, the model says otherwise", l->folder, (unsigned long long)seq,
                 e->quarantined ? "quarantined" : "taken");
    if (!digest_equal(&r.hash, &e->hash))
        sim_fail(s, "P2", "%s entry %llu has another hash at the server", l->folder, (unsigned long long)seq);
}

static void arrive_all(struct laptop *l, uint64_t last, int64_t clock_ms, int64_t received_ms)
{
    uint64_t first = l->high + 1;
    for (uint64_t seq = first; seq <= last && !l->sim->failed; seq++) arrive(l, seq, clock_ms, received_ms);
    for (uint64_t seq = first; seq <= last && !l->sim->failed; seq++)
        if (seq == last) arrive_own(l->sim);
    for (uint64_t seq = first; seq <= last && !l->sim->failed; seq++)
        if (!l->log[seq - 1].quarantined) check_touched(l->sim, &l->log[seq - 1].cs);
    if (last > l->high) l->high = last;
}

static void note(struct laptop *l, const struct push_target *t, int64_t clock_ms, int status)
{
    struct sim *s = l->sim;
    if (!server_is_up(s) || status == 503) {
        s->in_doubt.from = l;
        s->in_doubt.last = t->last;
        s->in_doubt.clock_ms = clock_ms;
        s->in_doubt.received_ms = s->now_ms;
    } else if (status == 200) {
        arrive_all(l, t->last, clock_ms, s->now_ms);
    }
}

/* The server died, or its disk failed, while it worked on a push: what it holds after its next start says whether it
 * was taken. Until then the doubt stays. */
void net_settle_doubt(struct sim *s)
{
    struct origin_state o;
    struct laptop *l = s->in_doubt.from;
    if (!l || !server_is_up(s)) return;
    if (store_origin_get(loopback_store(s->server), l->origin, &o, NULL) == 1 && o.high > l->high)
        arrive_all(l, o.high, s->in_doubt.clock_ms, s->in_doubt.received_ms);
}

/* ---- messages ---- */

static int deliver(struct laptop *l, const struct send_request *q, struct send_answer *a, struct err *err)
{
    struct sim *s = l->sim;
    struct push_target target;
    if (!server_is_up(s)) return err_set(err, ERR_OFFLINE, "没有网络", "no network");
    struct transport t = loopback_transport(s->server);
    int rc = t.request(t.ctx, q, a, err);
    s->count.messages++;
    if (strcmp(q->method, "PATCH") == 0 && push_target_parse(q->path, &target) == 0)
        note(l, &target, q->clock_ms, rc == 0 ? a->status : 0);
    if (!server_is_up(s)) return err_set(err, ERR_OFFLINE, "断了", "the server died");
    return rc;
}

enum accident { NONE, LOST, REPLY_LOST, CUT, TWICE, SLOW, ACCIDENTS };

static int request(void *ctx, const struct send_request *q, struct send_answer *a, struct err *err)
{
    struct laptop *l = ctx;
    struct sim *s = l->sim;
    enum accident what = s->trouble && sim_chance(s, (unsigned)s->trouble) ? (enum accident)(1 + sim_below(s, ACCIDENTS - 1)) : NONE;
    bool patch = strcmp(q->method, "PATCH") == 0;
    s->now_ms += 20 + (int64_t)sim_below(s, 400);
    if (disk_dead(s->disk, l->machine)) return err_set(err, ERR_OFFLINE, "没有网络", "the laptop is down");
    if (patch && sim_chance(s, 50)) remember(l, q);
    if (what == LOST) return err_set(err, ERR_OFFLINE, "没有网络", "no network");
    if (what == SLOW) s->now_ms += (int64_t)sim_below(s, 600000);
    if (what == CUT && patch && server_is_up(s)) loopback_cut(s->server, (int64_t)sim_below(s, q->body_len + 1));
    int rc = deliver(l, q, a, err);
    if (rc == 0 && what == TWICE && server_is_up(s)) rc = deliver(l, q, a, err);
    if (!patch && s->trouble && sim_chance(s, 12) && !disk_dead(s->disk, l->machine)) edit_once(l); /* nobody waits for a pull */
    if (rc == 0 && what == REPLY_LOST) return err_set(err, ERR_OFFLINE, "回答丢失", "reply lost");
    sim_say(s, "%s %.40s → %d %d", q->method, q->path, rc, rc == 0 ? a->status : 0);
    return rc;
}

struct transport net_transport(struct laptop *l)
{
    return (struct transport){request, l};
}

/* An old request comes once more; nobody waits for its answer. */
void net_late(struct sim *s)
{
    struct late *l = &s->late[sim_below(s, SIM_LATE)];
    struct send_answer a = {0};
    if (!l->from) return;
    struct send_request q = {.method = "PATCH", .path = l->path, .content_type = WIRE_TYPE_PARTIAL, .body = l->body.data,
                             .body_len = l->body.len, .clock_ms = l->clock_ms, .upload_offset = l->offset,
                             .upload_length = l->length, .signature = &l->signature};
    buf_init(&a.body, WIRE_MAX_PULL_ANSWER);
    int rc = deliver(l->from, &q, &a, NULL);
    sim_say(s, "late %.40s → %d %d", l->path, rc, a.status);
    buf_free(&a.body);
}
