/* main: parse, run one command, say what went wrong in one line, and leave with the status that surface.md
 * promises. Everything the program knows hangs on the struct cli made here. */
#include <signal.h>

#include "cli.h"

static int run(struct cli *c, int argc, char **argv, struct err *err)
{
    int rc = cli_parse(c, argc, argv, err);
    if (rc) return rc;
    if (c->help) {
        cli_help(c);
        return cli_flush(c, err);
    }
    rc = c->command->run(c, err);
    int flushed = cli_flush(c, rc ? NULL : err);
    return rc ? rc : flushed;
}

int main(int argc, char **argv)
{
    struct err err = {0};
    struct cli c = {.lang = lang_from(NULL), .env = env_system(), .out = stdout, .note = stderr};
    signal(SIGPIPE, SIG_IGN); /* a reader that left is a failed write, told as such */
    int rc = run(&c, argc, argv, &err);
    if (rc) cli_fail(&c, &err);
    cli_free(&c);
    return err_exit_status(rc);
}
