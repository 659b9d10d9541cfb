/* session: making, opening and closing DIR/server.db, its transactions, and the vtable. The rest of the backend
 * stands beside it: log.c, rows.c, feed.c, ledger.c, devices.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "keys.h"
#include "sqlite.h"

static const char *const system_names[SERVER_SYSTEM_COUNT] = {"_csn", "_place", "_unit", "_dead", "_marks"};
static const char *const system_types[SERVER_SYSTEM_COUNT] = {
    "INTEGER NOT NULL", "INTEGER NOT NULL", "INTEGER NOT NULL DEFAULT 0", "INTEGER NOT NULL DEFAULT 0", "BLOB"};
static const struct table_side side = {system_names, system_types, SERVER_SYSTEM_COUNT, true, COLUMN_KEY};

/* The writer serves a whole city: 16 MiB of pages instead of the laptop's 2, and a longer write-ahead log, so
 * that a hot page is written back once for many groups. */
static const char writer_pragmas[] = "PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=4000;"
                                     "PRAGMA journal_size_limit=67108864;";

/* Of synced tables, whose other indexes follow from the schema: who has which households; where a ruling is told. */
static const char row_indexes[] = "CREATE INDEX IF NOT EXISTS assignment_by_worker ON assignment(worker);";

sqlite3_stmt *sqlite_sql(struct sqlite_store *q, enum sql_name which, struct err *err)
{
    return statement(q->sql, which, err);
}

int sqlite_bind_u64(sqlite3_stmt *st, int index, uint64_t v)
{
    return sqlite3_bind_int64(st, index, (int64_t)v);
}

uint64_t sqlite_u64(sqlite3_stmt *st, int column)
{
    return (uint64_t)sqlite3_column_int64(st, column);
}

int sqlite_digest(sqlite3_stmt *st, int column, struct digest *out)
{
    const void *bytes = sqlite3_column_blob(st, column);
    if (bytes == NULL || sqlite3_column_bytes(st, column) != DIGEST_BYTES) return ERR_CORRUPT;
    memcpy(out->bytes, bytes, DIGEST_BYTES);
    return 0;
}

void sqlite_text(sqlite3_stmt *st, int column, char *out, size_t n)
{
    const unsigned char *text = sqlite3_column_text(st, column);
    snprintf(out, n, "%s", text ? (const char *)text : "");
}

static int run(struct sqlite_store *q, enum sql_name which, struct err *err)
{
    sqlite3_stmt *st = sqlite_sql(q, which, err);
    return st ? db_done(q->db, st, err) : sqlite_failed(err);
}

static int begin(struct store *s, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    int rc = db_begin(q->db, err);
    if (rc != 0) return rc;
    rc = sqlite_head(s, &q->head, err);
    if (rc != 0) {
        db_rollback(q->db);
        return rc;
    }
    q->head_stored = q->head_at_savepoint = q->head;
    q->writing = true;
    q->run = (struct run){0};
    q->caches_touched = false;
    db_guard(q->db, true);
    return 0;
}

/* Undoes what the session remembers of a transaction that is gone. */
static void forget_transaction(struct sqlite_store *q)
{
    db_guard(q->db, false);
    q->writing = false;
    memset(q->sums, 0, SUM_SLOTS * sizeof q->sums[0]);
    memset(q->unit_sums, 0, SUM_SLOTS * sizeof q->unit_sums[0]);
    memset(q->tallies, 0, sizeof q->tallies);
    sqlite_forget(q);
}

static void rollback(struct store *s)
{
    struct sqlite_store *q = sqlite_of(s);
    db_rollback(q->db);
    forget_transaction(q);
}

