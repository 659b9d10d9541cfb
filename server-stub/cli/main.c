/* main: zhucun-server. Finds the command, runs it, says what went wrong in one line and leaves with the exit
 * status that belongs to it. */
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static int run_help(struct cli *c, int argc, char **argv);

static const struct command commands[] = {
    {"init", "--city 2312 [--suite 25519|sm]", "新建数据目录（其中是加密的 SQLite 库）和密钥文件 DIR/keys（或 ZHUCUN_KEY_FILE 指的文件）。\n没有密钥文件，目录里的内容谁也读不出：请另存一份。--suite sm：国密算法。", "Makes a new data folder (with an encrypted SQLite store in it) and its keys, DIR/keys (or the file that ZHUCUN_KEY_FILE names).\nWithout that file nobody reads what is in the folder: keep a copy of it. --suite sm: the algorithms of GM/T.",
     command_init},
    {"load", "DIR", "载入名册目录：regions、workers、households、members、assignments（.csv 或 .ndjson）。\n"
     "全部成功或全部不变；再次载入只更新有变化的列。",
     "Loads a roster folder: regions, workers, households, members, assignments (.csv or .ndjson).\n"
     "All or nothing; loading again updates only what differs, and leaves what the field\n"
     "corrected after the sheet was written.", command_load},
    {"enrol", "--scope CODE[,CODE…]|assigned [--worker ID …] [--name NAME] [--hours N]  |  --batch laptops.csv -o codes.csv",
     "发放一次性注册码（24 小时有效）。--scope assigned：只持有使用者所帮扶的户，随帮扶关系变化。\n"
     "--batch 按表批量发放（列：laptop,wave,scope,workers）。",
     "Hands out a one-time code (24 h). --scope assigned: the laptop holds the households assigned to its workers,\n"
     "as they change. --batch does so for a whole sheet (columns laptop,wave,scope,workers).",
     command_enrol},
    {"serve", "--listen ADDR:PORT [--metrics ADDR:PORT] [--verbose]", "运行服务器，直到收到 SIGTERM 或 SIGINT。",
     "Runs the server until SIGTERM or SIGINT.", command_serve},
    {"pull", "[--since CURSOR] [--scope CODE] [--table T] [--format ndjson|csv] [-o FILE] [--cursor-file F]",
     "导出汇总日志：从游标之后开始，每条变化一行。--cursor-file 读取并更新游标。",
     "Writes the consolidated log past a cursor, one row a line. --cursor-file is read and moved on.", command_pull},
    {"report", "bulletin | rules [--rule CODE] | clues | coverage | missing [--scope CODE] [--on DATE] | lag",
     "报表：通报数据、需要核对的户、待认定线索、走访覆盖、走访数与设备不符之处、各设备上报情况。\n"
     "rules 按户列出规则检查发现的问题、说明和起始日期；clues 列出待认定线索的余下天数、超期和迟报天数。",
     "Figures and lists: the bulletin, what the rules find, clues that wait, coverage, visits missing here, what devices owe.\n"
     "rules lists household by household what needs a look, why, and since when; clues the days left for a decision,\n"
     "those overdue first, and by how many days they were reported late.", command_report},
    {"conflicts", "[TABLE/ID] [--scope CODE] [--table T] [--all]", "列出待裁定的冲突、建议和被隔离的变更。\n"
     "每一条说明：何人、何时、在哪台电脑上写的，当时知道什么，为何落选。\n现值后标“该值此后又改过”的，两个值之后又有人写过。--all 连同已裁定的和已被取代的。",
     "Lists conflicts, proposals and quarantined changesets that need a person.\n"
     "Each with who wrote what, when, on which laptop, what had been seen there, and why it lost.\n"
     "\"changed since\": somebody has written the value again after the two. --all: with what has been\n"
     "decided or superseded, too.", command_conflicts},
    {"resolve", "ID --take winner|loser|VALUE --why TEXT [--as WORKER] [--earlier]", "裁定一条冲突或建议。\n"
     "winner 维持现值，loser 采用落选值或建议，或另给一个值。裁定会同步回各方的电脑。\n"
     "--as 以某位工作人员的名义：须有该项的权限，记录须在其负责区域内；写过两值之一的人须是乡镇以上主管。\n"
     "不写则为办公室。已被知情者改掉的旧值不是冲突，要恢复须加 --earlier。",
     "Decides about a conflict or a proposal.\n"
     "winner: the value in force stays; loser: what lost or is proposed is taken; or another value.\n"
     "The ruling flows back to the laptops concerned. --as: in the name of a worker, who must be\n"
     "entitled to the column and in charge of the record's region; who wrote one of the two values\n"
     "must be a supervisor of the township or above. Without it: the office. An earlier value that was\n"
     "replaced by somebody who had seen it is no conflict: it comes back only with --earlier.", command_resolve},
    {"quarantine", "list | retry ORIGIN:SEQ|all", "列出被隔离的变更及原因，或重新处理。\n"
     "retry 把它再处理一次：缺的东西补上之后就能写入。仍不行则说明原因，退出码 1。",
     "Lists quarantined changesets and why, or takes them again.\n"
     "retry: after what it lacked has come, it is written as it would have been; else exit 1 and the reason.",
     command_quarantine},
    {"history", "TABLE/ID [--full]", "一条记录的全部经过：谁建的、每次改动、落选值、裁定、删除。\n"
     "--full 翻阅全部日志，连不影响结果的改动也列出（较慢）。",
     "All that happened to one record: who made it, each change, what lost, rulings, deletion.\n"
     "--full reads every log, so that writes without effect are listed, too (slower).", command_history},
    {"assign", "HOUSEHOLD --to WORKER|- [--from WORKER] [--role ROLE] [--on DATE] [--as WORKER] [--why TEXT]  |  --file FILE.csv",
     "指派或结束帮扶关系，保留历史。\n"
     "原有关系在生效日前一天结束（给出 --from 则只结束此人的），再新建一条；--to - 只结束。角色：帮扶责任人（默认）、驻村干部、监测联系人。\n"
     "--file 按表办理（列：household,to[,from][,role][,on]），全部成功或全部不变。",
     "Hands a household to somebody, or ends that; the history stays.\n"
     "The open assignment ends the day before (with --from, only that worker's) and a new one begins; --to - only ends it.\n"
     "Roles: 帮扶责任人 (contact, the default), 驻村干部 (resident cadre), 监测联系人 (monitor).\n"
     "--file takes a sheet (columns household,to[,from][,role][,on]), all or nothing.", command_assign},
    {"order", "issue --region CODE|--worker WORKER --kind KIND --text TEXT [--due DATE] [--number N] [--as WORKER]"
     "  |  close ID|NUMBER [--why TEXT] [--as WORKER]"
     "  |  list [--scope CODE] [--open]",
     "签发、办结、列出提示单和督办单。\n"
     "没有给单号时按年编号。只有签发人能办结。list 显示每份单据的状态和回复；期限前写成、期限后收到的回复标为延迟上传，不算逾期。",
     "Issues, closes and lists orders (提示单, 督办单).\n"
     "Without --number the year's next is taken. Only the issuer closes. list shows how each one stands and its replies;\n"
     "one written in time and received late is marked as uploaded late, and the order is not overdue for it.", command_order},
    {"move", "HOUSEHOLD… --to VILLAGE [--file FILE] [--as WORKER] [--why TEXT]", "把户迁到另一个村，家庭成员、走访、风险随户迁移。",
     "Moves households to another village, with all that hangs on them.", command_move},
    {"region", "merge CODE… --into CODE [--as WORKER] [--why TEXT]  |  split CODE --into NEWCODE --name NAME --file FILE [--as WORKER]"
     " [--why TEXT]",
     "合并或拆分村。\n合并：户、人员、单据、线索、指标和设备范围转到新村，原村保留并标明并入。\n拆分：新建村，迁入文件中的户；原村的设备同时持有新村，指标留在原村。",
     "Merges or splits villages.\n"
     "merge: households, workers, orders, clues, indicators and laptops' scopes go over; the old village stays and says where it went.\n"
     "split: makes the new village and moves the households of the file there; the old village's laptops hold it, too, its\n"
     "indicators stay.", command_region},
    {"duplicates", "[--scope CODE]", "列出重复录入的户、家庭成员和重复的编号。",
     "Lists households and people entered twice, and numbers that two rows have.", command_duplicates},
    {"merge", "TABLE/KEEP TABLE/DROP --why TEXT [--as WORKER]  |  --undo TABLE/DROP --why TEXT [--as WORKER]",
     "把重复的户或成员并为一条（可撤销）。\n不删除任何记录；统计只算一次，编号归保留的一条。",
     "Says that two rows are the same household or person; can be taken back.\n"
     "Nothing is deleted: figures count it once, and its number names the row that stays.", command_merge},
    {"device", "list | revoke ORIGIN|NAME | scope ORIGIN|NAME --add CODE,… --remove CODE,… | --set CODE,…", "列出或停用设备，更改设备范围。",
     "Lists devices, revokes one, or changes what it holds.", command_device},
    {"inspect", "FILE", "把一个数据包显示为 JSON。", "Prints a bundle as JSON.", command_inspect},
    {"backup", "FILE", "在线备份到一个新文件。", "Copies the store to a new file, while it runs.", command_backup},
    {"verify", "", "核对每台设备的日志链、各地合计、台账和库文件。",
     "Checks every device's chain, every place's sums, the ledger and the store's file.", command_verify},
    {"help", "[COMMAND|tables|TABLE]", "显示帮助；help tables 列出表，help 表名 列出各列、怎么填、有哪些代码。",
     "Shows help; help tables: the tables, help TABLE: its columns, what they take, and the codes.", run_help},
};

