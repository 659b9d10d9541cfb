/* signed: which parts of a conversation between laptop and server are signed, and what an answer is sealed with: said once,
 * for both sides. httpsig.h has the form. */
#ifndef ZHUCUN_SIGNED_H
#define ZHUCUN_SIGNED_H

#include "zhucun/httpsig.h"

enum { SIGNED_PARTS_MAX = 10 };

/* Values of the headers of these names; upload_* NULL: not sent. */
struct signed_request {
    const char *method, *path, *digest, *origin, *counter, *clock, *upload_offset, *upload_length;
};
/* `request`: the value of the Signature header that is answered; NULL: the request was not signed. */
struct signed_answer {
    const char *status, *digest, *upload_offset, *request;
};
size_t signed_request_parts(const struct signed_request *r, struct httpsig_part parts[SIGNED_PARTS_MAX]);
size_t signed_answer_parts(const struct signed_answer *a, struct httpsig_part parts[SIGNED_PARTS_MAX]);

/* The body of an answer with people's data is a box to the laptop: for this purpose, as the answer to that request. */
struct digest_part signed_purpose(void);
struct digest_part signed_aad(const char *request_signature);
/* Content types whose bodies are such boxes. */
bool signed_is_sealed(const char *content_type);

#endif
