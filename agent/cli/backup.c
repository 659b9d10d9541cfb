/* backup: a copy of the home's database that opens by itself. It is the same origin: to be kept, not used beside
 * the original. */
#include "commands.h"

#include <sys/stat.h>

static int run_backup(struct cli *c, struct err *err)
{
    struct stat st;
    mode_t before = umask(0077); /* the copy holds what the original holds */
    int rc = cli_open(c, DB_READ, err);
    if (rc == 0) rc = db_backup(c->home->db, c->words[0], err);
    umask(before);
    if (rc) return rc;
    int64_t size = stat(c->words[0], &st) == 0 ? (int64_t)st.st_size : 0;
    if (c->json) fprintf(c->out, "{\"bytes\":%lld}\n", (long long)size);
    else cli_say(c, "已备份到 %s（%lld 字节）", "backed up to %s (%lld bytes)", c->words[0], (long long)size);
    return 0;
}

const struct cli_command backup_command = {
    .name = "backup", .run = run_backup, .words = "FILE", .least = 1, .most = 1,
    .zh = "备份本机数据库", .en = "copy the laptop's database",
    .more_zh = "恢复：放回空的数据目录，改名 zhucun.db。备份与原机是同一个身份，不要两处同时使用。",
    .more_en = "To restore, put it into an empty home as zhucun.db. It is the same origin as the laptop: never use both.",
};
