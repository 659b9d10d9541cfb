/* signed: a conversation with one server, over any transport. Requests are signed with the laptop's key and numbered; answers
 * are believed when the server's key has signed them as the answer to just this request — so that a login page, a proxy's
 * cache or a stranger is never taken for the server — and boxes in them are opened. */
#ifndef ZHUCUN_SEND_SIGNED_H
#define ZHUCUN_SEND_SIGNED_H

#include "send.h"
#include "zhucun/keys.h"

struct conversation {
    const struct transport *over;
    const struct env *env;
    uint64_t origin;
    struct key_pair sign, box;        /* the laptop's; wiped by conversation_end */
    struct public_key server_sign;
    uint64_t counter;                 /* of the last request. Starts with the clock; the server says when that is too low */
};

/* Borrows the conversation. Besides the errors of a transport: ERR_PEER when what answered is not the server. */
struct transport conversation_transport(struct conversation *c);
void conversation_end(struct conversation *c);


/* POST /v1/enrol, in a conversation that has the laptop's new keys. ERR_DENIED: the code is wrong, used or too old. */
int send_enrol(struct conversation *c, const struct public_key *server_box, const struct enrol_request *q,
               struct enrol_answer *a, struct err *err);

#endif
