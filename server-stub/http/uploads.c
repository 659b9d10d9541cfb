/* uploads: see uploads.h. Small bundles, which is nearly all of them, never touch the disk: their bytes stay in
 * memory while somebody sends and go to a file only when the connection ends before the bundle does.
 * Invariant: bytes of an upload = its file, then its memory; one owner at a time, under one lock. */
#include "uploads.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "partial.h"

enum { BUCKETS = 1024, MEMORY_EACH = 64 * 1024 };

struct upload {
    struct upload *next;
    char name[PARTIAL_NAME];
    void *owner;
    unsigned holders;     /* requests that still point here, superseded ones included */
    uint64_t on_disk;
    struct buf memory;
};

struct uploads {
    pthread_mutex_t lock;
    int folder;
    uint64_t disk, disk_max;
    void (*supersede)(void *owner);
    struct upload *buckets[BUCKETS];
};

static struct upload **bucket_of(struct uploads *u, const char *name)
{
    uint32_t h = 2166136261u; /* FNV-1a */

    for (; *name; name++)
        h = (h ^ (uint8_t)*name) * 16777619u;
    return &u->buckets[h % BUCKETS];
}

int uploads_open(struct uploads **out, const char *dir, uint64_t disk_max, void (*supersede)(void *owner), struct err *err)
{
    struct uploads *u = calloc(1, sizeof *u);
    unsigned removed;

    if (!u)
        return err_nomem(err);
    int rc = partial_folder(dir, &u->folder, err);
    if (rc < 0) {
        free(u);
        return rc;
    }
    pthread_mutex_init(&u->lock, NULL);
    u->disk_max = disk_max;
    u->supersede = supersede;
    u->disk = partial_scan(u->folder, 0, &removed);
    *out = u;
    return 0;
}

void uploads_close(struct uploads *u)
{
    if (!u)
        return;
    close(u->folder);
    pthread_mutex_destroy(&u->lock);
    free(u);
}

/* ---- under the lock ---- */

static struct upload *find(struct uploads *u, const char *name)
{
    struct upload *up = *bucket_of(u, name);

    while (up && strcmp(up->name, name) != 0)
        up = up->next;
    return up;
}

static struct upload *add(struct uploads *u, const char *name, struct err *err)
{
    struct upload *up = calloc(1, sizeof *up);
    struct upload **at = bucket_of(u, name);

    if (!up) {
        err_nomem(err);
        return NULL;
    }
    memcpy(up->name, name, sizeof up->name);
    buf_init(&up->memory, BUNDLE_MAX_BYTES);
    if (partial_size(u->folder, name, &up->on_disk, err) < 0) {
        free(up);
        return NULL;
    }
    up->next = *at;
    *at = up;
    return up;
}

static void forget(struct uploads *u, struct upload *up)
{
    struct upload **at = bucket_of(u, up->name);

    while (*at != up)
        at = &(*at)->next;
    *at = up->next;
    buf_free(&up->memory);
    free(up);
}

static int spill(struct uploads *u, struct upload *up, struct err *err)
{
    size_t n = up->memory.len;

    if (n == 0)
        return 0;
    if (u->disk + n > u->disk_max)
        return err_set(err, ERR_DISK, "未完成的上传已占满其空间，请稍后再试",
                       "partial uploads have used up their space: try again later");
    int rc = partial_append(u->folder, up->name, up->memory.data, n, err);
    if (rc < 0)
        return rc;
    up->on_disk += n;
    u->disk += n;
    buf_free(&up->memory);
    return 0;
}

static void drop(struct uploads *u, struct upload *up)
{
    if (up->on_disk)
        partial_drop(u->folder, up->name);
    u->disk -= up->on_disk < u->disk ? up->on_disk : u->disk;
    up->on_disk = 0;
    buf_free(&up->memory);
}

static int append(struct uploads *u, struct upload *up, const void *bytes, size_t n, struct err *err)
{
    if (up->on_disk + up->memory.len + n > BUNDLE_MAX_BYTES)
        return err_set(err, ERR_REFUSED, "数据包超过 %d 字节", "the bundle is longer than %d bytes",
                       (int)BUNDLE_MAX_BYTES);
    buf_put(&up->memory, bytes, n);
    if (up->memory.failed)
        return err_nomem(err);
    return up->memory.len < MEMORY_EACH ? 0 : spill(u, up, err);
}

/* ---- for others ---- */

static int taken_over(struct err *err)
{
    return err_set(err, ERR_BUSY, "同一上传已由新的请求接手", "a newer request has taken this upload over");
}

int upload_take(struct uploads *u, const struct push_target *target, void *owner, bool meek, struct upload **out,
                uint64_t *size, struct err *err)
{
    char name[PARTIAL_NAME];
    int rc = 0;

    partial_name(target, name);
    pthread_mutex_lock(&u->lock);
    struct upload *up = find(u, name);
    if (!up)
        up = add(u, name, err);
    if (!up) {
        rc = err && err->code ? err->code : ERR_NOMEM;
    } else if (up->owner && meek) {
        rc = taken_over(err);
    } else {
        if (up->owner)
            u->supersede(up->owner);
        up->owner = owner;
        up->holders++;
        *size = up->on_disk + up->memory.len;
        *out = up;
    }
    pthread_mutex_unlock(&u->lock);
    return rc;
}

int upload_append(struct uploads *u, struct upload *up, void *owner, const void *bytes, size_t n, struct err *err)
{
    pthread_mutex_lock(&u->lock);
    int rc = up->owner == owner ? append(u, up, bytes, n, err) : taken_over(err);
    pthread_mutex_unlock(&u->lock);
    return rc;
}

int upload_copy(struct uploads *u, struct upload *up, void *owner, struct buf *out, struct err *err)
{
    int rc = 0;

    pthread_mutex_lock(&u->lock);
    if (up->owner != owner)
        rc = taken_over(err);
    else if (up->on_disk)
        rc = partial_read(u->folder, up->name, out, err);
    if (rc >= 0) {
        buf_put(out, up->memory.data, up->memory.len);
        rc = out->failed ? err_nomem(err) : 0;
    }
    pthread_mutex_unlock(&u->lock);
    return rc;
}

void upload_leave(struct uploads *u, struct upload *up, void *owner, bool keep)
{
    pthread_mutex_lock(&u->lock);
    if (up->owner == owner) {
        up->owner = NULL;
        if (!keep || spill(u, up, NULL) < 0)
            drop(u, up);
    }
    if (--up->holders == 0)
        forget(u, up);
    pthread_mutex_unlock(&u->lock);
}

unsigned uploads_sweep(struct uploads *u, int64_t age_s)
{
    unsigned removed;

    pthread_mutex_lock(&u->lock);
    u->disk = partial_scan(u->folder, age_s, &removed);
    pthread_mutex_unlock(&u->lock);
    return removed;
}

uint64_t uploads_disk(struct uploads *u)
{
    pthread_mutex_lock(&u->lock);
    uint64_t n = u->disk;
    pthread_mutex_unlock(&u->lock);
    return n;
}
