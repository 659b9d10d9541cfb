/* village: see village.h. */
#include "village.h"

#include <stdio.h>
#include <string.h>

#include "places.h"

static const int64_t summer = INT64_C(1657756800000); /* 2022-07-14 08:00 in the village */

void village_path(const struct village *v, const char *what, int n, char *out, size_t room)
{
    if (n < 0) snprintf(out, room, "%s/%s", v->dir, what);
    else snprintf(out, room, "%s/%s%d", v->dir, what, n);
}

static int add_laptop(struct village *v, size_t i)
{
    static const int64_t scope[] = {CITY_VILLAGE};
    struct sync_report r;
    char path[600];
    village_path(v, "laptop", (int)i, path, sizeof path);
    int rc = home_create(&v->laptop[i], path, &v->env.env, &v->err);
    if (rc == 0) rc = loopback_enrol(v->server, v->laptop[i], scope, 1, &v->err);
    return rc ? rc : village_sync(v, i, &r);
}

int village_open(struct village *v, const char *name, size_t laptops, size_t households)
{
    char path[600];
    memset(v, 0, sizeof *v);
    fake_env_init(&v->env, summer, 20220714);
    if (place_make(v->dir, sizeof v->dir, name)) return err_set(&v->err, ERR_DISK, "没有临时文件夹", "no temporary folder");
    village_path(v, "server", -1, path, sizeof path);
    int rc = loopback_open(&v->server, path, &v->env.env, &v->err);
    if (rc == 0) rc = city_load(&v->city, loopback_store(v->server), &v->env.env, households, &v->err);
    for (size_t i = 0; i < laptops && rc == 0; i++)
        rc = add_laptop(v, i);
    if (rc) fprintf(stderr, "village: %s\n", v->err.en);
    return rc;
}

void village_close(struct village *v)
{
    for (size_t i = 0; i < VILLAGE_LAPTOPS; i++)
        home_close(v->laptop[i]);
    loopback_close(v->server);
    place_remove(v->dir);
}

int village_sync(struct village *v, size_t laptop, struct sync_report *r)
{
    struct transport t = loopback_transport(v->server);
    struct sync_options o = {.sleep_ms = fake_sleep, .sleep_ctx = &v->env};
    return sync_round(v->laptop[laptop], &t, &o, r, &v->err);
}

int village_reopen(struct village *v, size_t laptop)
{
    char path[600];
    village_path(v, "laptop", (int)laptop, path, sizeof path);
    home_close(v->laptop[laptop]);
    v->laptop[laptop] = NULL;
    return home_open(&v->laptop[laptop], path, DB_WRITE, NULL, &v->env.env, &v->err);
}