static int usage(const struct cli *c, FILE *out)
{
    fprintf(out, "%s\n\n", say(c, "用法：zhucun-server 命令 [选项]", "usage: zhucun-server COMMAND [OPTIONS]"));
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const char *text = say(c, commands[i].zh, commands[i].en);
        fprintf(out, "  %-11s %.*s\n", commands[i].name, (int)strcspn(text, "\n"), text);
    }
    fprintf(out, "\n%s\n", say(c, "每个命令都有 --help；都认 --data DIR（或 ZHUCUN_DATA）、--lang zh|en，输出记录的认 --json；另有 --version。\n"
                                  "退出码：0 完成 · 1 拒绝并说明原因 · 2 用法 · 69 对方报错 · 73 写不了 · 75 不在线 · 77 无权",
                               "Every command has --help and takes --data DIR (or ZHUCUN_DATA) and --lang zh|en, those that print\n"
                               "records --json; --version prints the version.\n"
                               "exit codes: 0 done · 1 refused, with the reason · 2 usage · 69 the other side answered with an error ·\n"
                               "73 cannot write · 75 offline · 77 not allowed"));
    return out == stdout ? 0 : err_exit_status(ERR_USAGE);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* "order" is both: the command, and after it the table. */
static void describe(struct cli *c, const struct schema_table *t)
{
    struct buf out;

    if (c->command)
        command_help(c, stdout);
    buf_init(&out, SCHEMA_DESCRIBE_MAX);
    if (t)
        schema_describe(schema_current(), t, c->lang, &out);
    else if (!c->command)
        schema_describe_all(schema_current(), c->lang, &out);
    printf("%s%s", c->command && t ? "\n" : "", buf_text(&out));
    buf_free(&out);
}

