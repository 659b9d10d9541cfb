/* zhucun-fleet: hands the laptops out to a few threads and waits. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fleet.h"

struct crew {
    const struct fleet_options *o;
    const struct laptops *laptops;
    const char *homes;
    struct fleet_tally *tally;
    atomic_size_t next;
};

static void *work(void *ctx)
{
    struct crew *c = ctx;
    for (;;) {
        size_t i = atomic_fetch_add(&c->next, 1);
        if (i >= c->laptops->count) return NULL;
        struct err err = {0};
        const struct laptop *l = &c->laptops->list[i];
        if (device_live(l, c->o, c->homes, i, c->tally, &err)) tally_failure(c->tally, l->name, &err, c->o->lang);
    }
}

static void run(struct crew *c)
{
    pthread_t threads[256];
    int started = 0;
    while (started < c->o->threads && pthread_create(&threads[started], NULL, work, c) == 0)
        started++;
    if (started == 0) work(c);
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    c->tally->ended_s = clock_s();
}

static int remove_tree(const char *dir)
{
    char command[1100];
    snprintf(command, sizeof command, "rm -rf -- '%s'", dir); /* dir is mkdtemp's */
    return system(command);
}

int main(int argc, char **argv)
{
    struct fleet_options o;
    struct laptops laptops = {0};
    struct fleet_tally tally;
    struct err err = {0};
    char temporary[] = "/tmp/zhucun-fleet-XXXXXX";
    int rc = options_read(&o, argc, argv);
    if (rc) return rc - 1;
    tally_init(&tally);
    rc = laptops_read(&laptops, &o, &err);
    const char *homes = o.homes ? o.homes : mkdtemp(temporary);
    if (rc == 0 && (!homes || (mkdir(homes, 0700) && access(homes, W_OK))))
        rc = err_set(&err, ERR_DISK, "不能写入 %s", "cannot write into %s", homes ? homes : temporary);
    if (rc == 0) {
        struct crew crew = {.o = &o, .laptops = &laptops, .homes = homes, .tally = &tally};
        run(&crew);
        tally_print(&tally, &o);
    } else {
        fprintf(stderr, "zhucun-fleet: %s\n", err_text(&err, o.lang));
    }
    if (!o.homes && homes && remove_tree(homes)) fprintf(stderr, "zhucun-fleet: could not remove %s\n", homes);
    bool well = rc == 0 && tally.failed + tally.pending + tally.disagree == 0;
    laptops_free(&laptops);
    tally_free(&tally);
    return well ? 0 : 1;
}
