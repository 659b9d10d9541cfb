/* httpsig: signed requests and answers — HTTP Message Signatures (RFC 9421) as far as zhucun needs them, and Content-Digest
 * (RFC 9530). There are no time windows, because laptops' clocks are wrong; a counter that only rises stands instead.
 *
 *   request   Content-Digest: sha-256=:BASE64:
 *             Signature-Input: zhucun=("@method" "@path" "content-digest" "zhucun-origin" "zhucun-counter" …);keyid="K";alg="A"
 *             Signature: zhucun=:BASE64:
 *   answer    likewise, over ("@status" "content-digest" "signature";req;key="zhucun"): it answers that request, no other
 *
 * Strictly: the components and parameters are those that the receiver expects of such a message, in that order and
 * spelling; it builds the base from what it received, and compares the Signature-Input byte by byte. `alg` is "ed25519"
 * (RFC 9421, 3.3.6), or "sm2-sm3", which is this project's. */
#ifndef ZHUCUN_HTTPSIG_H
#define ZHUCUN_HTTPSIG_H

#include "zhucun/keys.h"

#define HTTPSIG_INPUT     "Signature-Input"
#define HTTPSIG_SIGNATURE "Signature"
#define HTTPSIG_DIGEST    "Content-Digest"
#define HTTPSIG_ORIGIN    "Zhucun-Origin"  /* 16 hex digits */
#define HTTPSIG_COUNTER   "Zhucun-Counter" /* decimal, above every one before it of this origin */

enum { HTTPSIG_DIGEST_TEXT = 56, HTTPSIG_INPUT_TEXT = 512, HTTPSIG_SIGNATURE_TEXT = 108 };

/* One component: its name as Signature-Input has it, quotes and parameters included, and its value. */
struct httpsig_part {
    const char *name, *value;
};

struct httpsig {
    char input[HTTPSIG_INPUT_TEXT];         /* value of Signature-Input */
    char signature[HTTPSIG_SIGNATURE_TEXT]; /* value of Signature */
};

void httpsig_digest(const void *content, size_t n, char out[HTTPSIG_DIGEST_TEXT]);
/* Values may not have line ends: ERR_REFUSED. */
int httpsig_sign(const struct key_pair *by, const struct httpsig_part *parts, size_t count, struct httpsig *out,
                 struct err *err);
/* NULL headers are as good as wrong ones: ERR_DENIED. */
int httpsig_check(const struct public_key *by, const struct httpsig_part *parts, size_t count, const char *input,
                  const char *signature, struct err *err);

#endif
