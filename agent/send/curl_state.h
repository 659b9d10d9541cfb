/* curl_state: one connection to one server; shared by this folder's files only. */
#ifndef ZHUCUN_SEND_CURL_STATE_H
#define ZHUCUN_SEND_CURL_STATE_H

#include <curl/curl.h>
#include <stdbool.h>

#include "send.h"

struct send_curl {
    CURL *easy;
    char url[512];
    long timeout_s;
    uint64_t up, down;
    double cut;                 /* probability; 0: never */
    uint64_t random;            /* state of the knob's generator */

    /* of the request under way */
    const struct send_request *q;
    struct send_answer *a;
    size_t sent;                /* body bytes handed to curl */
    size_t cut_at;              /* abort once this many have gone; SIZE_MAX: do not */
    bool lose_reply;            /* all has gone, the reply is thrown away */
    bool heads_end;             /* the answer's headers came whole: curl takes an end in their middle for theirs */
    bool overflow;              /* the answer is above body.max */
    bool refused;               /* the machine is there, and nobody listens at the port */
    char text[CURL_ERROR_SIZE];
};

void answer_reset(struct send_answer *a);
size_t answer_header(char *line, size_t size, size_t count, void *ctx);
size_t answer_body(char *bytes, size_t size, size_t count, void *ctx);

void cut_plan(struct send_curl *c); /* decides about the request in c->q */

#endif
