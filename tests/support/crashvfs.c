/* crashvfs: see crashvfs.h. Wraps the default VFS; methods that are not steps go straight through. One process, one
 * thread: the state below is the test program's only global. */
#include "crashvfs.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Writes and truncates since the last sync, in order (CRASH_POWER). */
struct held {
    struct held *next;
    sqlite3_int64 offset;
    int n; /* −1: a truncate to `offset` */
    unsigned char bytes[];
};

struct crash_file {
    sqlite3_file base;
    sqlite3_file *real;
    int watched;
    struct held *first, **last;
    sqlite3_int64 size; /* as the program sees it, while anything is held */
};

static struct {
    sqlite3_vfs *real;
    char folder[512];
    enum crash_mode mode;
    long at, steps;
    int happened, full;
} crash;

void crashvfs_arm(const char *folder, enum crash_mode mode, long at)
{
    strncpy(crash.folder, folder, sizeof crash.folder - 1);
    crash.mode = mode;
    crash.at = at;
    crash.steps = 0;
    crash.happened = crash.full = 0;
}

void crashvfs_disarm(void)
{
    crash.folder[0] = 0;
    crash.at = 0;
    crash.full = 0;
}

void crashvfs_space(void)
{
    crash.full = 0;
}

long crashvfs_steps(void)
{
    return crash.steps;
}

int crashvfs_happened(void)
{
    return crash.happened;
}

/* 1: this step is the one. */
static int step(void)
{
    if (!crash.folder[0]) return 0;
    crash.steps++;
    if (crash.at == 0 || crash.steps != crash.at) return 0;
    crash.happened = 1;
    return 1;
}

void crashvfs_step(void)
{
    if (step() && (crash.mode == CRASH_KILL || crash.mode == CRASH_POWER)) _exit(CRASH_STATUS);
}

/* 0, or the SQLite code with which the step fails. */
static int disk_step(int failure)
{
    if (step()) {
        if (crash.mode == CRASH_KILL || crash.mode == CRASH_POWER) _exit(CRASH_STATUS);
        if (crash.mode == CRASH_FULL) crash.full = 1;
        if (crash.mode == CRASH_FAIL) return failure;
    }
    return crash.full ? failure : 0;
}

static struct crash_file *file_of(sqlite3_file *f)
{
    return (struct crash_file *)f;
}

/* ---- what is held until the next sync ---- */

static int holds(const struct crash_file *f)
{
    return f->watched && crash.folder[0] && crash.mode == CRASH_POWER;
}

static int hold(struct crash_file *f, const void *bytes, int n, sqlite3_int64 offset)
{
    struct held *h = malloc(sizeof *h + (size_t)(n > 0 ? n : 0));
    if (!h) return SQLITE_NOMEM;
    if (!f->first && f->real->pMethods->xFileSize(f->real, &f->size) != SQLITE_OK) f->size = 0;
    *h = (struct held){.offset = offset, .n = n};
    if (n > 0) memcpy(h->bytes, bytes, (size_t)n);
    if (!f->first) f->last = &f->first;
    *f->last = h;
    f->last = &h->next;
    if (n < 0) f->size = offset;
    else if (offset + n > f->size) f->size = offset + n;
    return SQLITE_OK;
}

static int let_go(struct crash_file *f)
{
    int rc = SQLITE_OK;
    while (f->first) {
        struct held *h = f->first;
        if (rc == SQLITE_OK && h->n < 0) rc = f->real->pMethods->xTruncate(f->real, h->offset);
        else if (rc == SQLITE_OK) rc = f->real->pMethods->xWrite(f->real, h->bytes, h->n, h->offset);
        f->first = h->next;
        free(h);
    }
    return rc;
}

/* Lays what is held over what was read from the file. */
static void lay(const struct held *h, unsigned char *out, int n, sqlite3_int64 offset)
{
    sqlite3_int64 from = h->offset > offset ? h->offset : offset;
    sqlite3_int64 to = h->n < 0 ? offset + n : h->offset + h->n < offset + n ? h->offset + h->n : offset + n;
    if (from >= to) return;
    if (h->n < 0) memset(out + (from - offset), 0, (size_t)(to - from));
    else memcpy(out + (from - offset), h->bytes + (from - h->offset), (size_t)(to - from));
}

static int read_held(struct crash_file *f, void *out, int n, sqlite3_int64 offset)
{
    int rc = f->real->pMethods->xRead(f->real, out, n, offset); /* a short read fills with zeros */
    if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ) return rc;
    for (const struct held *h = f->first; h; h = h->next)
        lay(h, out, n, offset);
    return offset + n <= f->size ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

/* ---- methods that are steps ---- */

static int crash_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 offset)
{
    struct crash_file *f = file_of(file);
    if (f->watched) {
        int due = crash.at && crash.folder[0] && crash.steps + 1 == crash.at;
        if (due && crash.mode == CRASH_KILL && crash.at % 2 == 0)
            f->real->pMethods->xWrite(f->real, bytes, n / 2, offset);
        int rc = disk_step(SQLITE_FULL);
        if (rc) return rc;
    }
    if (holds(f)) return hold(f, bytes, n, offset);
    return f->real->pMethods->xWrite(f->real, bytes, n, offset);
}

