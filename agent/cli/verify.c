/* verify: is what is stored still what was written and what was told — the log's chain, the rows' hashes, the file. */
#include "apply.h"
#include "commands.h"
#include "journal.h"

static int run_verify(struct cli *c, struct err *err)
{
    uint64_t entries = 0, rows = 0;
    int rc = cli_open(c, DB_READ, err);
    if (rc == 0) rc = db_check(c->home->db, err);
    if (rc == 0) rc = journal_verify(c->home, &entries, err);
    if (rc == 0) rc = apply_verify(c->home, &rows, err);
    if (rc) return rc;
    if (c->json)
        fprintf(c->out, "{\"ok\":true,\"changesets\":%llu,\"rows\":%llu}\n", (unsigned long long)entries,
                (unsigned long long)rows);
    else
        cli_say(c, "完好：日志 %llu 组，记录 %llu 条", "sound: %llu changesets in the log, %llu rows", (unsigned long long)entries,
                (unsigned long long)rows);
    return 0;
}

const struct cli_command verify_command = {
    .name = "verify", .run = run_verify, .words = "",
    .zh = "核对日志链、记录摘要和数据库文件", .en = "check the log's chain, the rows' hashes and the file",
    .more_zh = "不符时指出第一处，退出码 1。",
    .more_en = "Names the first difference and exits with 1.",
};
