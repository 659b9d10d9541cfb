/* devices: enrolment codes and laptops. Places are kept as 8 bytes big-endian each, workers one a line. */
#include <stdio.h>
#include <string.h>

#include "keys.h"
#include "sqlite.h"
#include "zhucun/wire.h"

enum { PLACE_BYTES = 8, WORKERS_MAX = WIRE_MAX_WORKERS, WORKERS_TEXT = WORKERS_MAX * 25 };

static void put_places(const struct device *d, struct buf *out)
{
    for (size_t i = 0; i < d->place_count; i++) buf_put_u64be(out, (uint64_t)d->places[i]);
}

static int get_places(sqlite3_stmt *st, int column, struct arena *a, struct device *d, struct err *err)
{
    const void *bytes = sqlite3_column_blob(st, column);
    size_t n = (size_t)sqlite3_column_bytes(st, column);
    struct reader r = reader_over(bytes, n);
    d->place_count = n / PLACE_BYTES;
    d->places = arena_array(a, d->place_count ? d->place_count : 1, sizeof d->places[0]);
    if (d->places == NULL) return err_nomem(err);
    for (size_t i = 0; i < d->place_count; i++) d->places[i] = (int64_t)reader_u64be(&r);
    return 0;
}

static void put_workers(const struct device *d, char text[WORKERS_TEXT])
{
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; i < d->worker_count && i < WORKERS_MAX; i++)
        at += (size_t)snprintf(text + at, WORKERS_TEXT - at, "%s\n", d->workers[i]);
}

