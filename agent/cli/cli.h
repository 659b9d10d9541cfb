/* cli: what the commands share — the parsed command line, the home they work on, who writes, how to speak.
 * main.c makes one struct cli; a command is one file with one const struct cli_command. Records go to stdout,
 * everything else to stderr, and a failure is one line that main prints. */
#ifndef ZHUCUN_AGENT_CLI_H
#define ZHUCUN_AGENT_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "home.h"
#include "zhucun/env.h"
#include "zhucun/err.h"

struct cli;

struct cli_option {
    const char *name; /* "--date"; NULL ends the list */
    const char *arg;  /* "D"; NULL: a flag */
    const char *zh, *en;
};

struct cli_command {
    const char *name;
    int (*run)(struct cli *c, struct err *err);
    const char *words;       /* "TABLE k=v …" */
    size_t least, most;      /* how many words */
    const char *zh, *en;     /* one line */
    const char *more_zh, *more_en; /* paragraphs of --help; NULL: none */
    const struct cli_option *options;
};

struct cli_given {
    const struct cli_option *option;
    const char *value;
};

struct cli {
    enum lang lang;
    bool json;
    bool help;
    const char *dir;         /* home */
    const char *as;          /* --as or ZHUCUN_AS; NULL: by the laptop's list */
    const struct env *env;
    FILE *out;
    FILE *note;              /* stderr: warnings, progress */
    const struct cli_command *command;
    const char **words;
    size_t word_count;
    struct cli_given *given;
    size_t given_count;
    struct home *home;       /* after cli_open; main closes it */
    char home_dir[512];
    int64_t clock_off_ms;    /* what today differs by from the laptop's clock, after cli_open */
};

enum { CLI_MAX_COMMANDS = 24 };
extern const struct cli_option cli_globals[];
const struct cli_command *cli_command_at(size_t i); /* NULL behind the last */
const struct cli_command *cli_command_named(const char *name);

/* args: the words of the command line sorted out. Options may stand anywhere; "--" ends them. */
int cli_parse(struct cli *c, int argc, char **argv, struct err *err);
void cli_free(struct cli *c);
const char *cli_value(const struct cli *c, const char *option); /* the last one given, or NULL */
/* The next value of an option that may be given often; *at starts at 0. NULL: no more. */
const char *cli_value_next(const struct cli *c, const char *option, size_t *at);
int cli_value_int(const struct cli *c, const char *option, int64_t least, int64_t most, int64_t fallback, int64_t *out,
                  struct err *err);
int cli_value_date(const struct cli *c, const char *option, int64_t fallback, int64_t *days, struct err *err);

void cli_help(struct cli *c); /* of the command, or of all */

/* Speaking. Both formats take the same arguments. */
void cli_say(struct cli *c, const char *zh, const char *en, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4))); /* a line on stdout */
void cli_warn(struct cli *c, const char *zh, const char *en, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4))); /* a line on stderr, goes on */
void cli_fail(struct cli *c, const struct err *err);              /* the one line of a failure */
const char *cli_pick(const struct cli *c, const char *zh, const char *en) __attribute__((format_arg(2), format_arg(3)));

/* Opens the home into c->home. ERR_NOT_FOUND: there is none, enrol first. */
int cli_open(struct cli *c, enum db_mode mode, struct err *err);
/* Who writes: --as, ZHUCUN_AS, or the one worker this laptop belongs to. */
int cli_author(struct cli *c, struct row_id *author, struct err *err);
/* A failed or short write to stdout is ERR_DISK, once, at the end. */
int cli_flush(struct cli *c, struct err *err);

int64_t cli_now_ms(const struct cli *c); /* the laptop's clock, as it stands */
int64_t cli_today(const struct cli *c);  /* after cli_open: by the server's clock as far as it is known, see clock.c */
int cli_clock_read(struct cli *c, struct err *err);
int64_t cli_clock_correct(int64_t now_ms, int64_t skew_ms, int64_t contact_ms); /* contact 0: there was none */
void cli_clock_warn(struct cli *c); /* one line when the clock is off by more than a day */

/* Progress on a terminal, for what takes longer than a second; silent elsewhere. */
struct cli_progress {
    struct cli *c;
    int64_t begun_ms, shown_ms;
    bool shown;
};
void cli_progress_begin(struct cli_progress *p, struct cli *c);
void cli_progress(void *progress, const char *zh, const char *en, uint64_t done, uint64_t total); /* total 0: unknown */
void cli_progress_end(struct cli_progress *p); /* wipes the line */

#endif
