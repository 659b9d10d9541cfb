/* httpsig: see httpsig.h. The signature base of RFC 9421, 2.5: a line for each component, then "@signature-params". */
#include "zhucun/httpsig.h"

#include <stdio.h>
#include <string.h>

enum { BASE_MAX = 4096 };
static const char label[] = "zhucun=";

static int deny(struct err *err)
{
    return err_set(err, ERR_DENIED, "签名不对或缺失：不是登记过的密钥签的，或内容在途中被改动",
                   "the signature is missing or does not hold: another key made it, or the message was altered on the way");
}

void httpsig_digest(const void *content, size_t n, char out[HTTPSIG_DIGEST_TEXT])
{
    struct digest d;
    digest_of(content, n, &d);
    char *at = out + sprintf(out, "sha-256=:");
    at += base64_put(d.bytes, DIGEST_BYTES, at);
    strcpy(at, ":");
}

static int params(const struct public_key *by, const struct httpsig_part *parts, size_t count, char out[HTTPSIG_INPUT_TEXT])
{
    char name[KEY_NAME];
    struct buf b;
    key_name(by, name);
    buf_init(&b, HTTPSIG_INPUT_TEXT - 1);
    for (size_t i = 0; i < count; i++) buf_printf(&b, "%s%s", i ? " " : "(", parts[i].name);
    buf_printf(&b, ");keyid=\"%s\";alg=\"%s\"", name, by->suite == SUITE_SM ? "sm2-sm3" : "ed25519");
    int rc = b.failed || count == 0 ? ERR_REFUSED : 0;
    if (rc == 0) memcpy(out, buf_text(&b), b.len + 1);
    buf_free(&b);
    return rc;
}

static int base(const struct httpsig_part *parts, size_t count, const char *parameters, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        if (parts[i].value == NULL || strpbrk(parts[i].value, "\r\n")) return ERR_REFUSED;
        buf_printf(out, "%s: %s\n", parts[i].name, parts[i].value);
    }
    buf_printf(out, "\"@signature-params\": %s", parameters);
    return out->failed ? ERR_REFUSED : 0;
}

int httpsig_sign(const struct key_pair *by, const struct httpsig_part *parts, size_t count, struct httpsig *out,
                 struct err *err)
{
    char parameters[HTTPSIG_INPUT_TEXT];
    uint8_t signature[SIGNATURE_BYTES];
    struct buf b;
    buf_init(&b, BASE_MAX);
    int rc = params(&by->public, parts, count, parameters);
    if (rc == 0) rc = base(parts, count, parameters, &b);
    if (rc == 0 && strlen(parameters) + sizeof label > sizeof out->input) rc = ERR_REFUSED;
    if (rc != 0) rc = err_set(err, rc, "要签名的请求太长，或含有换行", "the request to be signed is too long, or has a line end in it");
    if (rc == 0) rc = sign_bytes(by, b.data, b.len, signature, err);
    if (rc == 0) {
        memcpy(out->input, label, sizeof label - 1);
        strcpy(out->input + sizeof label - 1, parameters);
        char *at = out->signature + sprintf(out->signature, "%s:", label);
        at += base64_put(signature, SIGNATURE_BYTES, at);
        strcpy(at, ":");
    }
    buf_free(&b);
    return rc;
}

static bool read_signature(const char *text, uint8_t out[SIGNATURE_BYTES])
{
    size_t n = strlen(text), head = sizeof label - 1;
    if (n < head + 2 || memcmp(text, label, head) != 0 || text[head] != ':' || text[n - 1] != ':') return false;
    return base64_get(text + head + 1, n - head - 2, out, SIGNATURE_BYTES) == SIGNATURE_BYTES;
}

int httpsig_check(const struct public_key *by, const struct httpsig_part *parts, size_t count, const char *input,
                  const char *signature, struct err *err)
{
    char parameters[HTTPSIG_INPUT_TEXT];
    uint8_t bytes[SIGNATURE_BYTES];
    struct buf b;
    if (input == NULL || signature == NULL || !read_signature(signature, bytes)) return deny(err);
    buf_init(&b, BASE_MAX);
    int rc = params(by, parts, count, parameters);
    bool fits = rc == 0 && strncmp(input, label, sizeof label - 1) == 0 && strcmp(input + sizeof label - 1, parameters) == 0;
    if (fits) rc = base(parts, count, parameters, &b);
    bool holds = fits && rc == 0 && sign_holds(by, b.data, b.len, bytes);
    buf_free(&b);
    return holds ? 0 : deny(err);
}