static int run_help(struct cli *c, int argc, char **argv)
{
    const char *word = NULL;
    size_t words;
    int rc = args_parse(c, argc, argv, NULL, 0, &word, &words, 1);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (!words)
        return usage(c, stdout);
    const struct schema_table *t = schema_table_named(schema_current(), word);
    c->command = find_command(word);
    if (!c->command && !t && strcmp(word, "tables") != 0)
        return err_set(&c->err, ERR_USAGE, "没有命令或表“%s”（见 zhucun-server help 和 zhucun-server help tables）",
                       "there is no command or table \"%s\" (see zhucun-server help and zhucun-server help tables)", word);
    describe(c, t);
    return 0;
}

static bool takes_value(const char *option)
{
    return strcmp(option, "--data") == 0 || strcmp(option, "--lang") == 0;
}

/* Options may stand before the command: then they are moved behind it. Index of the command, or argc. */
static int command_index(int argc, char **argv)
{
    int at = 1;

    while (at < argc && argv[at][0] == '-')
        at += takes_value(argv[at]) ? 2 : 1;
    return at < argc ? at : argc;
}

static int run(struct cli *c, int argc, char **argv, int at)
{
    char **rest = calloc((size_t)argc + 1, sizeof *rest);
    int n = 0, rc;

    if (!rest)
        return err_nomem(&c->err);
    for (int i = 1; i < argc; i++)
        if (i != at)
            rest[n++] = argv[i];
    rc = c->command->run(c, n, rest);
    free(rest);
    return rc;
}

static int finish(struct cli *c, int rc)
{
    if (rc >= 0 && (fflush(stdout) != 0 || ferror(stdout)))
        rc = err_set(&c->err, ERR_DISK, "输出写不出去，做了的事不变%s", "the output could not be written; what was done stays done%s", "");
    if (rc >= 0)
        return 0;
    fprintf(stderr, "zhucun-server: %s\n", err_text(&c->err, c->lang));
    return err_exit_status(rc);
}

int main(int argc, char **argv)
{
    struct cli c = {.data = getenv("ZHUCUN_DATA"), .lang = lang_from(NULL), .env = env_system(),
                    .log = {LOG_INFO, STDERR_FILENO}};
    int at = command_index(argc, argv);

    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_IGN);
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], "--lang") == 0)
            c.lang = lang_from(argv[i + 1]);
    if (at == argc) {
        bool version = argc > 1 && strcmp(argv[argc - 1], "--version") == 0;
        if (version)
            return printf("zhucun-server %s\n", ZHUCUN_VERSION) < 0;
        return usage(&c, argc > 1 && strcmp(argv[argc - 1], "--help") == 0 ? stdout : stderr);
    }
    c.command = find_command(argv[at]);
    if (!c.command)
        return finish(&c, err_set(&c.err, ERR_USAGE, "没有“%s”这个命令（见 zhucun-server --help）",
                                  "there is no command \"%s\" (see zhucun-server --help)", argv[at]));
    return finish(&c, run(&c, argc, argv, at));
}
