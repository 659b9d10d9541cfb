/* cli: the command line of zhucun-server, one command a file. main.c finds the command and turns its error into
 * a sentence and an exit status; commands return 0 or a negative err_code. */
#ifndef ZHUCUN_SERVER_CLI_H
#define ZHUCUN_SERVER_CLI_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "store.h"
#include "zhucun/env.h"
#include "zhucun/err.h"
#include "zhucun/log.h"

struct command;
struct cli {
    const struct command *command;
    const char *data;      /* the data folder */
    enum lang lang;
    bool json;
    const struct env *env;
    struct log log;
    struct err err;
};

struct command {
    const char *name, *usage;
    const char *zh, *en;   /* what it does; more lines follow the first */
    int (*run)(struct cli *c, int argc, char **argv); /* argv: what follows the command's name */
};
int command_init(struct cli *c, int argc, char **argv);
int command_load(struct cli *c, int argc, char **argv);
int command_enrol(struct cli *c, int argc, char **argv);
int command_serve(struct cli *c, int argc, char **argv);
int command_pull(struct cli *c, int argc, char **argv);
int command_report(struct cli *c, int argc, char **argv);
int command_conflicts(struct cli *c, int argc, char **argv);
int command_resolve(struct cli *c, int argc, char **argv);
int command_history(struct cli *c, int argc, char **argv);
int command_quarantine(struct cli *c, int argc, char **argv);
int command_device(struct cli *c, int argc, char **argv);
int command_assign(struct cli *c, int argc, char **argv);
int command_order(struct cli *c, int argc, char **argv);
int command_move(struct cli *c, int argc, char **argv);
int command_region(struct cli *c, int argc, char **argv);
int command_duplicates(struct cli *c, int argc, char **argv);
int command_merge(struct cli *c, int argc, char **argv);
int command_inspect(struct cli *c, int argc, char **argv);
int command_backup(struct cli *c, int argc, char **argv);
int command_verify(struct cli *c, int argc, char **argv);

/* verify_ledger.c: each entry names a row and a changeset that are there; a decided one says why. */
int verify_ledger(struct cli *c, struct store *s, uint64_t *entries);

/* ---- args.c ---- */
enum { ARGS_MAX = 1024 };
struct arg_list {
    const char *items[ARGS_MAX];
    size_t count;
};
enum arg_kind { ARG_FLAG, ARG_TEXT, ARG_LIST };
struct arg {
    const char *name;      /* "--scope" */
    enum arg_kind kind;
    void *to;              /* bool *, const char **, struct arg_list * (takes the words up to the next option) */
};
enum { ARGS_HELP = 1 };
/* Fills the options, those common to all commands included; the other words go to `words`, at most `max`.
 * ARGS_HELP: help has been printed, nothing is left to do. */
int args_parse(struct cli *c, int argc, char **argv, const struct arg *args, size_t count, const char **words,
               size_t *word_count, size_t max);
void command_help(const struct cli *c, FILE *out);
const char *say(const struct cli *c, const char *zh, const char *en) __attribute__((format_arg(2), format_arg(3)));

/* ---- output.c ---- */
int print_json(struct cli *c, const json_t *object);        /* one line */
int need_data(struct cli *c);                               /* ERR_USAGE when no data folder is named */
int open_reader(struct cli *c, struct store **s);           /* of c->data, with a hint when there is none */
void print_heading(const struct cli *c, const char *zh, const char *en); /* of columns: on a terminal only, never into a pipe */
int scope_arg(struct cli *c, struct store *s, const char *text, int64_t *code); /* NULL: the city */
void show_progress(void *ctx, const char *what, uint64_t done);
/* A wall of columns: width on a terminal, Chinese characters counted as two. */
void print_padded(const char *text, int width);

#endif
