/* signed: see signed.h. */
#include "zhucun/signed.h"

#include <string.h>

#include "zhucun/reconcile.h"
#include "zhucun/wire.h"

static void add(struct httpsig_part *parts, size_t *count, const char *name, const char *value)
{
    parts[(*count)++] = (struct httpsig_part){name, value};
}

size_t signed_request_parts(const struct signed_request *r, struct httpsig_part parts[SIGNED_PARTS_MAX])
{
    size_t n = 0;
    add(parts, &n, "\"@method\"", r->method);
    add(parts, &n, "\"@path\"", r->path);
    add(parts, &n, "\"content-digest\"", r->digest);
    add(parts, &n, "\"zhucun-origin\"", r->origin);
    add(parts, &n, "\"zhucun-counter\"", r->counter);
    add(parts, &n, "\"zhucun-clock\"", r->clock);
    if (r->upload_offset) add(parts, &n, "\"upload-offset\"", r->upload_offset);
    if (r->upload_length) add(parts, &n, "\"upload-length\"", r->upload_length);
    return n;
}

size_t signed_answer_parts(const struct signed_answer *a, struct httpsig_part parts[SIGNED_PARTS_MAX])
{
    size_t n = 0;
    add(parts, &n, "\"@status\"", a->status);
    add(parts, &n, "\"content-digest\"", a->digest);
    if (a->upload_offset) add(parts, &n, "\"upload-offset\"", a->upload_offset);
    if (a->request) add(parts, &n, "\"signature\";req;key=\"zhucun\"", a->request);
    return n;
}

struct digest_part signed_purpose(void)
{
    return (struct digest_part){"zhucun answer", 13};
}

struct digest_part signed_aad(const char *request_signature)
{
    return (struct digest_part){request_signature, request_signature ? strlen(request_signature) : 0};
}

bool signed_is_sealed(const char *content_type)
{
    return strcmp(content_type, WIRE_TYPE_PULL) == 0 || strcmp(content_type, WIRE_TYPE_RECONCILE) == 0 ||
           strcmp(content_type, WIRE_TYPE_ENROLLED) == 0;
}
