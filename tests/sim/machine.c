/* machine: server and laptops start, die and come back. Invariant: what a capture confirmed is in the journal after
 * every restart (P1), and what the journal showed once is what it shows for ever. */
#include <stdio.h>
#include <string.h>

#include "journal.h"
#include "sim.h"

enum { LOG_MEMORY = 64 * 1024 * 1024, STARTS = 20 };

int server_start(struct sim *s)
{
    struct err err = {0};
    char folder[200];
    snprintf(folder, sizeof folder, "%s/server", s->dir);
    int rc = loopback_open(&s->server, folder, &s->env, &err);
    if (rc == 0) loopback_quiet(s->server);
    return rc;
}

void server_stop(struct sim *s)
{
    loopback_close(s->server);
    s->server = NULL;
}

void laptop_stop(struct laptop *l)
{
    home_close(l->home);
    l->home = NULL;
}

static void say_change(const struct laptop *l, const struct changeset *cs, size_t i)
{
    static const char *const ops[] = {"?", "put", "set", "delete"};
    const struct change *c = &cs->changes[i];
    const struct schema_table *t = schema_table(l->home->schema, c->table);
    char row[80], value[100], words[240] = "";
    size_t n = 0;
    sim_row_text(t, c->op == CHANGE_PUT ? row_id_make(l->origin, cs->seq, (unsigned)i) : c->id, row);
    for (size_t k = 0; k < c->count && n < sizeof words - 1; k++) {
        const struct schema_column *column = schema_column(t, c->cells[k].column);
        sim_value_text(column, c->cells[k].removed.kind != VALUE_NULL ? &c->cells[k].removed : &c->cells[k].value, value, sizeof value);
        n += (size_t)snprintf(words + n, sizeof words - n, " %s%s=%s", column->name, c->cells[k].removed.kind != VALUE_NULL ? "-" : "", value);
    }
    printf("    entry %llu base %llu day %lld: %s %s%s\n", (unsigned long long)cs->seq, (unsigned long long)cs->base,
            (long long)cs->observed, ops[c->op], row, words);
}

static void log_entry(struct laptop *l, const struct changeset *cs)
{
    struct logged *e = &l->log[l->log_count];
    struct sim *s = l->sim;
    struct err err = {0};
    *e = (struct logged){.cs = *cs};
    if (journal_hash(l->home, cs->seq, &e->hash, &err)) sim_fail(s, "P1", "%s: no hash of entry %llu: %s", l->folder, (unsigned long long)cs->seq, err.en);
    l->log_count++;
    for (size_t i = 0; i < cs->count && s->verbose; i++) say_change(l, cs, i);
    for (size_t i = 0; i < cs->count && s->row_count < SIM_ROWS; i++) {
        const struct change *c = &cs->changes[i];
        if (c->op == CHANGE_PUT)
            s->rows[s->row_count++] = (struct known){c->table, row_id_make(l->origin, cs->seq, (unsigned)i)};
    }
}

/* New entries of the laptop's journal, into the simulation's own copy. */
void laptop_read_log(struct laptop *l)
{
    struct sim *s = l->sim;
    struct journal_head head;
    struct changeset *list;
    size_t got = 0;
    struct err err = {0};
    int rc = journal_head(l->home, &head, &err);
    if (rc == 0 && head.seq < l->log_count)
        sim_fail(s, "P1", "%s: the journal ends at %llu, it had %zu", l->folder, (unsigned long long)head.seq, l->log_count);
    if (rc == 0 && head.seq > l->log_count && head.seq <= SIM_LOG)
        rc = journal_read(l->home, l->log_count + 1, SIM_LOG, SIZE_MAX / 2, &s->arena, &list, &got, &err);
    for (size_t i = 0; i < got && rc == 0; i++) log_entry(l, &list[i]);
    if (rc) sim_fail(s, "P1", "%s: the journal cannot be read: %s", l->folder, err.en);
    if (rc == 0 && l->log_count < l->confirmed)
        sim_fail(s, "P1", "%s: entry %llu was confirmed and is gone", l->folder, (unsigned long long)l->confirmed);
}

int laptop_start(struct laptop *l)
{
    struct err err = {0};
    unsigned long failures = disk_failures(l->sim->disk);
    int rc = home_open(&l->home, l->folder, DB_WRITE, l->sim->schemas[l->version], &l->env, &err);
    if (rc == 0) laptop_read_log(l);
    else if (!disk_dead(l->sim->disk, l->machine) && disk_failures(l->sim->disk) == failures) sim_fail(l->sim, "P1", "%s does not open: %s", l->folder, err.en);
    return rc;
}

/* Dies for good or by half, and now and then once more while it starts. */
static void crash(struct sim *s, int machine)
{
    enum disk_loss loss = sim_chance(s, 60) ? DISK_POWER : DISK_KILL;
    s->count.crashes++;
    disk_crash(s->disk, machine, loss);
    if (s->trouble && sim_chance(s, 25)) disk_arm(s->disk, machine, 1 + (long)sim_below(s, 12));
    sim_say(s, "machine %d crashed (%s)", machine, loss == DISK_POWER ? "power" : "kill");
}

static void laptop_recover(struct laptop *l)
{
    struct sim *s = l->sim;
    for (int i = 0; i < STARTS && !s->failed; i++) {
        bool is_dead = disk_dead(s->disk, l->machine);
        if (l->home && !is_dead) return;
        laptop_stop(l);
        if (is_dead) crash(s, l->machine);
        laptop_start(l);
    }
}

static void server_recover(struct sim *s)
{
    for (int i = 0; i < STARTS && !s->failed; i++) {
        bool is_dead = disk_dead(s->disk, s->server_machine);
        if (s->server && !is_dead) break;
        server_stop(s);
        if (is_dead) crash(s, s->server_machine);
        unsigned long failures = disk_failures(s->disk);
        if (server_start(s) && !disk_dead(s->disk, s->server_machine) && disk_failures(s->disk) == failures)
            sim_fail(s, "P1", "the server does not open");
    }
    if (!s->failed) net_settle_doubt(s);
}

void machines_recover(struct sim *s)
{
    server_recover(s);
    for (size_t i = 0; i < s->laptop_count && !s->failed; i++) laptop_recover(&s->laptops[i]);
}
