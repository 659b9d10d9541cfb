/* collect: one look at the home for the inbox; shared by this folder's files only. */
#ifndef ZHUCUN_INBOX_COLLECT_H
#define ZHUCUN_INBOX_COLLECT_H

#include "inbox.h"

/* here.c: who and where this laptop is. */
struct here {
    int64_t *places;
    size_t place_count;
    struct row_id *workers;
    size_t worker_count;
    int level;             /* enum schema_level: the highest of the workers; 0: none */
};
int here_read(struct home *h, struct here *here, struct err *err);
void here_free(struct here *here);
bool here_worker(const struct here *here, const struct value *id);
enum here_reach { HERE_NOT, HERE_BELOW, HERE_EXACTLY }; /* a region below one of ours, or one of ours */
enum here_reach here_reach(const struct here *here, int64_t region);

struct collect {
    struct home *h;
    struct here here;
    struct inbox *out;
    int64_t today;
    bool all;
    struct err *err;
};
int collect_add(struct collect *c, struct inbox_entry e); /* drops what is done, unless all is wanted */
int collect_orders(struct collect *c);

#endif
