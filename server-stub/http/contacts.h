/* contacts: who pulled or compared, when and up to where. A pull writes nothing, so that thousands cost no transaction; what
 * is noted here goes to the store in one, every few seconds. Lost with a crash: the next pull tells it again. */
#ifndef ZHUCUN_HTTP_CONTACTS_H
#define ZHUCUN_HTTP_CONTACTS_H

#include "intake.h"

struct contact {
    uint64_t origin; /* 0: free */
    bool pulled;       /* else it compared, and says nothing of what follows */
    uint64_t csn;
    int64_t at_ms;
    uint64_t counter;  /* of the request */
};
struct contacts;
int contacts_open(struct contacts **out, struct err *err);
void contacts_close(struct contacts *c);
void contacts_note(struct contacts *c, const struct contact *one);
int contacts_write(struct contacts *c, struct intake *in, struct err *err);

#endif
