/* push: one upload under way; shared by push.c and push_answer.c only. */
#ifndef ZHUCUN_HTTP_PUSH_H
#define ZHUCUN_HTTP_PUSH_H

#include "answer.h"

enum push_state { PUSH_RECEIVING, PUSH_WAITING, PUSH_BUSY, PUSH_DECIDED };

struct push {
    struct push_target target;
    struct upload *upload;
    uint64_t size;              /* bytes here */
    uint64_t length;            /* bytes of the whole bundle */
    enum push_state state;
    bool drop;                  /* nobody will ask for these bytes again */
    struct public_key sender;   /* by which the bundle must be signed */
    struct buf bundle, packed;  /* as it came, and opened */
    struct intake_push intake;
    struct intake_result result;
};

/* Before the answer leaves: who has read it may come back at once, on another thread. */
void push_release(struct request *r);
enum MHD_Result push_answer_offset(struct request *r);  /* 204: so many bytes are here */
enum MHD_Result push_answer_decided(struct request *r); /* by intake */
enum MHD_Result push_answer_busy(struct request *r);

#endif
