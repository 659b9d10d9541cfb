/* enrol: makes a home known to the server and stores what it was told. The first sync_round after it brings the
 * snapshot. Used by cli and by zhucun-fleet. */
#ifndef ZHUCUN_ENROL_H
#define ZHUCUN_ENROL_H

#include "home.h"
#include "send.h"

/* ERR_DENIED: the code is wrong, used or too old. ERR_OFFLINE: try again, the origin stays the same. */
int enrol_home(struct home *h, const struct transport *t, const char *url, const char *code,
               struct enrol_answer *answer, struct err *err);

#endif
