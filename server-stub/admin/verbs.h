/* verbs: one function a request, see the table in admin.c. Each runs inside the writer's transaction. */
#ifndef ZHUCUN_ADMIN_VERBS_H
#define ZHUCUN_ADMIN_VERBS_H

#include "admin.h"

struct verb_call {
    const struct admin *admin;
    struct store *store;
    const json_t *request;
    json_t *answer; /* an object to fill */
};
int verb_enrol(struct verb_call *c, struct err *err);
int verb_enrol_batch(struct verb_call *c, struct err *err);
int verb_load(struct verb_call *c, struct err *err);
int verb_device_list(struct verb_call *c, struct err *err);
int verb_device_revoke(struct verb_call *c, struct err *err);
int verb_resolve(struct verb_call *c, struct err *err);
int verb_quarantine_retry(struct verb_call *c, struct err *err);
int verb_device_scope(struct verb_call *c, struct err *err);
int verb_assign(struct verb_call *c, struct err *err);
int verb_order_issue(struct verb_call *c, struct err *err);
int verb_order_close(struct verb_call *c, struct err *err);
int verb_move(struct verb_call *c, struct err *err);
int verb_region_merge(struct verb_call *c, struct err *err);
int verb_region_split(struct verb_call *c, struct err *err);
int verb_merge(struct verb_call *c, struct err *err);

/* A text member of the request; NULL when there is none. */
const char *verb_text(const struct verb_call *c, const char *name);

/* device.c: named by its origin (16 hex digits), or by its name if only one has it. */
int verb_device_find(struct verb_call *c, const char *text, uint64_t *origin, struct err *err);
/* wanted.c: a scope code into d->places, which has room for WIRE_MAX_PLACES; it must be a region of this city that is
 * there still. Then ascending and without doubles. */
int verb_add_place(struct store *s, struct device *d, const char *text, size_t n, struct err *err);
void verb_sort_places(struct device *d);

/* line.c: one JSON object a line over a socket. */
enum { ADMIN_LINE_MAX = 32 * 1024 * 1024 }; /* an answer about ten thousands of assignments is one line */
int admin_line_send(int fd, const json_t *object, struct err *err);
/* 1 and *object, 0 at the end, negative error. `in` keeps what came behind the line. */
int admin_line_read(int fd, struct buf *in, json_t **object, struct err *err);
int admin_socket_path(const char *dir, char *out, size_t n, struct err *err);

#endif
