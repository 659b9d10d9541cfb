/* sealed: the VFS itself — which files there are, and that all of them go through the cipher; sealed_file.c has how. */
#include "sealed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sealed_vfs {
    sqlite3_vfs base;
    sqlite3_vfs *under;
    const struct db_cipher *cipher;
    bool saw_plain;
    char name[40];
};

static struct sealed_vfs *vfs_of(sqlite3_vfs *v)
{
    return (struct sealed_vfs *)v;
}

/* False: a file that is none of ours, which SQLite would write in the clear. */
static bool kind_of(int flags, enum sealed_kind *kind)
{
    static const struct {
        int flag;
        enum sealed_kind kind;
    } kinds[] = {{SQLITE_OPEN_MAIN_DB, SEALED_MAIN},
                 {SQLITE_OPEN_WAL, SEALED_WAL},
                 {SQLITE_OPEN_MAIN_JOURNAL, SEALED_JOURNAL},
                 {SQLITE_OPEN_SUBJOURNAL, SEALED_SAVEPOINTS}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        *kind = kinds[i].kind;
        if (flags & kinds[i].flag) return true;
    }
    return false;
}

/* "x-wal" is "x-swal" here, "x-journal" "x-sjournal". malloc'ed, with the two NULs that SQLite ends names with. */
static char *own_name(const char *name)
{
    size_t n = strlen(name);
    const char *dash = strrchr(name, '-');
    bool other = dash && (strcmp(dash, "-wal") == 0 || strcmp(dash, "-journal") == 0);
    size_t before = other ? (size_t)(dash - name) + 1 : n;
    char *out = calloc(1, n + 4);
    if (out != NULL) snprintf(out, n + 2, "%.*s%s%s", (int)before, name, other ? "s" : "", name + before);
    return out;
}

/* Opened as an encrypted one, its WAL would look empty, and be lost. */
static bool is_plain(struct sealed_file *f)
{
    static const char magic[16] = "SQLite format 3";
    char start[sizeof magic];
    if (f->kind != SEALED_MAIN || f->under->pMethods->xRead(f->under, start, sizeof start, 0) != SQLITE_OK) return false;
    return memcmp(start, magic, sizeof magic) == 0;
}

static int open_under(struct sealed_vfs *v, struct sealed_file *f, const char *name, int flags, int *out_flags)
{
    const char *path = name;
    if (f->kind == SEALED_WAL || f->kind == SEALED_JOURNAL) {
        path = f->name = own_name(name);
        if (path == NULL) return SQLITE_NOMEM;
    }
    int rc = v->under->xOpen(v->under, path, f->under, flags, out_flags);
    if (rc != SQLITE_OK || !is_plain(f)) return rc;
    v->saw_plain = true;
    f->under->pMethods->xClose(f->under);
    return SQLITE_NOTADB;
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    struct sealed_vfs *v = vfs_of(vfs);
    struct sealed_file *f = (struct sealed_file *)file;
    enum sealed_kind kind;
    memset(f, 0, sizeof *f);
    if (!kind_of(flags, &kind)) return SQLITE_CANTOPEN;
    f->under = (sqlite3_file *)(f + 1);
    f->kind = kind;
    f->cipher = v->cipher;
    f->page_end = -1;
    f->key = v->cipher->begin(v->cipher->ctx);
    int rc = f->key ? open_under(v, f, name, flags, out_flags) : SQLITE_NOMEM;
    if (rc == SQLITE_OK) {
        f->base.pMethods = &sealed_methods;
        return SQLITE_OK;
    }
    if (f->key) v->cipher->end(f->key);
    free(f->name);
    return rc;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    sqlite3_vfs *u = vfs_of(vfs)->under;
    char *own = own_name(name);
    int rc = own ? u->xDelete(u, own, sync) : SQLITE_NOMEM;
    free(own);
    return rc;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    sqlite3_vfs *u = vfs_of(vfs)->under;
    char *own = own_name(name);
    int rc = own ? u->xAccess(u, own, flags, out) : SQLITE_NOMEM;
    free(own);
    return rc;
}

static int vfs_path(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
    sqlite3_vfs *u = vfs_of(vfs)->under;
    return u->xFullPathname(u, name, n, out);
}

static int vfs_random(sqlite3_vfs *vfs, int n, char *out)
{
    sqlite3_vfs *u = vfs_of(vfs)->under;
    return u->xRandomness(u, n, out);
}

static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
    sqlite3_vfs *u = vfs_of(vfs)->under;
    return u->xSleep(u, us);
}

static int vfs_time(sqlite3_vfs *vfs, double *out)
{
    sqlite3_vfs *u = vfs_of(vfs)->under;
    return u->xCurrentTime(u, out);
}

static int vfs_error(sqlite3_vfs *vfs, int n, char *out)
{
    sqlite3_vfs *u = vfs_of(vfs)->under;
    return u->xGetLastError ? u->xGetLastError(u, n, out) : 0;
}

int sealed_open(struct sealed_vfs **out, const struct db_cipher *cipher, struct err *err)
{
    struct sealed_vfs *v = *out = calloc(1, sizeof *v);
    if (v == NULL) return err_nomem(err);
    v->under = sqlite3_vfs_find(NULL);
    v->cipher = cipher;
    snprintf(v->name, sizeof v->name, "zhucun-%p", (void *)v);
    v->base = (sqlite3_vfs){.iVersion = 1,
                            .szOsFile = (int)sizeof(struct sealed_file) + v->under->szOsFile,
                            .mxPathname = v->under->mxPathname,
                            .zName = v->name,
                            .xOpen = vfs_open,
                            .xDelete = vfs_delete,
                            .xAccess = vfs_access,
                            .xFullPathname = vfs_path,
                            .xRandomness = vfs_random,
                            .xSleep = vfs_sleep,
                            .xCurrentTime = vfs_time,
                            .xGetLastError = vfs_error};
    if (sqlite3_vfs_register(&v->base, 0) == SQLITE_OK) return 0;
    free(v);
    *out = NULL;
    return err_nomem(err);
}

const char *sealed_name(const struct sealed_vfs *v)
{
    return v ? v->name : NULL;
}

bool sealed_saw_plain(const struct sealed_vfs *v)
{
    return v != NULL && v->saw_plain;
}

void sealed_close(struct sealed_vfs *v)
{
    if (v == NULL) return;
    sqlite3_vfs_unregister(&v->base);
    free(v);
}
