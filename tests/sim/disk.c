/* disk: see disk.h. Files, machines and crashes; the methods that SQLite calls stand in disk_vfs.c. */
#include "disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk_impl.h"
#include "fakes.h"

/* ---- bytes ---- */

int bytes_write(struct bytes *b, const void *from, size_t n, size_t offset)
{
    size_t end = offset + n;
    if (end > b->cap) {
        size_t cap = b->cap ? b->cap : 16384;
        while (cap < end) cap *= 2;
        unsigned char *data = realloc(b->data, cap);
        if (!data) return -1;
        memset(data + b->cap, 0, cap - b->cap);
        b->data = data;
        b->cap = cap;
    }
    if (offset > b->len) memset(b->data + b->len, 0, offset - b->len);
    memcpy(b->data + offset, from, n);
    if (end > b->len) b->len = end;
    return 0;
}

void bytes_truncate(struct bytes *b, size_t n)
{
    if (n < b->len) b->len = n;
}

static int bytes_copy(struct bytes *to, const struct bytes *from)
{
    to->len = 0;
    return from->len ? bytes_write(to, from->data, from->len, 0) : 0;
}

/* ---- files ---- */

struct file *disk_find(struct disk *d, const char *name)
{
    for (struct file *f = d->files; f; f = f->next)
        if (strcmp(f->name, name) == 0) return f;
    return NULL;
}

static int machine_of(const struct disk *d, const char *name)
{
    for (int i = 0; i < d->machine_count; i++) {
        size_t n = strlen(d->machines[i].folder);
        if (strncmp(name, d->machines[i].folder, n) == 0 && name[n] == '/') return i;
    }
    return -1;
}

struct file *disk_make(struct disk *d, const char *name)
{
    struct file *f = calloc(1, sizeof *f);
    if (!f) return NULL;
    snprintf(f->name, sizeof f->name, "%s", name);
    f->machine = machine_of(d, name);
    f->held_end = &f->held;
    f->next = d->files;
    d->files = f;
    return f;
}

static void drop_held(struct file *f)
{
    while (f->held) {
        struct held *h = f->held;
        f->held = h->next;
        free(h);
    }
    f->held_end = &f->held;
}

void file_drop_shm(struct file *f)
{
    for (size_t i = 0; i < SHM_REGIONS; i++) {
        free(f->shm[i]);
        f->shm[i] = NULL;
    }
}

static void free_file(struct file *f)
{
    drop_held(f);
    file_drop_shm(f);
    free(f->now.data);
    free(f->durable.data);
    free(f);
}

void disk_delete(struct disk *d, const char *name)
{
    for (struct file **at = &d->files; *at; at = &(*at)->next) {
        struct file *f = *at;
        if (strcmp(f->name, name) != 0 || f->opened) continue;
        *at = f->next;
        free_file(f);
        return;
    }
}

/* ---- what is not synced ---- */

int file_hold(struct file *f, const void *bytes, size_t n, size_t offset, bool truncate)
{
    struct held *h = malloc(sizeof *h + n);
    if (!h) return -1;
    *h = (struct held){.offset = offset, .n = n, .truncate = truncate};
    if (n) memcpy(h->bytes, bytes, n);
    *f->held_end = h;
    f->held_end = &h->next;
    return 0;
}

static void settle(struct file *f, const struct held *h, size_t n)
{
    if (h->truncate) bytes_truncate(&f->durable, h->offset);
    else if (n) bytes_write(&f->durable, h->bytes, n, h->offset);
}

void file_sync(struct file *f)
{
    for (const struct held *h = f->held; h; h = h->next) settle(f, h, h->n);
    drop_held(f);
}

enum { SECTOR = 512, LOSE_ALL = 0, KEEP_FIRST = 1, KEEP_SOME = 2, LOSSES = 3 };

/* Disks finish writes in any order, and tear the one under way between two sectors. */
static void lose(struct disk *d, struct file *f)
{
    unsigned way = (unsigned)(fake_random(&d->random) % LOSSES);
    bool going = way != LOSE_ALL;
    for (const struct held *h = f->held; h && going; h = h->next) {
        uint64_t dice = fake_random(&d->random);
        if (way == KEEP_SOME && dice % 2) continue;
        bool torn = dice % 8 == 0;
        settle(f, h, torn ? h->n / 2 / SECTOR * SECTOR : h->n);
        if (torn && way == KEEP_FIRST) going = false;
    }
    drop_held(f);
    bytes_copy(&f->now, &f->durable);
}

/* ---- machines ---- */

int disk_machine(struct disk *d, const char *folder)
{
    if (d->machine_count == MACHINES || strlen(folder) >= sizeof d->machines[0].folder) return -1;
    struct machine *m = &d->machines[d->machine_count];
    *m = (struct machine){0};
    memcpy(m->folder, folder, strlen(folder) + 1);
    return d->machine_count++;
}

void disk_arm(struct disk *d, int machine, long steps)
{
    d->machines[machine].fuse = steps;
}

void disk_fail(struct disk *d, int machine, long steps)
{
    d->machines[machine].fail = steps;
}

unsigned long disk_failures(const struct disk *d)
{
    return d->failures;
}

bool disk_dead(const struct disk *d, int machine)
{
    return d->machines[machine].dead;
}

void disk_crash(struct disk *d, int machine, enum disk_loss loss)
{
    for (struct file *f = d->files; f; f = f->next) {
        if (f->machine != machine) continue;
        if (loss == DISK_POWER) lose(d, f);
        else file_sync(f); /* the system's cache outlives a process */
        file_drop_shm(f);
    }
    d->machines[machine].dead = false;
    d->machines[machine].fuse = d->machines[machine].fail = 0;
}

int disk_copy(struct disk *d, int from, int to)
{
    char name[FILE_NAME];
    size_t n = strlen(d->machines[from].folder);
    for (struct file *f = d->files; f; f = f->next) {
        if (f->machine != from) continue;
        int length = snprintf(name, sizeof name, "%s%s", d->machines[to].folder, f->name + n);
        struct file *copy = length < (int)sizeof name ? disk_make(d, name) : NULL;
        if (!copy || bytes_copy(&copy->now, &f->now) || bytes_copy(&copy->durable, &f->now)) return -1;
    }
    return 0;
}

uint64_t disk_steps(const struct disk *d)
{
    return d->steps;
}

void disk_seed(struct disk *d, uint64_t seed)
{
    while (d->files) {
        struct file *f = d->files;
        d->files = f->next;
        free_file(f);
    }
    d->machine_count = 0;
    d->steps = d->failures = 0;
    d->random = seed;
    sqlite3_randomness(0, NULL); /* SQLite's own dice start anew, from this disk's */
}
