/* sealed_file: reading and writing through the cipher. sealed.h has the layouts. */
#include <stdlib.h>
#include <string.h>

#include "sealed.h"

enum { BESIDE = DB_CIPHER_BESIDE, CONTENT = SEALED_PAGE - BESIDE, WAL_HEADER = 32, FRAME_HEADER = 24, FRAME_BLOCK = 8 };
enum { FRAME = FRAME_HEADER + SEALED_PAGE, PLACE = 12, CHECKSUM = 4, HEADER = 100 };

static struct sealed_file *file_of(sqlite3_file *f)
{
    return (struct sealed_file *)f;
}

static int under_read(struct sealed_file *f, void *out, int n, int64_t at)
{
    return f->under->pMethods->xRead(f->under, out, n, at);
}

static int under_write(struct sealed_file *f, const void *from, int n, int64_t at)
{
    return f->under->pMethods->xWrite(f->under, from, n, at);
}

/* ---- a page ---- */

static void put_place(const struct sealed_file *f, int64_t at, uint8_t place[PLACE])
{
    static const char labels[][5] = {[SEALED_MAIN] = "db: ", [SEALED_WAL] = "wal:", [SEALED_JOURNAL] = "jnl:", [SEALED_SAVEPOINTS] = "sub:"};
    uint64_t where = f->kind == SEALED_MAIN ? (uint64_t)(at / SEALED_PAGE) + 1 : (uint64_t)at;
    memcpy(place, labels[f->kind], 4);
    for (int i = 0; i < 8; i++) place[4 + i] = (uint8_t)(where >> (56 - 8 * i));
}

static int page_read(struct sealed_file *f, int64_t at, uint8_t page[SEALED_PAGE])
{
    uint8_t place[PLACE];
    int rc = under_read(f, page, SEALED_PAGE, at);
    if (rc != SQLITE_OK) return rc;
    put_place(f, at, place);
    memcpy(f->beside, page + CONTENT, BESIDE);
    f->page_end = at + SEALED_PAGE;
    if (f->cipher->open(f->key, place, PLACE, page, CONTENT, f->beside) != 0) return SQLITE_IOERR_DATA;
    memset(page + CONTENT, 0, BESIDE);
    return SQLITE_OK;
}

static int page_write(struct sealed_file *f, int64_t at, const uint8_t page[SEALED_PAGE])
{
    uint8_t place[PLACE], sealed[SEALED_PAGE];
    put_place(f, at, place);
    memcpy(sealed, page, CONTENT);
    if (f->cipher->seal(f->key, place, PLACE, sealed, CONTENT, f->beside) != 0) return SQLITE_IOERR_WRITE;
    memcpy(sealed + CONTENT, f->beside, BESIDE);
    f->page_end = at + SEALED_PAGE;
    return under_write(f, sealed, SEALED_PAGE, at);
}

/* ---- main file ---- */

/* What every such file begins with: SQLite's magic, page size, WAL, bytes left alone, payload fractions; the rest, which
 * SQLite looks at here only to see whether it has changed, is 0. */
static void common_header(uint8_t out[HEADER])
{
    static const uint8_t start[] = "SQLite format 3\0\x10\0\2\2\x20\x40\x20\x20";
    memset(out, 0, HEADER);
    memcpy(out, start, sizeof start - 1);
}

static int main_read(struct sealed_file *f, void *out, int n, int64_t at)
{
    uint8_t page[SEALED_PAGE];
    int64_t within = at % SEALED_PAGE;
    if (within == 0 && n == SEALED_PAGE) return page_read(f, at, out);
    if (within + n > SEALED_PAGE) return SQLITE_IOERR_READ;
    int rc = page_read(f, at - within, page);
    if (rc == SQLITE_IOERR_DATA && at < HEADER && at + n <= HEADER) {
        common_header(page);
        rc = SQLITE_OK;
    }
    if (rc == SQLITE_OK) memcpy(out, page + within, (size_t)n);
    if (rc == SQLITE_IOERR_SHORT_READ) memset(out, 0, (size_t)n);
    return rc;
}

