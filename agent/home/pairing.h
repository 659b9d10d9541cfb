/* pairing: the laptop's keys and those of its server, as the enrolment left them. In the home's database, which is
 * encrypted as the home is. */
#ifndef ZHUCUN_HOME_PAIRING_H
#define ZHUCUN_HOME_PAIRING_H

#include "home.h"
#include "zhucun/keys.h"

struct pairing {
    struct key_pair sign, box;
    struct public_key server_sign, server_box;
};

/* In the caller's transaction. */
int pairing_save(struct home *h, const struct pairing *i, struct err *err);
int pairing_load(struct home *h, struct pairing *i, struct err *err); /* 1; 0: not enrolled */
void pairing_forget(struct pairing *i);

#endif
