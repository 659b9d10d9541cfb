/* bench_intake: B6. Server intake with merge and history, pushes of 20 visits, against a bare prepared INSERT of
 * the same visits: same columns, same transaction size, same WAL and synchronous=FULL, in turn, five rounds, median.
 *
 * Both sides are durable before the next transaction begins. Bundles are packed before the clock starts; taking
 * them in is timed from bytes to commit: inflate, decode, chain, decide, rows, feed, sums, ledger, kept bytes. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "intake.h"
#include "zhucun/db.h"

enum {
    ROUNDS = 5,
    LAPTOPS = 100,
    PUSH = 20,            /* visits in a push */
    PUSHES = 10,          /* of each laptop in a round */
    CHANGES = LAPTOPS * PUSH * PUSHES,
    VILLAGES = 50,
    HOUSEHOLDS = 2000,
    TEXT_BYTES = 180,
    FIRST_DAY = 20000
};

struct laptop {
    uint64_t origin, seq, stamp;
    struct digest hash;
};

struct bench {
    char dir[64];
    struct store *store;
    struct db *bare;
    struct statements *sql;
    size_t group;         /* pushes in a transaction */
    struct laptop laptops[LAPTOPS];
    struct row_id households[HOUSEHOLDS];
    uint64_t random;
    int64_t now_ms;
};

struct push {
    struct buf bytes;
    uint64_t origin;
};

/* What both sides write. */
struct visit {
    struct row_id id;
    uint8_t household[ROW_ID_BYTES];
    char summary[TEXT_BYTES + 4];
    struct cell cells[10];
};

enum { BARE_INSERT };
static const char *const bare_sql[] = {
    [BARE_INSERT] = "INSERT INTO visit(id, household, date, time, mode, summary, needs, education, medical, housing,"
                    " water) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"};
static const char *const bare_schema[] = {
    "CREATE TABLE visit(rid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, household BLOB, date INTEGER, time INTEGER,"
    " mode INTEGER, companions BLOB, summary TEXT, needs INTEGER, education INTEGER, medical INTEGER,"
    " housing INTEGER, water INTEGER, policy TEXT, latitude_e6 INTEGER, longitude_e6 INTEGER)"};
static const int bare_columns[] = {1, 2, 3, 4, 6, 7, 8, 9, 10, 11}; /* numbers in core/schema */

static void die(const char *what, const struct err *err)
{
    fprintf(stderr, "bench_intake: %s: %s\n", what, err ? err->en : "");
    exit(1);
}

