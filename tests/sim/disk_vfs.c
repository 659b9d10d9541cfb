/* disk_vfs: the methods that SQLite calls, over the files of disk.c. Locks are those of one process and one thread:
 * whoever cannot have one is told BUSY at once. */
#include <stdlib.h>
#include <string.h>

#include "disk_impl.h"
#include "fakes.h"

struct handle {
    sqlite3_file base;
    struct disk *disk;
    struct file *file;
    int level;
    int shm_shared, shm_exclusive; /* bit masks */
    bool shm_mapped;
};

static struct handle *handle_of(sqlite3_file *f)
{
    return (struct handle *)f;
}

static bool dead(const struct handle *h)
{
    return h->file->machine >= 0 && h->disk->machines[h->file->machine].dead;
}

enum fortune { GOES, FAILS, DIES };

/* What becomes of the machine at this step. */
static enum fortune step(struct handle *h)
{
    h->disk->steps++;
    if (h->file->machine < 0) return GOES;
    struct machine *m = &h->disk->machines[h->file->machine];
    if (m->fail > 0 && --m->fail == 0) {
        h->disk->failures++;
        return FAILS;
    }
    if (m->fuse == 0 || --m->fuse > 0) return GOES;
    m->dead = true;
    return DIES;
}

static int disk_read(sqlite3_file *file, void *out, int n, sqlite3_int64 offset)
{
    struct handle *h = handle_of(file);
    const struct bytes *b = &h->file->now;
    if (dead(h)) return SQLITE_IOERR_READ;
    size_t from = (size_t)offset, want = (size_t)n;
    size_t got = from >= b->len ? 0 : b->len - from < want ? b->len - from : want;
    if (got) memcpy(out, b->data + from, got);
    if (got == want) return SQLITE_OK;
    memset((char *)out + got, 0, want - got);
    return SQLITE_IOERR_SHORT_READ;
}

static int disk_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 offset)
{
    struct handle *h = handle_of(file);
    size_t count = (size_t)n;
    if (dead(h)) return SQLITE_IOERR_WRITE;
    enum fortune now = step(h);
    if (now == FAILS) return SQLITE_FULL;
    if (now == DIES) count = h->disk->steps % 2 ? count / 2 : 0;
    if (bytes_write(&h->file->now, from, count, (size_t)offset)) return SQLITE_IOERR_NOMEM;
    if (h->file->machine >= 0 && file_hold(h->file, from, count, (size_t)offset, false)) return SQLITE_IOERR_NOMEM;
    return now == DIES ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct handle *h = handle_of(file);
    if (dead(h) || step(h)) return SQLITE_IOERR_TRUNCATE;
    bytes_truncate(&h->file->now, (size_t)size);
    if (h->file->machine >= 0 && file_hold(h->file, NULL, 0, (size_t)size, true)) return SQLITE_IOERR_NOMEM;
    return SQLITE_OK;
}

static int disk_sync(sqlite3_file *file, int flags)
{
    struct handle *h = handle_of(file);
    (void)flags;
    if (dead(h) || step(h)) return SQLITE_IOERR_FSYNC;
    file_sync(h->file);
    return SQLITE_OK;
}

static int disk_size(sqlite3_file *file, sqlite3_int64 *size)
{
    *size = (sqlite3_int64)handle_of(file)->file->now.len;
    return dead(handle_of(file)) ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

/* ---- locks of the database ---- */

static int disk_lock(sqlite3_file *file, int level)
{
    struct handle *h = handle_of(file);
    struct file *f = h->file;
    if (level <= h->level) return SQLITE_OK;
    if (f->exclusive && h->level < SQLITE_LOCK_EXCLUSIVE) return SQLITE_BUSY;
    if (level >= SQLITE_LOCK_RESERVED && f->reserved && h->level < SQLITE_LOCK_RESERVED) return SQLITE_BUSY;
    if (level == SQLITE_LOCK_EXCLUSIVE && f->shared > (h->level >= SQLITE_LOCK_SHARED)) return SQLITE_BUSY;
    if (h->level < SQLITE_LOCK_SHARED) f->shared++;
    if (level >= SQLITE_LOCK_RESERVED && h->level < SQLITE_LOCK_RESERVED) f->reserved++;
    if (level == SQLITE_LOCK_EXCLUSIVE) f->exclusive++;
    h->level = level;
    return SQLITE_OK;
}

static int disk_unlock(sqlite3_file *file, int level)
{
    struct handle *h = handle_of(file);
    struct file *f = h->file;
    if (h->level == SQLITE_LOCK_EXCLUSIVE && level < SQLITE_LOCK_EXCLUSIVE) f->exclusive--;
    if (h->level >= SQLITE_LOCK_RESERVED && level < SQLITE_LOCK_RESERVED) f->reserved--;
    if (h->level >= SQLITE_LOCK_SHARED && level < SQLITE_LOCK_SHARED) f->shared--;
    if (level < h->level) h->level = level;
    return SQLITE_OK;
}

static int disk_reserved(sqlite3_file *file, int *out)
{
    *out = handle_of(file)->file->reserved > 0;
    return SQLITE_OK;
}

static int disk_control(sqlite3_file *file, int op, void *arg)
{
    (void)file;
    (void)op;
    (void)arg;
    return SQLITE_NOTFOUND;
}

static int disk_sector(sqlite3_file *file)
{
    (void)file;
    return 4096;
}

static int disk_traits(sqlite3_file *file)
{
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* ---- the WAL's shared memory ---- */

static int shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    struct handle *h = handle_of(file);
    *out = NULL;
    if (page >= SHM_REGIONS) return SQLITE_IOERR_SHMMAP;
    h->shm_mapped = true;
    if (!h->file->shm[page] && extend) h->file->shm[page] = calloc(1, (size_t)size);
    if (!h->file->shm[page] && extend) return SQLITE_NOMEM;
    *out = h->file->shm[page];
    return SQLITE_OK;
}

static void shm_release(struct handle *h, int i)
{
    if (h->shm_exclusive & 1 << i) h->file->shm_exclusive[i] = false;
    if (h->shm_shared & 1 << i) h->file->shm_shared[i]--;
    h->shm_exclusive &= ~(1 << i);
    h->shm_shared &= ~(1 << i);
}

static int shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    struct handle *h = handle_of(file);
    struct file *f = h->file;
    bool exclusive = flags & SQLITE_SHM_EXCLUSIVE;
    for (int i = offset; i < offset + n && !(flags & SQLITE_SHM_UNLOCK); i++) {
        int others = f->shm_shared[i] - (h->shm_shared >> i & 1);
        if (f->shm_exclusive[i] && !(h->shm_exclusive & 1 << i)) return SQLITE_BUSY;
        if (exclusive && others) return SQLITE_BUSY;
    }
    for (int i = offset; i < offset + n; i++) {
        if (flags & SQLITE_SHM_UNLOCK) {
            shm_release(h, i);
        } else if (exclusive) {
            f->shm_exclusive[i] = true;
            h->shm_exclusive |= 1 << i;
        } else if (!(h->shm_shared & 1 << i)) {
            f->shm_shared[i]++;
            h->shm_shared |= 1 << i;
        }
    }
    return SQLITE_OK;
}

