/* tally: what all devices did together, and the report. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fleet.h"

double clock_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void tally_init(struct fleet_tally *t)
{
    *t = (struct fleet_tally){.began_s = clock_s()};
    pthread_mutex_init(&t->lock, NULL);
}

void tally_free(struct fleet_tally *t)
{
    free(t->sync_ms);
    pthread_mutex_destroy(&t->lock);
}

void tally_sync(struct fleet_tally *t, double ms)
{
    pthread_mutex_lock(&t->lock);
    if (t->syncs == t->room) {
        size_t room = t->room ? t->room * 2 : 1024;
        double *list = realloc(t->sync_ms, room * sizeof *list);
        if (list) {
            t->sync_ms = list;
            t->room = room;
        }
    }
    if (t->syncs < t->room) t->sync_ms[t->syncs++] = ms;
    pthread_mutex_unlock(&t->lock);
}

void tally_failure(struct fleet_tally *t, const char *laptop, const struct err *err, enum lang lang)
{
    pthread_mutex_lock(&t->lock);
    if (t->failed++ == 0) snprintf(t->first_error, sizeof t->first_error, "%s: %s", laptop, err_text(err, lang));
    pthread_mutex_unlock(&t->lock);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double percentile(const struct fleet_tally *t, double p)
{
    if (t->syncs == 0) return 0;
    size_t i = (size_t)(p * (double)(t->syncs - 1) + 0.5);
    return t->sync_ms[i];
}

static double per(uint64_t a, uint64_t b)
{
    return b ? (double)a / (double)b : 0;
}

void tally_print(struct fleet_tally *t, const struct fleet_options *o)
{
    double seconds = t->ended_s - t->began_s;
    if (t->syncs) qsort(t->sync_ms, t->syncs, sizeof *t->sync_ms, compare);
    double p50 = percentile(t, 0.5), p99 = percentile(t, 0.99), most = percentile(t, 1);
    if (o->json) {
        printf("{\"devices\":%zu,\"failed\":%zu,\"pending\":%zu,\"disagree\":%zu,\"seconds\":%.2f,\"visits\":%" PRIu64
               ",\"changesets\":%" PRIu64 ",\"changes\":%" PRIu64 ",\"rows_pulled\":%" PRIu64 ",\"requests\":%" PRIu64
               ",\"syncs\":%zu,\"bytes_up\":%" PRIu64 ",\"bytes_down\":%" PRIu64
               ",\"sync_ms_p50\":%.1f,\"sync_ms_p99\":%.1f,\"sync_ms_max\":%.1f}\n",
               t->done, t->failed, t->pending, t->disagree, seconds, t->visits, t->changesets, t->changes, t->rows,
               t->requests, t->syncs, t->bytes_up, t->bytes_down, p50, p99, most);
    } else {
        printf("devices      %zu done, %zu failed, %zu with pending work, %zu that differ from the server\n", t->done,
               t->failed, t->pending, t->disagree);
        printf("written      %" PRIu64 " changesets, %" PRIu64 " changes; %" PRIu64 " visits of their own in the homes\n",
               t->changesets, t->changes, t->visits);
        printf("time         %.1f s, %.0f changesets/s\n", seconds, (double)t->changesets / seconds);
        printf("bytes        %" PRIu64 " up (%.0f a changeset), %" PRIu64 " down (%.0f a row), heads included\n",
               t->bytes_up, per(t->bytes_up, t->changesets), t->bytes_down, per(t->bytes_down, t->rows));
        printf("syncs        %zu in %" PRIu64 " requests; ms: median %.1f, p99 %.1f, longest %.1f\n", t->syncs,
               t->requests, p50, p99, most);
    }
    if (t->failed) fprintf(stderr, "zhucun-fleet: %s\n", t->first_error);
}
