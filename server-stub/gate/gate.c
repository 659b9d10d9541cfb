/* gate: see gate.h. What is signed and sealed, and how it is named, stands in core/wire/signed.c, which the laptop uses
 * likewise. */
#include "gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "zhucun/signed.h"

static struct signed_request named(const struct gate_request *q)
{
    return (struct signed_request){q->method, q->path, q->digest, q->origin, q->counter, q->clock, q->upload_offset, q->upload_length};
}

int gate_check(const struct gate_request *q, const struct public_key *key, struct err *err)
{
    struct httpsig_part parts[SIGNED_PARTS_MAX];
    struct signed_request r = named(q);
    size_t count = signed_request_parts(&r, parts);
    return httpsig_check(key, parts, count, q->input, q->signature, err);
}

int gate_content(const struct gate_request *q, const void *body, size_t n, struct err *err)
{
    char digest[HTTPSIG_DIGEST_TEXT];
    httpsig_digest(body, n, digest);
    if (q->digest != NULL && strcmp(q->digest, digest) == 0) return 0;
    return err_set(err, ERR_DENIED, "请求的内容与它的摘要不符：途中被改动", "the request's content is not what its digest says: it was altered on the way");
}

uint64_t gate_origin(const struct gate_request *q)
{
    char *end;
    if (q->origin == NULL || strlen(q->origin) != 16 || strspn(q->origin, "0123456789abcdef") != 16) return 0;
    return strtoull(q->origin, &end, 16);
}

uint64_t gate_counter(const struct gate_request *q)
{
    size_t n = q->counter ? strspn(q->counter, "0123456789") : 0;
    return n == 0 || n > 18 || q->counter[n] != '\0' || q->counter[0] == '0' ? 0 : strtoull(q->counter, NULL, 10);
}

int gate_bundle(const struct server_keys *keys, const struct public_key *from, const void *bytes, size_t n, struct buf *packed,
                struct err *err)
{
    struct bundle_header header;
    int rc = bundle_signed(bytes, n, from, &header, err);
    return rc == 0 ? bundle_open(bytes, n, &keys->box, packed, err) : rc;
}

int gate_sign(const struct server_keys *keys, int status, const void *body, size_t n, int64_t upload_offset,
              const char *request_signature, struct gate_answer *out, struct err *err)
{
    struct httpsig_part parts[SIGNED_PARTS_MAX];
    char code[12], offset[24];
    struct signed_answer a = {code, out->digest, upload_offset >= 0 ? offset : NULL, request_signature};
    snprintf(code, sizeof code, "%d", status);
    snprintf(offset, sizeof offset, "%lld", (long long)upload_offset);
    httpsig_digest(body, n, out->digest);
    return httpsig_sign(&keys->sign, parts, signed_answer_parts(&a, parts), &out->signature, err);
}

int gate_seal(const struct public_key *to, const char *request_signature, const void *plain, size_t n, const struct env *env,
              struct buf *out, struct err *err)
{
    return box_seal(to, env, signed_purpose(), signed_aad(request_signature), plain, n, out, err);
}
