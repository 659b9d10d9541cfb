/* report_lists: the reports that are lists to work through; see report_lists.c. */
#ifndef ZHUCUN_SERVER_CLI_REPORT_LISTS_H
#define ZHUCUN_SERVER_CLI_REPORT_LISTS_H

#include "cli.h"

int report_list_rules(struct cli *c, struct store *s, int64_t scope, int64_t on, const char *rule); /* NULL: all */
int report_list_clues(struct cli *c, struct store *s, int64_t scope, int64_t on);

int report_list_missing(struct cli *c, struct store *s, int64_t scope);

#endif