/* ---- WAL ---- */

static int frame_header(struct sealed_file *f, int64_t at, uint8_t header[FRAME_HEADER])
{
    int rc = under_read(f, header, FRAME_HEADER, at);
    if (rc == SQLITE_OK && f->cipher->block(f->key, false, header + FRAME_BLOCK) != 0) rc = SQLITE_IOERR_READ;
    return rc;
}

/* The part of a frame, or of the header, in which `at` lies: its bytes from there. *len: how many. */
static int wal_part(struct sealed_file *f, int64_t at, bool from_header, uint8_t page[SEALED_PAGE], const uint8_t **bytes,
                    int *len)
{
    int rc;
    int64_t within = at < WAL_HEADER ? at : (at - WAL_HEADER) % FRAME;
    int64_t start = at - within;
    *len = (int)((at < WAL_HEADER ? WAL_HEADER : within < FRAME_HEADER ? FRAME_HEADER : FRAME) - within);
    *bytes = page + within;
    if (at < WAL_HEADER) return under_read(f, page, WAL_HEADER, 0);
    if (within < FRAME_HEADER) return frame_header(f, start, page);
    *bytes = page + within - FRAME_HEADER;
    rc = page_read(f, start + FRAME_HEADER, page);
    if (rc == SQLITE_IOERR_DATA && from_header) {
        memset(page, 0, SEALED_PAGE);
        rc = SQLITE_OK;
    }
    return rc;
}

static int wal_read(struct sealed_file *f, void *out, int n, int64_t at)
{
    bool from_header = at >= WAL_HEADER && (at - WAL_HEADER) % FRAME == 0;
    uint8_t page[SEALED_PAGE], *to = out;
    int rc = SQLITE_OK;
    while (n > 0 && rc == SQLITE_OK) {
        const uint8_t *bytes;
        int len;
        rc = wal_part(f, at, from_header, page, &bytes, &len);
        if (rc != SQLITE_OK) break;
        if (len > n) len = n;
        memcpy(to, bytes, (size_t)len);
        to += len;
        at += len;
        n -= len;
    }
    if (rc == SQLITE_IOERR_SHORT_READ) memset(to, 0, (size_t)n);
    return rc;
}

static int wal_write(struct sealed_file *f, const void *from, int n, int64_t at)
{
    uint8_t header[FRAME_HEADER];
    if (at < WAL_HEADER) return at + n <= WAL_HEADER ? under_write(f, from, n, at) : SQLITE_IOERR_WRITE;
    int64_t within = (at - WAL_HEADER) % FRAME;
    if (within == FRAME_HEADER && n == SEALED_PAGE) return page_write(f, at, from);
    if (within != 0 || n != FRAME_HEADER) return SQLITE_IOERR_WRITE;
    memcpy(header, from, FRAME_HEADER);
    if (f->cipher->block(f->key, true, header + FRAME_BLOCK) != 0) return SQLITE_IOERR_WRITE;
    return under_write(f, header, FRAME_HEADER, at);
}

/* ---- journal ---- */

static bool is_journal_header(const void *bytes)
{
    static const uint8_t magic[] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7}; /* no page begins so */
    return memcmp(bytes, magic, sizeof magic) == 0;
}

static bool is_checksum(const struct sealed_file *f, int n, int64_t at)
{
    return f->kind == SEALED_JOURNAL && n == CHECKSUM && at == f->page_end;
}

static int mask_checksum(struct sealed_file *f, uint8_t bytes[CHECKSUM])
{
    uint8_t block[DB_CIPHER_BLOCK];
    memcpy(block, f->beside, sizeof block);
    if (f->cipher->block(f->key, true, block) != 0) return SQLITE_IOERR;
    for (int i = 0; i < CHECKSUM; i++) bytes[i] ^= block[i];
    return SQLITE_OK;
}

