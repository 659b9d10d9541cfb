/* verify: is what is stored still what was written and what was told — the log's chain, the rows' hashes, the file —
 * and does the server count the same visits. Reads; only that rows are to be compared at the next sync is noted. */
#include "apply.h"
#include "commands.h"
#include "differ.h"
#include "journal_tally.h"

/* The next sync then fetches what differs. It would find it by itself within a day. */
static void want_mending(struct cli *c)
{
    struct home *h = NULL;
    if (home_open(&h, c->dir, DB_WRITE, NULL, c->env, NULL) == 0) (void)home_meta_set_int(h, META_SNAPSHOT, SNAPSHOT_MENDING, NULL);
    home_close(h);
}

static int print_json(struct cli *c, uint64_t entries, uint64_t rows, struct err *err)
{
    json_t *o = json_object(), *differ;
    int rc = differ_json(c, &differ, err);
    json_object_set_new(o, "ok", json_boolean(json_array_size(differ) == 0));
    json_object_set_new(o, "changesets", json_integer((json_int_t)entries));
    json_object_set_new(o, "rows", json_integer((json_int_t)rows));
    json_object_set_new(o, "visits_differ", differ);
    if (rc == 0) json_dumpf(o, c->out, JSON_COMPACT);
    if (rc == 0) fputc('\n', c->out);
    json_decref(o);
    return rc;
}

static int check_visits(struct cli *c, struct err *err)
{
    uint64_t months = 0;
    int rc = c->json ? journal_tally_differ(c->home, &months, err) : differ_print(c, &months, err);
    if (rc || months == 0) return rc;
    return err_set(err, ERR_REFUSED, "有 %llu 项走访数与服务器不符：本机的都在，请把编号告知主管",
                   "%llu counts of visits differ from the server's: nothing is lost here, tell your supervisor the ids",
                   (unsigned long long)months);
}

static int run_verify(struct cli *c, struct err *err)
{
    uint64_t entries = 0, rows = 0;
    int rc = cli_open(c, DB_READ, err);
    if (rc == 0) rc = db_check(c->home->db, err);
    if (rc == 0) rc = journal_verify(c->home, &entries, err);
    if (rc) return rc;
    rc = apply_verify(c->home, &rows, err);
    if (rc == ERR_CORRUPT) want_mending(c);
    if (rc) return rc;
    if (c->json) rc = print_json(c, entries, rows, err);
    else cli_say(c, "完好：日志 %llu 组，记录 %llu 条", "sound: %llu changesets in the log, %llu rows", (unsigned long long)entries,
                 (unsigned long long)rows);
    return rc ? rc : check_visits(c, err);
}

const struct cli_command verify_command = {
    .name = "verify", .run = run_verify, .words = "",
    .zh = "核对日志链、记录摘要、数据库文件和走访数", .en = "check the log's chain, the rows' hashes, the file and the count of visits",
    .more_zh = "不符时指出第一处，退出码 1；记录与服务器告知的不同时，下次同步只取相差的。走访数（按人、按月）与服务器不符时列出编号。",
    .more_en = "Names the first difference and exits with 1; rows that are not what the server told are fetched by the next sync, "
               "and only those. Where the server counts other visits of somebody in a month, their ids are listed.",
};
