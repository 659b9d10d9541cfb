/* ask: see ask.c. Requests are taken over; answers are yours. */
#ifndef ZHUCUN_SERVER_CLI_ASK_H
#define ZHUCUN_SERVER_CLI_ASK_H

#include "cli.h"

int ask(struct cli *c, json_t *request, json_t **answer);
int file_arg(struct cli *c, const char *path, char **full); /* NULL: none. free(*full) */
json_t *words_json(const char *const *words, size_t count);
const char *text_in(const json_t *o, const char *name);     /* "" when there is none */
/* To stderr, of a laptop: warn_beyond(), and who uses it and is not among what it holds. */
void warn_laptop(struct cli *c, const json_t *one);
/* To stderr: a laptop whose workers have more households than it can hold; nothing when it holds all. */
void warn_beyond(struct cli *c, const json_t *one);
int print_each(struct cli *c, const json_t *list, void (*people)(struct cli *c, const json_t *one));

/* move.c; `region split` moves, too. */
void print_moved(struct cli *c, const json_t *one);
void print_not_moved(struct cli *c, const json_t *answer);

#endif
