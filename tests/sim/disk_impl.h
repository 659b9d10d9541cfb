/* disk_impl: shared by disk.c (files, machines, crashes) and disk_vfs.c (what SQLite calls). */
#ifndef ZHUCUN_SIM_DISK_IMPL_H
#define ZHUCUN_SIM_DISK_IMPL_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdio.h>

#include "disk.h"

enum { MACHINES = 40, FILE_NAME = 256, SHM_REGIONS = 8 };

struct bytes {
    unsigned char *data;
    size_t len, cap;
};

struct held { /* a write or truncate since the last sync */
    struct held *next;
    size_t offset, n;
    bool truncate;
    unsigned char bytes[];
};

struct file {
    struct file *next;
    char name[FILE_NAME];
    int machine;             /* −1: of none, never crashes */
    int opened;
    struct bytes now, durable;
    struct held *held, **held_end;
    int shared, reserved, exclusive; /* connections that hold these locks */
    void *shm[SHM_REGIONS];
    int shm_shared[SQLITE_SHM_NLOCK];
    bool shm_exclusive[SQLITE_SHM_NLOCK];
};

struct machine {
    char folder[200];
    long fuse, fail;
    bool dead;
};

struct disk {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    struct file *files;
    struct machine machines[MACHINES];
    int machine_count;
    uint64_t random, steps;
    unsigned long failures;
};

int bytes_write(struct bytes *b, const void *from, size_t n, size_t offset);
void bytes_truncate(struct bytes *b, size_t n);
struct file *disk_find(struct disk *d, const char *name);
struct file *disk_make(struct disk *d, const char *name);
void disk_delete(struct disk *d, const char *name);
int file_hold(struct file *f, const void *bytes, size_t n, size_t offset, bool truncate);
void file_sync(struct file *f);
void file_drop_shm(struct file *f);

#endif
