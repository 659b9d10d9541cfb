/* watch: libmicrohttpd's time-out counts inactivity only, so a peer that drips a byte a minute would hold its
 * connection for ever. A thread looks at all connections once in a while and cuts those that are too slow:
 * headers that do not come to an end, a request past its deadline, a body below the lowest rate. */
#ifndef ZHUCUN_HTTP_WATCH_H
#define ZHUCUN_HTTP_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "zhucun/err.h"

struct watch;
struct watch_link; /* one connection */

/* `tick` is called about every ten seconds from the thread, for housekeeping. */
int watch_start(struct watch **out, void (*tick)(void *ctx), void *ctx, struct err *err);
void watch_stop(struct watch *w);
struct watch_link *watch_add(struct watch *w, int fd); /* NULL: no memory; then the connection is not watched */
void watch_remove(struct watch *w, struct watch_link *l);
/* NULL links are allowed below. */
void watch_request(struct watch *w, struct watch_link *l);          /* its headers are here */
void watch_body(struct watch *w, struct watch_link *l, size_t n);   /* bytes of its body came */
void watch_patience(struct watch *w, struct watch_link *l);         /* all came: what takes time now is ours */
void watch_idle(struct watch *w, struct watch_link *l);             /* answered; the next may come */
void watch_cut(struct watch *w, struct watch_link *l);              /* ends the connection now */
size_t watch_count(struct watch *w);

#endif
