/* answer: responses. Before the body has been read (route.begin, route.body) a refusal is only noted, and given
 * once the body has been swallowed; at the end (route.end) it is given at once. */
#ifndef ZHUCUN_HTTP_ANSWER_H
#define ZHUCUN_HTTP_ANSWER_H

#include "request.h"

/* A response made of the buffer's bytes, copied, signed as the answer to this request. `offset`: Upload-Offset; −1: none.
 * NULL: no memory. */
struct MHD_Response *answer_make(struct request *r, unsigned status, const struct buf *body, const char *type, int64_t offset);
enum MHD_Result answer_queue(struct request *r, unsigned status, struct MHD_Response *response);
enum MHD_Result answer_buf(struct request *r, unsigned status, const char *type, const struct buf *body);

/* A box to the laptop in place of the buffer's bytes, for what holds people's data. */
enum MHD_Result answer_sealed(struct request *r, const struct public_key *to, const char *type, const struct buf *body);
enum MHD_Result answer_problem(struct request *r, const struct problem *p);
/* Notes a refusal and returns a negative code, for `begin` and `body`. */
int refuse_problem(struct request *r, const struct problem *p);
int refuse(struct request *r, unsigned status, enum problem_kind kind, const struct err *why);
/* A message that could not be read: 415 `format` or 400. */
int refuse_message(struct request *r, const struct err *why);
enum MHD_Result answer_noted(struct request *r); /* gives the refusal noted */
enum MHD_Result answer_err(struct request *r, unsigned status, enum problem_kind kind, const struct err *why);
void problem_fill(struct problem *p, unsigned status, enum problem_kind kind, const struct err *why);

#endif