static void get_workers(sqlite3_stmt *st, int column, struct device *d)
{
    const char *text = (const char *)sqlite3_column_text(st, column);
    d->worker_count = 0;
    while (text && *text && d->worker_count < WORKERS_MAX) {
        size_t n = strcspn(text, "\n");
        snprintf(d->workers[d->worker_count++], sizeof d->workers[0], "%.*s", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

int sqlite_code_add(struct store *s, const struct enrol_code *c, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    struct buf places;
    char workers[WORKERS_TEXT];
    sqlite3_stmt *st = sqlite_sql(q, SQL_CODE_ADD, err);
    if (st == NULL) return sqlite_failed(err);
    buf_init(&places, WIRE_MAX_PLACES * PLACE_BYTES);
    put_places(&c->device, &places);
    put_workers(&c->device, workers);
    sqlite3_bind_blob(st, 1, c->code.bytes, DIGEST_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, c->expires_ms);
    sqlite3_bind_text(st, 3, c->device.name, -1, SQLITE_STATIC);
    sqlite3_bind_blob(st, 4, places.data ? (const void *)places.data : "", (int)places.len, SQLITE_STATIC);
    sqlite3_bind_text(st, 5, workers, -1, SQLITE_STATIC);
    sqlite3_bind_int(st, 6, c->device.assigned);
    int rc = places.failed ? err_set(err, ERR_REFUSED, "范围太大：最多 %d 个区划", "the scope is too large: at most %d regions", WIRE_MAX_PLACES)
                           : db_done(q->db, st, err);
    buf_free(&places);
    return rc;
}

static int code_read(struct sqlite_store *q, const struct digest *code, int64_t now_ms, struct arena *a,
                     struct device *d, struct err *err)
{
    sqlite3_stmt *st = sqlite_sql(q, SQL_CODE_GET, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite3_bind_blob(st, 1, code->bytes, DIGEST_BYTES, SQLITE_STATIC);
    int rc = db_row(q->db, st, err);
    if (rc != 1) return rc;
    memset(d, 0, sizeof *d);
    sqlite_text(st, 0, d->name, sizeof d->name);
    rc = get_places(st, 1, a, d, err);
    get_workers(st, 2, d);
    d->assigned = sqlite3_column_int(st, 4) != 0;
    bool valid = sqlite3_column_int64(st, 3) > now_ms;
    sqlite3_reset(st);
    return rc != 0 ? rc : valid;
}

int sqlite_code_take(struct store *s, const struct digest *code, int64_t now_ms, struct arena *a, struct device *d,
                     struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    int found = code_read(q, code, now_ms, a, d, err);
    if (found < 0) return found;
    sqlite3_stmt *st = sqlite_sql(q, SQL_CODE_DROP, err); /* this one, and what is too old anyway */
    if (st == NULL) return sqlite_failed(err);
    sqlite3_bind_blob(st, 1, code->bytes, DIGEST_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, now_ms);
    int rc = db_done(q->db, st, err);
    return rc != 0 ? rc : found;
}

int sqlite_device_put(struct store *s, const struct device *d, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    struct buf places;
    char workers[WORKERS_TEXT];
    sqlite3_stmt *st = sqlite_sql(q, SQL_DEVICE_PUT, err);
    if (st == NULL) return sqlite_failed(err);
    buf_init(&places, WIRE_MAX_PLACES * PLACE_BYTES);
    put_places(d, &places);
    put_workers(d, workers);
    sqlite_bind_u64(st, 1, d->origin);
    sqlite3_bind_text(st, 2, d->name, -1, SQLITE_STATIC);
    int n = (int)key_public_bytes(d->sign.suite);
    sqlite3_bind_blob(st, 3, d->sign.bytes, n, SQLITE_STATIC);
    sqlite3_bind_blob(st, 4, places.data ? (const void *)places.data : "", (int)places.len, SQLITE_STATIC);
    sqlite3_bind_text(st, 5, workers, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 6, d->enrolled_ms);
    sqlite3_bind_int64(st, 7, d->revoked_ms);
    sqlite3_bind_int64(st, 8, d->last_pull_ms);
    sqlite_bind_u64(st, 9, d->pulled_csn);
    sqlite3_bind_int(st, 10, d->assigned);
    sqlite3_bind_blob(st, 11, d->box.bytes, n, SQLITE_STATIC);
    sqlite_bind_u64(st, 12, d->counter);
    int rc = places.failed ? err_set(err, ERR_REFUSED, "范围太大：最多 %d 个区划", "the scope is too large: at most %d regions", WIRE_MAX_PLACES)
                           : db_done(q->db, st, err);
    buf_free(&places);
    return rc;
}

/* It was found good when the laptop came with it; here only its length is. */
static int key_at(sqlite3_stmt *st, int column, enum seal_suite suite, enum key_use use, struct public_key *out)
{
    const void *bytes = sqlite3_column_blob(st, column);
    size_t n = (size_t)sqlite3_column_bytes(st, column);
    *out = (struct public_key){.suite = suite, .use = use};
    if (bytes == NULL || n != key_public_bytes(suite)) return -1;
    memcpy(out->bytes, bytes, n);
    return 0;
}

static int device_read(struct store *s, sqlite3_stmt *st, struct arena *a, struct device *d, struct err *err)
{
    enum seal_suite suite = store_keys(s)->suite;
    memset(d, 0, sizeof *d);
    d->origin = sqlite_u64(st, 0);
    sqlite_text(st, 1, d->name, sizeof d->name);
    d->counter = sqlite_u64(st, 11);
    int keys = key_at(st, 2, suite, KEY_SIGN, &d->sign) + key_at(st, 10, suite, KEY_BOX, &d->box);
    if (keys != 0 && sqlite3_column_bytes(st, 10) == 0) /* it has none: it must enrol again */
        d->sign = d->box = (struct public_key){0};
    else if (keys != 0)
        return err_set(err, ERR_CORRUPT, "设备 %016llx 的记录损坏", "the record of device %016llx is damaged",
                       (unsigned long long)d->origin);
    get_workers(st, 4, d);
    d->enrolled_ms = sqlite3_column_int64(st, 5);
    d->revoked_ms = sqlite3_column_int64(st, 6);
    d->last_pull_ms = sqlite3_column_int64(st, 7);
    d->pulled_csn = sqlite_u64(st, 8);
    d->assigned = sqlite3_column_int(st, 9) != 0;
    return get_places(st, 3, a, d, err);
}

int sqlite_device_by_origin(struct store *s, uint64_t origin, struct arena *a, struct device *d, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_DEVICE_BY_ORIGIN, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, origin);
    int rc = db_row(q->db, st, err);
    if (rc != 1) return rc;
    rc = device_read(s, st, a, d, err);
    sqlite3_reset(st);
    return rc != 0 ? rc : 1;
}

int sqlite_device_walk(struct store *s, store_device_fn *fn, void *ctx, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_DEVICE_WALK, err);
    struct arena a;
    struct device d;
    if (st == NULL) return sqlite_failed(err);
    arena_init(&a, 64 * 1024);
    int rc = 0;
    while (rc == 0 && (rc = db_row(q->db, st, err)) == 1) {
        arena_reset(&a);
        rc = device_read(s, st, &a, &d, err);
        if (rc == 0) rc = fn(ctx, &d);
    }
    sqlite3_reset(st);
    arena_free(&a);
    return rc;
}