static int journal_read(struct sealed_file *f, void *out, int n, int64_t at)
{
    if (n == SEALED_PAGE) return page_read(f, at, out);
    int rc = under_read(f, out, n, at);
    return rc == SQLITE_OK && is_checksum(f, n, at) ? mask_checksum(f, out) : rc;
}

static int journal_write(struct sealed_file *f, const void *from, int n, int64_t at)
{
    uint8_t checksum[CHECKSUM];
    if (n == SEALED_PAGE && !is_journal_header(from)) return page_write(f, at, from);
    if (!is_checksum(f, n, at)) return under_write(f, from, n, at);
    memcpy(checksum, from, CHECKSUM);
    int rc = mask_checksum(f, checksum);
    return rc == SQLITE_OK ? under_write(f, checksum, n, at) : rc;
}

/* ---- what SQLite calls ---- */

static int file_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
    struct sealed_file *f = file_of(file);
    return f->kind == SEALED_MAIN ? main_read(f, out, n, at) : f->kind == SEALED_WAL ? wal_read(f, out, n, at) : journal_read(f, out, n, at);
}

static int file_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
    struct sealed_file *f = file_of(file);
    if (f->kind == SEALED_WAL) return wal_write(f, from, n, at);
    if (f->kind != SEALED_MAIN) return journal_write(f, from, n, at);
    return n == SEALED_PAGE && at % SEALED_PAGE == 0 ? page_write(f, at, from) : SQLITE_IOERR_WRITE;
}

static int file_close(sqlite3_file *file)
{
    struct sealed_file *f = file_of(file);
    int rc = f->under->pMethods ? f->under->pMethods->xClose(f->under) : SQLITE_OK;
    f->cipher->end(f->key);
    free(f->name);
    return rc;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    sqlite3_file *u = file_of(file)->under;
    return u->pMethods->xTruncate(u, size);
}

static int file_sync(sqlite3_file *file, int flags)
{
    sqlite3_file *u = file_of(file)->under;
    return u->pMethods->xSync(u, flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    sqlite3_file *u = file_of(file)->under;
    return u->pMethods->xFileSize(u, size);
}

static int file_lock(sqlite3_file *file, int level)
{
    sqlite3_file *u = file_of(file)->under;
    return u->pMethods->xLock(u, level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    sqlite3_file *u = file_of(file)->under;
    return u->pMethods->xUnlock(u, level);
}

static int file_reserved(sqlite3_file *file, int *out)
{
    sqlite3_file *u = file_of(file)->under;
    return u->pMethods->xCheckReservedLock(u, out);
}

static int file_control(sqlite3_file *file, int op, void *arg)
{
    sqlite3_file *u = file_of(file)->under;
    return u->pMethods->xFileControl(u, op, arg);
}

static int file_sector(sqlite3_file *file)
{
    sqlite3_file *u = file_of(file)->under;
    return u->pMethods->xSectorSize(u);
}

/* Nothing that would let SQLite write parts of a page, or leave a journal out. */
static int file_character(sqlite3_file *file)
{
    sqlite3_file *u = file_of(file)->under;
    return u->pMethods->xDeviceCharacteristics(u) & (SQLITE_IOCAP_POWERSAFE_OVERWRITE | SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN |
                                                     SQLITE_IOCAP_SAFE_APPEND | SQLITE_IOCAP_SEQUENTIAL | SQLITE_IOCAP_IMMUTABLE);
}

static int file_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **out)
{
    sqlite3_file *u = file_of(file)->under;
    return u->pMethods->xShmMap(u, region, size, extend, out);
}

static int file_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    sqlite3_file *u = file_of(file)->under;
    return u->pMethods->xShmLock(u, offset, n, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
    sqlite3_file *u = file_of(file)->under;
    u->pMethods->xShmBarrier(u);
}

static int file_shm_unmap(sqlite3_file *file, int delete_it)
{
    sqlite3_file *u = file_of(file)->under;
    return u->pMethods->xShmUnmap(u, delete_it);
}

const sqlite3_io_methods sealed_methods = {
    .iVersion = 2, /* no xFetch: pages in memory are never the file's */
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_character,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};