static int flush_head(struct sqlite_store *q, struct err *err)
{
    if (q->head == q->head_stored) return 0;
    sqlite3_stmt *st = sqlite_sql(q, SQL_HEAD_PUT, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite_bind_u64(st, 1, q->head);
    return db_done(q->db, st, err);
}

static int flush_added(struct sqlite_store *q, struct err *err)
{
    int rc = sqlite_flush_sums(q, err);
    return rc == 0 ? sqlite_flush_tallies(q, err) : rc;
}

static int commit(struct store *s, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    int rc = flush_added(q, err);
    if (rc == 0) rc = flush_head(q, err);
    if (rc == 0) rc = db_commit(q->db, err);
    if (rc != 0) {
        rollback(s);
        return rc;
    }
    db_guard(q->db, false);
    q->writing = false;
    return 0;
}

static int savepoint(struct store *s, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    int rc = flush_added(q, err);
    if (rc == 0) rc = run(q, SQL_SAVEPOINT, err);
    q->head_at_savepoint = q->head;
    q->run = (struct run){0};
    q->caches_touched = false;
    return rc;
}

static int release(struct store *s, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    int rc = flush_added(q, err);
    return rc == 0 ? run(q, SQL_RELEASE, err) : rc;
}

static int rollback_savepoint(struct store *s, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    q->head = q->head_at_savepoint;
    q->run = (struct run){0};
    memset(q->sums, 0, SUM_SLOTS * sizeof q->sums[0]);
    memset(q->unit_sums, 0, SUM_SLOTS * sizeof q->unit_sums[0]);
    memset(q->tallies, 0, sizeof q->tallies);
    if (q->caches_touched) sqlite_forget(q);
    if (sqlite3_get_autocommit(db_handle(q->db)))
        return err_set(err, ERR_DISK, "磁盘出错，整个事务已撤销：请检查磁盘后重试",
                       "the disk failed and the whole transaction is undone: check the disk and try again");
    int rc = run(q, SQL_ROLLBACK_TO, err);
    return rc == 0 ? run(q, SQL_RELEASE, err) : rc;
}

static int begin_read(struct store *s, struct err *err)
{
    return db_begin_read(sqlite_of(s)->db, err);
}

static void end(struct store *s)
{
    db_rollback(sqlite_of(s)->db);
}

static void close_store(struct store *s)
{
    struct sqlite_store *q = sqlite_of(s);
    if (q->writing) rollback(s);
    table_set_close(q->tables);
    statements_close(q->sql);
    db_close(q->db);
    arena_free(&q->scratch);
    buf_free(&q->marks);
    free(q->sums);
    free(q->unit_sums);
    free(q->units.list);
    free(q->where);
    free(q->levels);
    page_cipher_free(q->cipher);
    server_keys_free(q->base.keys);
    free(q);
}

static uint64_t epoch(struct store *s)
{
    return sqlite_of(s)->epoch;
}

static int64_t city(struct store *s)
{
    return sqlite_of(s)->city;
}

static uint64_t server_origin(struct store *s)
{
    return sqlite_of(s)->server_origin;
}

static const struct schema *schema(struct store *s)
{
    return sqlite_of(s)->schema;
}

static int match_key(struct store *s, struct digest *key, struct err *err)
{
    struct sqlite_store *q = sqlite_of(s);
    sqlite3_stmt *st = sqlite_sql(q, SQL_META_KEY, err);
    int rc = st ? db_row(q->db, st, err) : sqlite_failed(err);
    if (rc < 0) return rc;
    rc = rc == 1 ? sqlite_digest(st, 0, key) : ERR_CORRUPT;
    sqlite3_reset(st);
    return rc == 0 ? 0 : err_set(err, rc, "查重密钥损坏：请用备份恢复", "the key for matching is damaged: restore a backup");
}

static struct db *db(struct store *s)
{
    return sqlite_of(s)->db;
}

static struct table_set *tables(struct store *s)
{
    return sqlite_of(s)->tables;
}

static int backup(struct store *s, const char *to, struct err *err)
{
    return db_backup(sqlite_of(s)->db, to, err);
}

static const struct store_ops ops = {
    .close = close_store,
    .epoch = epoch,
    .city = city,
    .server_origin = server_origin,
    .schema = schema,
    .begin = begin,
    .savepoint = savepoint,
    .release = release,
    .rollback_savepoint = rollback_savepoint,
    .commit = commit,
    .rollback = rollback,
    .begin_read = begin_read,
    .end = end,
    .head = sqlite_head,
    .head_take = sqlite_head_take,
    .origin_get = sqlite_origin_get,
    .origin_put = sqlite_origin_put,
    .changeset_add = sqlite_changeset_add,
    .changeset_by_seq = sqlite_changeset_by_seq,
    .changeset_by_csn = sqlite_changeset_by_csn,
    .bundle_add = sqlite_bundle_add,
    .bundle_walk = sqlite_bundle_walk,
    .bundle_holding = sqlite_bundle_holding,
    .row_get = sqlite_row_get,
    .row_by_rid = sqlite_row_by_rid,
    .row_home = sqlite_row_home,
    .row_find = sqlite_row_find,
    .row_insert = sqlite_row_insert,
    .row_update = sqlite_row_update,
    .worker_level = sqlite_worker_level,
    .is_assigned = sqlite_is_assigned,
    .feed_move = sqlite_feed_move,
    .home_add = sqlite_home_add,
    .unit_track = sqlite_unit_track,
    .unit_sum = sqlite_unit_sum,
    .places = sqlite_places,
    .feed_of_place = sqlite_feed_of_place,
    .feed_left = sqlite_feed_left,
    .feed = sqlite_feed,
    .ledger_add = sqlite_ledger_add,
    .ledger_get = sqlite_ledger_get,
    .ledger_of_row = sqlite_ledger_of_row,
    .ledger_resolve = sqlite_ledger_resolve,
    .ledger_walk = sqlite_ledger_walk,
    .quarantine_add = sqlite_quarantine_add,
    .quarantine_walk = sqlite_quarantine_walk,
    .quarantine_drop = sqlite_quarantine_drop,
    .notices_of = sqlite_notices_of,
    .code_add = sqlite_code_add,
    .code_take = sqlite_code_take,
    .device_put = sqlite_device_put,
    .device_by_origin = sqlite_device_by_origin,
    .device_walk = sqlite_device_walk,
    .assigned = sqlite_assigned,
    .turns = sqlite_turns,
    .scope_day = sqlite_scope_day,
    .scope_day_put = sqlite_scope_day_put,
    .holding_put = sqlite_holding_put,
    .holding_drop = sqlite_holding_drop,
    .holdings = sqlite_holdings,
    .match_key = match_key,
    .tally_add = sqlite_tally_add,
    .tally_get = sqlite_tally_get,
    .tally_put = sqlite_tally_put,
    .difference_put = sqlite_difference_put,
    .difference_has = sqlite_difference_has,
    .difference_drop = sqlite_difference_drop,
    .difference_walk = sqlite_difference_walk,
    .db = db,
    .tables = tables,
    .backup = backup,
};

static int new_session(struct sqlite_store **out, bool writer, struct err *err)
{
    struct sqlite_store *q = *out = calloc(1, sizeof *q);
    if (q == NULL) return err_nomem(err);
    q->base.ops = &ops;
    q->schema = schema_current();
    q->writer = writer;
    q->worker = schema_table_named(q->schema, "worker");
    q->worker_role = schema_column_index(q->worker, schema_column_named(q->worker, "role"));
    arena_init(&q->scratch, SCRATCH_MAX_BYTES);
    buf_init(&q->marks, MARKS_MAX_BYTES);
    q->sums = calloc(SUM_SLOTS, sizeof q->sums[0]);
    q->unit_sums = calloc(SUM_SLOTS, sizeof q->unit_sums[0]);
    q->where = writer ? calloc(PLACE_SLOTS, sizeof q->where[0]) : NULL;
    q->levels = writer ? calloc(LEVEL_SLOTS, sizeof q->levels[0]) : NULL;
    if (q->sums == NULL || q->unit_sums == NULL || (writer && (q->where == NULL || q->levels == NULL))) return err_nomem(err);
    return 0;
}

static int read_meta(struct sqlite_store *q, struct err *err)
{
    sqlite3_stmt *st = sqlite_sql(q, SQL_META_GET, err);
    int rc = st ? db_row(q->db, st, err) : sqlite_failed(err);
    if (rc != 1) return rc;
    q->city = sqlite3_column_int64(st, 0);
    q->epoch = sqlite_u64(st, 1);
    q->server_origin = sqlite_u64(st, 2);
    sqlite3_reset(st);
    return 1;
}

static bool file_of(const char *dir, char *path, size_t size)
{
    return snprintf(path, size, "%s/server.db", dir) < (int)size;
}

bool sqlite_store_is_held(const char *dir)
{
    char path[1024];
    return file_of(dir, path, sizeof path) && db_is_held(path);
}

static int open_file(struct sqlite_store *q, const char *dir, enum db_mode mode, struct err *err)
{
    char path[1024];
    if (!file_of(dir, path, sizeof path))
        return err_set(err, ERR_REFUSED, "数据文件夹的路径太长：%s", "the data folder's path is too long: %s", dir);
    int rc = db_open_sealed(&q->db, path, mode, SQLITE_APPLICATION_ID, SQLITE_WAIT_MS, q->cipher, err);
    if (rc == 0 && mode != DB_READ) rc = db_exec(q->db, writer_pragmas, err);
    if (rc == 0) rc = db_migrate(q->db, sqlite_migrations, sqlite_migration_count, err);
    if (rc == 0) rc = table_set_open(q->db, q->schema, &side, &q->tables, err);
    if (rc == 0 && mode != DB_READ) rc = db_exec(q->db, sqlite_row_indexes, err);
    if (rc == 0 && mode != DB_READ) rc = db_exec(q->db, row_indexes, err);
    if (rc == 0) rc = statements_open(q->db, sqlite_statements, SQL_COUNT, &q->sql, err);
    if (rc == 0 && mode != DB_READ) rc = sqlite_read_units(q, err);
    return rc;
}

static int write_meta(struct sqlite_store *q, int64_t of_city, const struct env *env, struct err *err)
{
    uint64_t random[2] = {0, 0};
    while (random[0] == 0 || random[1] == 0) {
        if (env->random(env->ctx, random, sizeof random) != 0)
            return err_set(err, ERR_REFUSED, "系统没有给出随机数", "the system gave no random numbers");
    }
    struct digest key;
    if (env->random(env->ctx, key.bytes, sizeof key.bytes) != 0)
        return err_set(err, ERR_REFUSED, "系统没有给出随机数", "the system gave no random numbers");
    sqlite3_stmt *st = sqlite_sql(q, SQL_META_PUT, err);
    if (st == NULL) return sqlite_failed(err);
    sqlite3_bind_int64(st, 1, of_city);
    sqlite_bind_u64(st, 2, random[0]);
    sqlite_bind_u64(st, 3, random[1]);
    sqlite3_bind_blob(st, 4, key.bytes, DIGEST_BYTES, SQLITE_STATIC);
    return db_done(q->db, st, err);
}

static int finish(struct sqlite_store *q, int rc, struct store **out)
{
    *out = rc == 0 ? &q->base : NULL;
    if (rc != 0 && q != NULL) close_store(&q->base);
    return rc;
}

/* Nonces come from the system, whatever env the caller has: they must never come twice, not even in a simulation. */
static int use_keys(struct sqlite_store *q, int rc, struct err *err)
{
    const struct server_keys *k = q->base.keys;
    return rc == 0 ? page_cipher_new(&q->cipher, k->suite, k->data, env_system(), err) : rc;
}

/* Where there is no database, db_open says so. */
static int load_keys(struct sqlite_store *q, const char *dir, struct err *err)
{
    char path[1024];
    struct stat st;
    if (snprintf(path, sizeof path, "%s/server.db", dir) >= (int)sizeof path || stat(path, &st) != 0) return 0;
    return use_keys(q, server_keys_load(dir, &q->base.keys, err), err);
}

int sqlite_store_create(struct store **out, const char *dir, int64_t of_city, enum seal_suite suite, const struct env *env,
                        struct err *err)
{
    struct sqlite_store *q = NULL;
    int rc = 0;
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        rc = err_set(err, ERR_DISK, "无法建立文件夹 %s：%s", "cannot make the folder %s: %s", dir, strerror(errno));
    if (rc == 0) rc = new_session(&q, true, err);
    if (rc == 0) rc = use_keys(q, server_keys_make(dir, suite, env, &q->base.keys, err), err);
    if (rc == 0) rc = open_file(q, dir, DB_CREATE, err);
    if (rc == 0) rc = read_meta(q, err);
    if (rc == 1)
        rc = err_set(err, ERR_REFUSED, "%s 里已有一个服务器的数据：请换一个文件夹",
                     "%s already holds a server's data: choose another folder", dir);
    if (rc == 0) rc = write_meta(q, of_city, env, err);
    if (rc == 0) rc = read_meta(q, err) == 1 ? 0 : ERR_CORRUPT;
    return finish(q, rc, out);
}

int sqlite_store_open(struct store **out, const char *dir, enum db_mode mode, struct err *err)
{
    struct sqlite_store *q = NULL;
    int rc = new_session(&q, mode != DB_READ, err);
    if (rc == 0) rc = load_keys(q, dir, err);
    if (rc == 0) rc = open_file(q, dir, mode, err);
    if (rc == 0) rc = read_meta(q, err);
    if (rc == 0)
        rc = err_set(err, ERR_REFUSED, "%s 还没有建好：请先运行 zhucun-server init",
                     "%s is not set up yet: run zhucun-server init first", dir);
    else if (rc == 1)
        rc = 0;
    return finish(q, rc, out);
}