static uint64_t draw(struct bench *b, uint64_t below)
{
    b->random = b->random * 6364136223846793005u + 1442695040888963407u;
    return (b->random >> 33) % below;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Ordinary words in random order: no two summaries are alike, and none is a template. */
static const char *const words[] = {
    "今天", "上午", "下午", "到", "家里", "看望", "老人", "孩子", "在", "县城", "打工", "玉米", "长势", "不错", "房屋", "漏雨",
    "需要", "修缮", "已经", "联系", "村委会", "帮助", "申请", "低保", "医疗", "报销", "手续", "还没有", "办完", "高血压", "吃药",
    "情况", "稳定", "身体", "比", "上次", "好转", "饮水", "正常", "自来水", "压力", "小", "反映", "道路", "积水", "建议", "秋收",
    "以后", "养殖", "大鹅", "卖了", "两千", "多元", "收入", "增加", "妻子", "腰疼", "不能", "干重活", "女儿", "上学", "学费",
    "补助", "到账", "公益岗位", "工资", "按月", "发放", "并", "讲解", "防止返贫", "政策", "签字", "确认", "，", "，", "。", "、"};

static void write_summary(struct bench *b, char out[TEXT_BYTES + 4])
{
    size_t n = TEXT_BYTES / 2 + draw(b, TEXT_BYTES / 2), at = 0;
    for (;;) {
        const char *word = words[draw(b, sizeof words / sizeof words[0])];
        if (at + strlen(word) > n) break;
        memcpy(out + at, word, strlen(word));
        at += strlen(word);
    }
    out[at] = '\0';
}

static void make_visit(struct bench *b, const struct row_id *household, struct visit *v)
{
    row_id_to_bytes(*household, v->household);
    write_summary(b, v->summary);
    const struct value values[] = {
        value_blob(v->household, ROW_ID_BYTES),      value_int(FIRST_DAY + (int64_t)draw(b, 300)),
        value_int(480 + (int64_t)draw(b, 600)),      value_int(1 + (int64_t)draw(b, 4)),
        value_text(v->summary, strlen(v->summary)),  value_int(2 << draw(b, 11)),
        value_int(1 + (int64_t)draw(b, 3)),          value_int(1 + (int64_t)draw(b, 3)),
        value_int(1 + (int64_t)draw(b, 3)),          value_int(1 + (int64_t)draw(b, 3))};
    for (size_t i = 0; i < 10; i++) v->cells[i] = (struct cell){.column = bare_columns[i], .value = values[i]};
}

static void chain_on(struct laptop *l, const struct changeset *cs)
{
    struct buf b;
    struct err err = {0};
    buf_init(&b, CHANGE_MAX_BYTES + 4096);
    if (changeset_encode(cs, &b, &err) != 0) die("encode", &err);
    chain_next(&l->hash, b.data, b.len);
    buf_free(&b);
}

static struct changeset start_changeset(struct bench *b, struct laptop *l, struct change *changes, size_t count)
{
    b->now_ms += 1000;
    l->stamp = hlc_next(l->stamp, b->now_ms);
    return (struct changeset){.origin = l->origin, .seq = ++l->seq, .stamp = l->stamp, .schema = SCHEMA_VERSION,
                              .observed = date_of_ms(b->now_ms), .changes = changes, .count = count};
}

static void pack_push(struct bench *b, struct laptop *l, struct visit *visits, struct push *out)
{
    struct changeset list[PUSH];
    struct change changes[PUSH];
    struct digest before = l->hash;
    struct err err = {0};
    const struct schema_table *t = schema_table_named(schema_current(), "visit");
    for (size_t i = 0; i < PUSH; i++) {
        size_t village = (size_t)(l - b->laptops) % VILLAGES; /* a laptop's visits are in its own village */
        make_visit(b, &b->households[village + VILLAGES * draw(b, HOUSEHOLDS / VILLAGES)], &visits[i]);
        visits[i].id = row_id_make(l->origin, l->seq + 1, 0);
        changes[i] = (struct change){.op = CHANGE_PUT, .table = t->number, .id = visits[i].id,
                                     .cells = visits[i].cells, .count = 10};
        list[i] = start_changeset(b, l, &changes[i], 1);
        chain_on(l, &list[i]);
    }
    buf_init(&out->bytes, BUNDLE_MAX_BYTES);
    out->origin = l->origin;
    if (bundle_pack(list, PUSH, &before, 6, &out->bytes, &err) != 0) die("pack", &err);
}

static struct push *make_round(struct bench *b, struct visit **visits)
{
    struct push *pushes = calloc(LAPTOPS * PUSHES, sizeof *pushes);
    *visits = calloc(CHANGES, sizeof **visits);
    if (pushes == NULL || *visits == NULL) die("no memory", NULL);
    for (size_t i = 0; i < LAPTOPS * PUSHES; i++)
        pack_push(b, &b->laptops[i % LAPTOPS], *visits + i * PUSH, &pushes[i]);
    return pushes;
}

static void push_group(struct bench *b, struct push *pushes, size_t count, struct intake_result *results)
{
    struct intake_push *p = calloc(count, sizeof *p), **list = calloc(count, sizeof *list);
    if (p == NULL || list == NULL) die("no memory", NULL);
    for (size_t i = 0; i < count; i++) {
        p[i] = (struct intake_push){.origin = pushes[i].origin, .bytes = pushes[i].bytes.data,
                                    .n = pushes[i].bytes.len, .received_ms = b->now_ms};
        list[i] = &p[i];
    }
    intake_batch(b->store, env_system(), NULL, list, count, results);
    for (size_t i = 0; i < count; i++) {
        if (results[i].status != INTAKE_STORED) die("not stored", &results[i].err);
        if (results[i].receipt.quarantined_count != 0) die(results[i].receipt.quarantined[0].why, NULL);
    }
    free(p);
    free(list);
}

static double run_intake(struct bench *b, struct push *pushes, struct intake_result *results)
{
    double start = seconds();
    for (size_t i = 0; i < LAPTOPS * PUSHES; i += b->group) {
        size_t left = LAPTOPS * PUSHES - i;
        push_group(b, pushes + i, left < b->group ? left : b->group, results);
    }
    return CHANGES / (seconds() - start);
}

static double run_bare(struct bench *b, const struct visit *visits)
{
    struct err err = {0};
    double start = seconds();
    for (size_t i = 0; i < CHANGES;) {
        if (db_begin(b->bare, &err) != 0) die("begin", &err);
        for (size_t end = i + b->group * PUSH; i < end && i < CHANGES; i++) {
            sqlite3_stmt *st = statement(b->sql, BARE_INSERT, &err);
            db_bind_id(st, 1, visits[i].id);
            for (int k = 0; k < 10; k++) db_bind(st, k + 2, &visits[i].cells[k].value);
            if (db_done(b->bare, st, &err) != 0) die("insert", &err);
        }
        if (db_commit(b->bare, &err) != 0) die("commit", &err);
    }
    return CHANGES / (seconds() - start);
}

/* Villages' households, loaded as the server's own roster. */
static void load_roster(struct bench *b, struct intake_result *results)
{
    enum { EACH = 500 };
    struct laptop l = {.origin = store_server_origin(b->store)};
    struct change *changes = calloc(EACH, sizeof *changes);
    struct cell(*cells)[2] = calloc(EACH, sizeof *cells);
    const struct schema_table *t = schema_table_named(schema_current(), "household");
    struct err err = {0};
    chain_start(l.origin, &l.hash);
    for (size_t i = 0; i < HOUSEHOLDS; i += EACH) {
        for (size_t k = 0; k < EACH; k++) {
            cells[k][0] = (struct cell){.column = 2, .value = value_int(231202109001 + (int64_t)((i + k) % VILLAGES))};
            cells[k][1] = (struct cell){.column = 3, .value = value_text("户主", 6)};
            b->households[i + k] = row_id_make(l.origin, l.seq + 1, (unsigned)k);
            changes[k] = (struct change){.op = CHANGE_PUT, .table = t->number, .id = b->households[i + k],
                                         .cells = cells[k], .count = 2};
        }
        struct push p = {.origin = l.origin};
        struct digest before = l.hash;
        struct changeset cs = start_changeset(b, &l, changes, EACH);
        chain_on(&l, &cs);
        buf_init(&p.bytes, BUNDLE_MAX_BYTES);
        if (bundle_pack(&cs, 1, &before, 6, &p.bytes, &err) != 0) die("pack", &err);
        push_group(b, &p, 1, results);
        buf_free(&p.bytes);
    }
    free(changes);
    free(cells);
}

static void open_all(struct bench *b)
{
    struct err err = {0};
    char path[96];
    const char *tmp = getenv("TMPDIR");
    snprintf(b->dir, sizeof b->dir, "%.40s/zhucun.XXXXXX", tmp ? tmp : "/tmp");
    if (mkdtemp(b->dir) == NULL) die("no folder", NULL);
    if (store_create(&b->store, b->dir, 231200000000, SUITE_25519, env_system(), &err) != 0) die("store", &err);
    snprintf(path, sizeof path, "%s/bare.db", b->dir);
    if (db_open(&b->bare, path, DB_CREATE, 1, 0, &err) != 0) die("bare", &err);
    /* the same page cache and checkpoints as the server's writer */
    if (db_exec(b->bare, "PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=4000", &err) != 0) die("bare", &err);
    if (db_migrate(b->bare, bare_schema, 1, &err) != 0) die("bare", &err);
    if (statements_open(b->bare, bare_sql, 1, &b->sql, &err) != 0) die("bare", &err);
    for (size_t i = 0; i < LAPTOPS; i++) {
        b->laptops[i].origin = (draw(b, UINT32_MAX) << 32 | draw(b, UINT32_MAX)) | 1;
        chain_start(b->laptops[i].origin, &b->laptops[i].hash);
    }
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void close_all(struct bench *b)
{
    store_close(b->store);
    statements_close(b->sql);
    db_close(b->bare);
    nftw(b->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *list)
{
    qsort(list, ROUNDS, sizeof list[0], by_size);
    return list[ROUNDS / 2];
}

int main(int argc, char **argv)
{
    struct bench *b = calloc(1, sizeof *b);
    double bare[ROUNDS], ours[ROUNDS], ratio[ROUNDS];
    if (b == NULL) die("no memory", NULL);
    b->random = 42;
    b->now_ms = (int64_t)FIRST_DAY * 86400000;
    b->group = argc > 1 ? strtoul(argv[1], NULL, 10) : 50;
    if (b->group == 0) b->group = 50;
    struct intake_result *results = calloc(b->group, sizeof *results);
    if (results == NULL) die("no memory", NULL);
    open_all(b);
    load_roster(b, results);
    for (size_t r = 0; r < ROUNDS; r++) {
        struct visit *visits;
        struct push *pushes = make_round(b, &visits);
        bare[r] = run_bare(b, visits);
        ours[r] = run_intake(b, pushes, results);
        ratio[r] = ours[r] / bare[r];
        for (size_t i = 0; i < LAPTOPS * PUSHES; i++) buf_free(&pushes[i].bytes);
        free(pushes);
        free(visits);
    }
    printf("B6 intake, pushes of %d, %zu in a transaction: %.0f changes/s; bare INSERT %.0f/s; ratio %.2f (goal 0.70)\n",
           PUSH, b->group, median(ours), median(bare), median(ratio));
    close_all(b);
    free(results);
    free(b);
    return 0;
}
