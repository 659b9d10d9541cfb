/* village: a server with a small city and some laptops, in one folder that goes away at the end. */
#ifndef ZHUCUN_TEST_VILLAGE_H
#define ZHUCUN_TEST_VILLAGE_H

#include "city.h"
#include "fakes.h"
#include "loopback.h"
#include "sync.h"

enum { VILLAGE_LAPTOPS = 4 };
struct village {
    char dir[512];
    struct fake_env env;
    struct loopback *server;
    struct city city;
    struct home *laptop[VILLAGE_LAPTOPS];
    struct err err; /* of the last call that failed */
};
/* The laptops are enrolled for CITY_VILLAGE and have synced once. 0, or negative with v->err. */
int village_open(struct village *v, const char *name, size_t laptops, size_t households);
void village_close(struct village *v);
int village_sync(struct village *v, size_t laptop, struct sync_report *r);
int village_reopen(struct village *v, size_t laptop);
void village_path(const struct village *v, const char *what, int n, char *out, size_t room); /* DIR/what<n> */

#endif
