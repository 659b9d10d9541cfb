/* status: where this laptop stands — what is not reported yet, when it last met the server, what it holds, and
 * the clues whose time runs. Reads beside a writer. */
#include "status.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "clue.h"
#include "commands.h"
#include "conflict.h"
#include "inbox_count.h"
#include "text.h"

static int count_rows(struct cli *c, const struct schema_table *t, int64_t *count, struct err *err)
{
    struct buf sql;
    sqlite3_stmt *st = NULL;
    *count = 0;
    buf_init(&sql, 200);
    buf_printf(&sql, "SELECT count(*) FROM \"%s\"", t->name);
    int bad = sqlite3_prepare_v2(db_handle(c->home->db), buf_text(&sql), -1, &st, NULL);
    if (!bad && sqlite3_step(st) == SQLITE_ROW) *count = sqlite3_column_int64(st, 0);
    else bad = 1;
    int rc = bad ? db_error(c->home->db, err) : 0;
    sqlite3_finalize(st);
    buf_free(&sql);
    return rc;
}

static int read_meta(struct cli *c, struct status *s, struct err *err)
{
    struct home *h = c->home;
    int64_t verified = -1;
    int rc = home_meta_text(h, META_SERVER, s->server, sizeof s->server, err);
    if (rc == 0) rc = home_meta_text(h, META_DEVICE, s->device, sizeof s->device, err);
    if (rc == 0) rc = home_meta_text(h, META_PLACES, s->places, sizeof s->places, err);
    if (rc == 0) rc = home_meta_text(h, META_HOUSEHOLDS, s->households, sizeof s->households, err);
    if (rc == 0) rc = home_meta_text(h, META_WORKERS, s->workers, sizeof s->workers, err);
    if (rc == 0) rc = home_meta_int(h, META_EPOCH, 0, &s->epoch, err);
    if (rc == 0) rc = home_meta_int(h, META_CURSOR, 0, &s->cursor, err);
    if (rc == 0) rc = home_meta_int(h, META_LAST_CONTACT, 0, &s->last_contact_ms, err);
    if (rc == 0) rc = home_meta_int(h, META_SKEW, 0, &s->skew_ms, err);
    if (rc == 0) rc = home_meta_int(h, META_VERIFIED, -1, &verified, err);
    s->agree = verified >= 0 && verified == s->cursor && s->last_contact_ms != 0;
    return rc;
}

int status_read(struct cli *c, struct status *s, struct err *err)
{
    struct stat st;
    *s = (struct status){.origin = c->home->origin};
    int rc = read_meta(c, s, err);
    if (rc == 0) rc = journal_counts(c->home, &s->counts, err);
    if (rc == 0) rc = journal_tally_differ(c->home, &s->visits_differ, err);
    if (rc == 0) rc = conflict_count(c, &s->conflicts, err);
    if (rc == 0) rc = inbox_count(c, &s->inbox, err);
    for (size_t i = 0; rc == 0 && i < c->home->schema->count && i <= SCHEMA_MAX_TABLE; i++)
        rc = count_rows(c, &c->home->schema->tables[i], &s->rows[i], err);
    if (stat(db_path(c->home->db), &st) == 0) s->database_bytes = (int64_t)st.st_size;
    return rc;
}

static json_t *list_json(const char *text)
{
    json_t *list = json_array();
    while (*text) {
        size_t n = strcspn(text, ",");
        json_array_append_new(list, json_stringn(text, n));
        text += n + (text[n] == ',');
    }
    return list;
}

static json_t *instant(int64_t ms)
{
    char text[30];
    if (!ms) return json_null();
    time_format(ms, text);
    return json_string(text);
}

static int print_json(struct cli *c, const struct status *s, struct record *r, struct err *err)
{
    char today[11], origin[24], epoch[24];
    json_t *o = json_object(), *rows = json_object();
    snprintf(origin, sizeof origin, "%016" PRIx64, s->origin);
    snprintf(epoch, sizeof epoch, "%016" PRIx64, (uint64_t)s->epoch);
    json_object_set_new(o, "pending", json_integer((json_int_t)s->counts.pending));
    json_object_set_new(o, "received", json_integer((json_int_t)s->counts.received));
    json_object_set_new(o, "quarantined", json_integer((json_int_t)s->counts.quarantined));
    json_object_set_new(o, "conflicts", json_integer((json_int_t)s->conflicts));
    json_object_set_new(o, "inbox", json_integer((json_int_t)s->inbox));
    json_object_set_new(o, "visits_differ", json_integer((json_int_t)s->visits_differ));
    json_object_set_new(o, "last_contact", instant(s->last_contact_ms));
    json_object_set_new(o, "server", s->server[0] ? json_string(s->server) : json_null());
    json_object_set_new(o, "server_epoch", s->epoch ? json_string(epoch) : json_null());
    json_object_set_new(o, "clock_skew_s", json_real((double)s->skew_ms / 1000.0));
    json_object_set_new(o, "cursor", json_integer(s->cursor));
    json_object_set_new(o, "agree", json_boolean(s->agree));
    json_object_set_new(o, "device", s->device[0] ? json_string(s->device) : json_null());
    json_object_set_new(o, "origin", json_string(origin));
    json_object_set_new(o, "workers", list_json(s->workers));
    json_object_set_new(o, "scope", list_json(s->places));
    json_object_set_new(o, "households", list_json(s->households));
    for (size_t i = 0; i < c->home->schema->count; i++)
        json_object_set_new(rows, c->home->schema->tables[i].name, json_integer(s->rows[i]));
    json_object_set_new(o, "rows", rows);
    json_object_set_new(o, "database_bytes", json_integer(s->database_bytes));
    date_format(cli_today(c), today);
    json_object_set_new(o, "today", json_string(today));
    int rc = clue_status(r, o, err);
    if (rc == 0) json_dumpf(o, c->out, JSON_COMPACT | JSON_REAL_PRECISION(10));
    if (rc == 0) fputc('\n', c->out);
    json_decref(o);
    return rc;
}

