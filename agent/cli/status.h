/* status: the figures of one laptop; shared by status and doctor. */
#ifndef ZHUCUN_AGENT_CLI_STATUS_H
#define ZHUCUN_AGENT_CLI_STATUS_H

#include "cli.h"
#include "journal_tally.h"

struct status {
    uint64_t origin;
    char server[512], device[128], workers[WIRE_MAX_WORKERS * 24], places[WIRE_MAX_PLACES * 13 + 1];
    char households[WIRE_MAX_HOUSEHOLDS * ROW_ID_TEXT + 1]; /* ids, of a scope by household */
    int64_t epoch, cursor, last_contact_ms, skew_ms, database_bytes;
    bool agree;                 /* count and fingerprint equalled the server's at the present cursor */
    struct journal_counts counts;
    uint64_t conflicts, inbox;
    uint64_t visits_differ;     /* months and authors of whose visits the server has another count */
    int64_t rows[SCHEMA_MAX_TABLE + 1]; /* in the schema's order */
};
int status_read(struct cli *c, struct status *s, struct err *err);
/* How far the clock was off at the last contact, in words. What is wrong with it now is said by cli_clock_warn. */
void status_clock(const struct cli *c, const struct status *s, char *out, size_t size);

#endif