static int crash_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct crash_file *f = file_of(file);
    int rc = f->watched ? disk_step(SQLITE_IOERR_TRUNCATE) : 0;
    if (rc) return rc;
    return holds(f) ? hold(f, NULL, -1, size) : f->real->pMethods->xTruncate(f->real, size);
}

static int crash_sync(sqlite3_file *file, int flags)
{
    struct crash_file *f = file_of(file);
    int rc = f->watched ? disk_step(SQLITE_IOERR_FSYNC) : 0;
    if (rc) return rc;
    rc = let_go(f);
    return rc ? rc : f->real->pMethods->xSync(f->real, flags);
}

/* ---- methods that see what is held ---- */

static int crash_read(sqlite3_file *file, void *out, int n, sqlite3_int64 offset)
{
    struct crash_file *f = file_of(file);
    if (f->first) return read_held(f, out, n, offset);
    return f->real->pMethods->xRead(f->real, out, n, offset);
}

static int crash_size(sqlite3_file *file, sqlite3_int64 *size)
{
    struct crash_file *f = file_of(file);
    if (!f->first) return f->real->pMethods->xFileSize(f->real, size);
    *size = f->size;
    return SQLITE_OK;
}

static int crash_close(sqlite3_file *file)
{
    struct crash_file *f = file_of(file);
    let_go(f);
    int rc = f->real->pMethods->xClose(f->real);
    free(f->real);
    f->real = NULL;
    return rc;
}

/* ---- methods that go through ---- */

static int crash_lock(sqlite3_file *f, int level)
{
    return file_of(f)->real->pMethods->xLock(file_of(f)->real, level);
}
static int crash_unlock(sqlite3_file *f, int level)
{
    return file_of(f)->real->pMethods->xUnlock(file_of(f)->real, level);
}
static int crash_reserved(sqlite3_file *f, int *out)
{
    return file_of(f)->real->pMethods->xCheckReservedLock(file_of(f)->real, out);
}
static int crash_control(sqlite3_file *f, int op, void *arg)
{
    return file_of(f)->real->pMethods->xFileControl(file_of(f)->real, op, arg);
}
static int crash_sector(sqlite3_file *f)
{
    return file_of(f)->real->pMethods->xSectorSize(file_of(f)->real);
}
static int crash_traits(sqlite3_file *f)
{
    return file_of(f)->real->pMethods->xDeviceCharacteristics(file_of(f)->real);
}
static int crash_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return file_of(f)->real->pMethods->xShmMap(file_of(f)->real, page, size, extend, out);
}
static int crash_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return file_of(f)->real->pMethods->xShmLock(file_of(f)->real, offset, n, flags);
}
static void crash_shm_barrier(sqlite3_file *f)
{
    file_of(f)->real->pMethods->xShmBarrier(file_of(f)->real);
}
static int crash_shm_unmap(sqlite3_file *f, int remove)
{
    return file_of(f)->real->pMethods->xShmUnmap(file_of(f)->real, remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, .xClose = crash_close, .xRead = crash_read, .xWrite = crash_write, .xTruncate = crash_truncate,
    .xSync = crash_sync, .xFileSize = crash_size, .xLock = crash_lock, .xUnlock = crash_unlock,
    .xCheckReservedLock = crash_reserved, .xFileControl = crash_control, .xSectorSize = crash_sector,
    .xDeviceCharacteristics = crash_traits, .xShmMap = crash_shm_map, .xShmLock = crash_shm_lock,
    .xShmBarrier = crash_shm_barrier, .xShmUnmap = crash_shm_unmap,
};

static int watched(const char *name)
{
    return name && crash.folder[0] && strncmp(name, crash.folder, strlen(crash.folder)) == 0;
}

static int crash_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    struct crash_file *f = file_of(file);
    (void)vfs;
    *f = (struct crash_file){.watched = watched(name)};
    f->real = calloc(1, (size_t)crash.real->szOsFile);
    if (!f->real) return SQLITE_NOMEM;
    int rc = crash.real->xOpen(crash.real, name, f->real, flags, out_flags);
    if (rc == SQLITE_OK) f->base.pMethods = &methods;
    else free(f->real);
    return rc;
}

static int crash_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    int rc = watched(name) ? disk_step(SQLITE_IOERR_DELETE) : 0;
    return rc ? rc : crash.real->xDelete(crash.real, name, sync);
}

int crashvfs_register(void)
{
    static sqlite3_vfs vfs;
    if (crash.real) return SQLITE_OK;
    crash.real = sqlite3_vfs_find(NULL);
    vfs = *crash.real; /* everything else is the default's: its pAppData and its functions fit together */
    vfs.szOsFile = sizeof(struct crash_file);
    vfs.zName = "crash";
    vfs.pNext = NULL;
    vfs.xOpen = crash_open;
    vfs.xDelete = crash_delete;
    return sqlite3_vfs_register(&vfs, 1);
}
