/* envelope: a packed bundle sealed to the server and signed by the laptop, and opened again.
 *
 *   header     as of the packed bundle (bundle.c), with the suite, and the length of a signature for that of the checksum
 *   box        the body (keys.h), bound to "zhucun bundle" and to the header as it stands here
 *   signature  by the laptop's key, over header and box
 *
 * So a courier reads whose it is and which part of the log, and nothing else; and what is opened is, byte for byte, what was
 * packed. */
#include "bundle.h"
#include "zhucun/keys.h"

static const struct digest_part purpose = {"zhucun bundle", 13};

int bundle_seal(const void *packed, size_t n, const struct public_key *to, const struct key_pair *by, const struct env *env,
                struct buf *out, struct err *err)
{
    const uint8_t *bytes = packed;
    uint8_t signature[SIGNATURE_BYTES];
    struct bundle_header h;
    size_t start = out->len;
    int rc = bundle_peek(packed, n, &h, err);
    if (rc != 0) return rc;
    size_t body = h.body_offset;
    h.suite = (int)to->suite;
    h.signature_bytes = SIGNATURE_BYTES;
    bundle_header_put(&h, out);
    if (out->failed) return err_nomem(err);
    struct buf header = {0}; /* its own copy: sealing may move what `out` holds */
    buf_init(&header, out->len - start);
    buf_put(&header, out->data + start, out->len - start);
    struct digest_part aad = {header.data, header.len};
    rc = header.failed ? err_nomem(err) : box_seal(to, env, purpose, aad, bytes + body, n - body - CHECK_BYTES, out, err);
    buf_free(&header);
    if (rc == 0) rc = sign_bytes(by, out->data + start, out->len - start, signature, err);
    if (rc == 0) buf_put(out, signature, sizeof signature);
    return rc == 0 && out->failed ? err_nomem(err) : rc;
}

int bundle_signed(const void *sealed, size_t n, const struct public_key *by, struct bundle_header *h, struct err *err)
{
    const uint8_t *bytes = sealed;
    int rc = bundle_peek(sealed, n, h, err);
    if (rc != 0) return rc;
    if (h->suite == SUITE_NONE)
        return err_words(err, ERR_DENIED, "数据包没有密封和签名：请升级笔记本上的程序", "the bundle is neither sealed nor signed: upgrade the laptop's program");
    if (h->suite == (int)by->suite && sign_holds(by, bytes, n - SIGNATURE_BYTES, bytes + n - SIGNATURE_BYTES)) return 0;
    return err_words(err, ERR_DENIED, "数据包的签名不对：不是这台笔记本做的，或途中被改动", "the bundle's signature does not hold: another laptop made it, or it was altered on the way");
}

int bundle_open(const void *sealed, size_t n, const struct key_pair *box, struct buf *out, struct err *err)
{
    const uint8_t *bytes = sealed;
    struct bundle_header h;
    size_t start = out->len;
    int rc = bundle_peek(sealed, n, &h, err);
    if (rc != 0) return rc;
    struct digest_part aad = {bytes, h.body_offset};
    size_t boxed = n - h.body_offset - h.signature_bytes;
    const uint8_t *at = bytes + h.body_offset;
    h.suite = SUITE_NONE;
    h.signature_bytes = CHECK_BYTES;
    bundle_header_put(&h, out);
    rc = box_open(box, purpose, aad, at, boxed, out, err);
    if (rc == 0) bundle_check_put(start, out);
    if (rc == 0 && out->failed) rc = err_nomem(err);
    if (rc != 0) out->len = start;
    return rc;
}