static void shm_barrier(sqlite3_file *file)
{
    (void)file;
}

static int shm_unmap(sqlite3_file *file, int remove)
{
    struct handle *h = handle_of(file);
    for (int i = 0; i < SQLITE_SHM_NLOCK; i++) shm_release(h, i);
    h->shm_mapped = false;
    if (remove && h->file->opened == 1) file_drop_shm(h->file);
    return SQLITE_OK;
}

static int handle_close(sqlite3_file *file)
{
    struct handle *h = handle_of(file);
    if (h->shm_mapped) shm_unmap(file, 0);
    disk_unlock(file, SQLITE_LOCK_NONE);
    h->file->opened--;
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, .xClose = handle_close, .xRead = disk_read, .xWrite = disk_write, .xTruncate = disk_truncate,
    .xSync = disk_sync, .xFileSize = disk_size, .xLock = disk_lock, .xUnlock = disk_unlock,
    .xCheckReservedLock = disk_reserved, .xFileControl = disk_control, .xSectorSize = disk_sector,
    .xDeviceCharacteristics = disk_traits, .xShmMap = shm_map, .xShmLock = shm_lock, .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

/* ---- names ---- */

static struct disk *disk_of(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    struct disk *d = disk_of(vfs);
    char made_up[FILE_NAME];
    if (!name) {
        snprintf(made_up, sizeof made_up, "temporary-%llu", (unsigned long long)fake_random(&d->random));
        name = made_up;
    }
    if (strlen(name) >= FILE_NAME) return SQLITE_CANTOPEN;
    struct file *f = disk_find(d, name);
    if (!f) f = disk_make(d, name);
    if (!f) return SQLITE_NOMEM;
    *handle_of(file) = (struct handle){.base = {&methods}, .disk = d, .file = f};
    f->opened++;
    if (out_flags) *out_flags = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    struct disk *d = disk_of(vfs);
    struct file *f = disk_find(d, name);
    (void)sync;
    if (!f) return SQLITE_IOERR_DELETE_NOENT;
    struct handle h = {.disk = d, .file = f};
    if (dead(&h) || step(&h)) return SQLITE_IOERR_DELETE;
    disk_delete(d, name);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    (void)flags;
    *out = disk_find(disk_of(vfs), name) != NULL;
    return SQLITE_OK;
}

static int vfs_path(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
    (void)vfs;
    snprintf(out, (size_t)n, "%s", name);
    return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *vfs, int n, char *out)
{
    for (int i = 0; i < n; i++) out[i] = (char)fake_random(&disk_of(vfs)->random);
    return n;
}

static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
    (void)vfs;
    return us;
}

static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
    (void)vfs;
    *out = INT64_C(212000000000000);
    return SQLITE_OK;
}

struct disk *disk_open(void)
{
    struct disk *d = calloc(1, sizeof *d);
    if (!d) return NULL;
    d->real = sqlite3_vfs_find(NULL);
    d->vfs = (sqlite3_vfs){.iVersion = 2, .szOsFile = sizeof(struct handle), .mxPathname = FILE_NAME, .zName = "sim",
                           .pAppData = d, .xOpen = vfs_open, .xDelete = vfs_delete, .xAccess = vfs_access,
                           .xFullPathname = vfs_path, .xRandomness = vfs_random, .xSleep = vfs_sleep,
                           .xCurrentTimeInt64 = vfs_time};
    if (sqlite3_vfs_register(&d->vfs, 1) == SQLITE_OK) return d;
    free(d);
    return NULL;
}

void disk_close(struct disk *d)
{
    disk_seed(d, 0);
    sqlite3_vfs_unregister(&d->vfs);
    free(d);
}
