/* device: one laptop's life — enrol, fetch its scope, write, sync, compare — with the agent's own code. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acts.h"
#include "enrol.h"
#include "fleet.h"
#include "sync.h"

struct device {
    const struct laptop *laptop;
    const struct fleet_options *o;
    struct fleet_tally *tally;
    struct home *home;
    struct transport transport;
    size_t number;
};

static int open_home(struct device *d, const char *homes, struct err *err)
{
    char dir[900], file[1000];
    struct stat st;
    snprintf(dir, sizeof dir, "%s/%s", homes, d->laptop->name);
    snprintf(file, sizeof file, "%s/zhucun.db", dir);
    if (stat(file, &st) == 0) return home_open(&d->home, dir, DB_WRITE, NULL, env_system(), err);
    return home_create(&d->home, dir, env_system(), err);
}

static int enrol_once(struct device *d, struct err *err)
{
    char server[512];
    int rc = home_meta_text(d->home, META_SERVER, server, sizeof server, err);
    if (rc || server[0]) return rc;
    struct enrol_answer *answer = calloc(1, sizeof *answer);
    if (!answer) return err_nomem(err);
    rc = enrol_home(d->home, &d->transport, d->o->server, d->laptop->code, answer, err);
    free(answer);
    return rc;
}

/* Cuts are the point of --cut: a round that ran out of tries is begun again, as a person would. */
static int sync_until_done(struct device *d, struct sync_report *report, struct err *err)
{
    struct sync_options options = {.tries = 10};
    int rc = 0, rounds = d->o->cut > 0 ? 50 : 5;
    for (int i = 0; i < rounds; i++) {
        double began = clock_s();
        rc = sync_round(d->home, &d->transport, &options, report, err);
        tally_sync(d->tally, (clock_s() - began) * 1000);
        pthread_mutex_lock(&d->tally->lock);
        d->tally->rows += report->pulled;
        d->tally->requests += report->requests;
        pthread_mutex_unlock(&d->tally->lock);
        if (rc != ERR_OFFLINE && rc != ERR_PEER) return rc;
    }
    return rc;
}

/* The first wave's acts are LAPTOP.ndjson; a laptop's later ones, LAPTOP.w3.ndjson, answer what others did since. */
static void acts_path(const struct device *d, char *out, size_t n)
{
    snprintf(out, n, "%s/%s.w%d.ndjson", d->o->acts, d->laptop->name, d->laptop->wave);
    if (access(out, R_OK) != 0) snprintf(out, n, "%s/%s.ndjson", d->o->acts, d->laptop->name);
}

static int write_acts(struct device *d, struct sync_report *report, struct err *err)
{
    char path[1000];
    struct acts *acts;
    struct acts_report read = {0};
    acts_path(d, path, sizeof path);
    FILE *in = fopen(path, "rb");
    if (!in) return err_set(err, ERR_DISK, "打不开 %s", "cannot open %s", path);
    int rc = acts_open(&acts, d->home, in, err);
    if (rc == 0) {
        while ((rc = acts_read(acts, d->o->every, &read, err)) == 1) {
            int sync_rc = sync_until_done(d, report, err);
            if (sync_rc) {
                rc = sync_rc;
                break;
            }
        }
        acts_close(acts);
    }
    if (rc) err_where(err, rc, "%s", "%s", path);
    fclose(in);
    pthread_mutex_lock(&d->tally->lock);
    d->tally->changesets += read.changesets;
    d->tally->changes += read.changes;
    pthread_mutex_unlock(&d->tally->lock);
    return rc;
}

static int write_visits(struct device *d, struct sync_report *report, struct err *err)
{
    size_t left = d->o->visits, step = d->o->every ? d->o->every : left;
    int rc = 0;
    for (size_t turn = 0; rc == 0 && left > 0; turn++) {
        size_t n = left < step ? left : step;
        rc = visits_write(d->home, n, d->o->seed ^ d->number << 32 ^ turn << 20, err);
        if (rc == 0) rc = sync_until_done(d, report, err);
        left -= n;
    }
    pthread_mutex_lock(&d->tally->lock);
    d->tally->changesets += d->o->visits;
    d->tally->changes += d->o->visits;
    pthread_mutex_unlock(&d->tally->lock);
    return rc;
}

static int count_visits(struct device *d, struct err *err)
{
    static const char *const sql[] = {"SELECT count(*) FROM visit WHERE _seq IS NOT NULL"};
    struct statements *statements;
    int rc = statements_open(d->home->db, sql, 1, &statements, err);
    if (rc) return rc;
    sqlite3_stmt *st = statement(statements, 0, err);
    rc = st ? db_row(d->home->db, st, err) : ERR_DISK;
    if (rc == 1) {
        pthread_mutex_lock(&d->tally->lock);
        d->tally->visits += (uint64_t)sqlite3_column_int64(st, 0);
        pthread_mutex_unlock(&d->tally->lock);
    }
    statements_close(statements);
    return rc < 0 ? rc : 0;
}

static int live(struct device *d, struct err *err)
{
    struct sync_report report = {0};
    int rc = enrol_once(d, err);
    if (rc == 0) rc = sync_until_done(d, &report, err);
    if (rc == 0 && !d->o->sync_only) rc = d->o->acts ? write_acts(d, &report, err) : write_visits(d, &report, err);
    if (rc == 0 && !d->o->sync_only) rc = sync_until_done(d, &report, err);
    if (rc == 0) rc = count_visits(d, err);
    pthread_mutex_lock(&d->tally->lock);
    d->tally->done += rc == 0;
    d->tally->pending += rc == 0 && report.pending > 0;
    d->tally->disagree += rc == 0 && !report.agree;
    pthread_mutex_unlock(&d->tally->lock);
    return rc;
}

int device_live(const struct laptop *l, const struct fleet_options *o, const char *homes, size_t number, struct fleet_tally *t,
                struct err *err)
{
    struct device d = {.laptop = l, .o = o, .tally = t, .number = number};
    uint64_t up = 0, down = 0;
    int rc = open_home(&d, homes, err);
    if (rc) return rc;
    rc = send_curl_open(&d.transport, o->server, 30, err);
    if (rc == 0) {
        if (o->cut > 0) send_curl_cut(&d.transport, o->cut, o->seed + number);
        rc = live(&d, err);
        send_curl_traffic(&d.transport, &up, &down);
        send_curl_close(&d.transport);
    }
    home_close(d.home);
    pthread_mutex_lock(&t->lock);
    t->bytes_up += up;
    t->bytes_down += down;
    pthread_mutex_unlock(&t->lock);
    return rc;
}
