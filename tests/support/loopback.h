/* loopback: the real intake, store and outflow behind a transport without network, for one thread. Every request
 * can be lost on the way there, cut in the middle, or lose its reply on the way back. */
#ifndef ZHUCUN_TEST_LOOPBACK_H
#define ZHUCUN_TEST_LOOPBACK_H

#include "home.h"
#include "send.h"
#include "store.h"

/* Asked before (`after` false) and after the server worked on a request: anything but 0 loses it, or its reply. */
typedef int loopback_hook(void *ctx, const struct send_request *q, bool after);

struct loopback;
/* DIR/server.db, made for the city 2312 when it is missing. */
int loopback_open(struct loopback **out, const char *dir, const struct env *env, struct err *err);
void loopback_close(struct loopback *lb);
struct store *loopback_store(struct loopback *lb);
struct transport loopback_transport(struct loopback *lb);

/* What enrolment does: a device with this scope at the server, epoch and places in the home. */
int loopback_enrol(struct loopback *lb, struct home *h, const int64_t *places, size_t count, struct err *err);
/* The same for any device: scope, workers, name and `assigned` are taken from it. */
int loopback_enrol_as(struct loopback *lb, struct home *h, const struct device *like, struct err *err);
/* The first half of it: keys for the home, and in the device; the home gets the server's. */
int loopback_keys(struct loopback *lb, struct home *h, struct device *d, struct err *err);
void loopback_on_request(struct loopback *lb, loopback_hook *hook, void *ctx);
/* The next PATCH is cut after this many of its body's bytes; −1: not. */
void loopback_cut(struct loopback *lb, int64_t bytes);
/* Every request is answered with this status and HTML, as a login page would; 0: not. */
void loopback_page(struct loopback *lb, int status);
/* Bundles arrive as if the laptop's program wrote this format; 0: as they are. */
void loopback_format(struct loopback *lb, int format);
void loopback_quiet(struct loopback *lb); /* failures that are meant are not logged */

#endif