static void line(struct cli *c, const char *zh, const char *en, const char *text)
{
    struct buf out;
    const char *label = cli_pick(c, zh, en);
    buf_init(&out, 256 * 1024);
    text_pad(&out, text_put(&out, label, strlen(label), 0), 18);
    text_put(&out, text, strlen(text), 0);
    fprintf(c->out, "%s\n", buf_text(&out));
    buf_free(&out);
}

/* "231202109250 · 3 户" */
static void print_scope(struct cli *c, const struct status *s)
{
    struct buf text;
    size_t households = *s->households != '\0';
    for (const char *at = s->households; *at; at++) households += *at == ',';
    buf_init(&text, sizeof s->places + 40);
    buf_put_text(&text, s->places);
    if (households) buf_printf(&text, "%s%zu %s", *s->places ? " · " : "", households, cli_pick(c, "户", "households"));
    line(c, "范围", "scope", buf_text(&text));
    buf_free(&text);
}

static void print_rows(struct cli *c, const struct status *s)
{
    struct buf text;
    buf_init(&text, 4096);
    for (size_t i = 0; i < c->home->schema->count; i++) {
        const struct schema_table *t = &c->home->schema->tables[i];
        if (s->rows[i]) buf_printf(&text, "%s%s %" PRId64, text.len ? cli_pick(c, "，", ", ") : "", cli_pick(c, t->zh, t->en), s->rows[i]);
    }
    line(c, "记录数", "rows", buf_text(&text));
    buf_free(&text);
}

void status_clock(const struct cli *c, const struct status *s, char *out, size_t size)
{
    double off_s = (double)llabs(s->skew_ms) / 1000.0;
    if (!s->last_contact_ms) snprintf(out, size, "%s", cli_pick(c, "还没有和服务器对过", "not compared with the server yet"));
    else if (off_s < 1.0) snprintf(out, size, "%s", cli_pick(c, "上次联系时是准的", "right at the last contact"));
    else if (s->skew_ms > 0) snprintf(out, size, cli_pick(c, "上次联系时慢 %.1f 秒", "%.1f s slow at the last contact"), off_s);
    else snprintf(out, size, cli_pick(c, "上次联系时快 %.1f 秒", "%.1f s fast at the last contact"), off_s);
}

static void print_text(struct cli *c, const struct status *s)
{
    char text[128];
    const char *never = cli_pick(c, "从未", "never");
    snprintf(text, sizeof text, "%" PRIu64, s->counts.pending);
    line(c, "待上报", "pending", text);
    snprintf(text, sizeof text, "%" PRIu64, s->counts.received);
    line(c, "已上报", "received", text);
    snprintf(text, sizeof text, "%" PRIu64, s->counts.quarantined);
    if (s->counts.quarantined) line(c, "被隔离", "quarantined", text);
    snprintf(text, sizeof text, "%" PRIu64, s->conflicts);
    line(c, "冲突", "conflicts", text);
    snprintf(text, sizeof text, "%" PRIu64, s->inbox);
    line(c, "待办", "inbox", text);
    snprintf(text, sizeof text, "%" PRIu64 "%s", s->visits_differ, cli_pick(c, " 项，见 zhucun verify", ": see zhucun verify"));
    if (s->visits_differ) line(c, "走访数不符", "visits differ", text);
    if (s->last_contact_ms) time_format(s->last_contact_ms, text);
    line(c, "最近联系", "last contact", s->last_contact_ms ? text : never);
    line(c, "服务器", "server", s->server[0] ? s->server : cli_pick(c, "未注册", "not enrolled"));
    snprintf(text, sizeof text, "%" PRId64 " @ %016" PRIx64, s->cursor, (uint64_t)s->epoch);
    line(c, "进度@代次", "cursor @ epoch", text);
    line(c, "与服务器一致", "agrees", s->agree ? cli_pick(c, "是", "yes") : cli_pick(c, "尚未核对一致", "not verified yet"));
    status_clock(c, s, text, sizeof text);
    line(c, "本机时钟", "clock", text);
    line(c, "本机名称", "device", s->device);
    line(c, "使用人", "workers", s->workers);
    print_scope(c, s);
    print_rows(c, s);
    snprintf(text, sizeof text, "%.1f MB", (double)s->database_bytes / 1e6);
    line(c, "数据库", "database", text);
}

static int print(struct cli *c, const struct status *s, struct err *err)
{
    struct record r;
    record_open(&r, c);
    if (!c->json) print_text(c, s);
    int rc = c->json ? print_json(c, s, &r, err) : clue_status(&r, NULL, err);
    record_close(&r);
    return rc;
}

static int run_status(struct cli *c, struct err *err)
{
    struct status *s = calloc(1, sizeof *s);
    if (!s) return err_nomem(err);
    int rc = cli_open(c, DB_READ, err);
    if (rc == 0) rc = status_read(c, s, err);
    if (rc == 0) rc = print(c, s, err);
    if (rc == 0) cli_clock_warn(c);
    free(s);
    return rc;
}

const struct cli_command status_command = {
    .name = "status", .run = run_status, .words = "",
    .zh = "待上报、最近联系、范围、线索倒计时等", .en = "pending, last contact, scope, days left for clues and so on",
};
