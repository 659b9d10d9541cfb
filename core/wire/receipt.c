/* receipt: the server's word on a push that arrived whole.
 *
 *   {"format":int,"epoch":"decimal","high":"decimal","hash":hex,"csn":"decimal","server_ms":int,"skew_ms":int,
 *    "quarantined":[{"seq":"decimal","why":Chinese,"why_en":English} …]}     left out when there are none
 */
#include "wire_json.h"

static const int64_t ms_most = (int64_t)1 << 52;

static json_t *quarantined_list(const struct receipt *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->quarantined_count; i++) {
        const struct receipt_quarantine *q = &r->quarantined[i];
        json_t *o = json_object();
        bool ok = json_object_set_new(o, "seq", json_of_u64(q->seq)) == 0;
        ok &= json_object_set_new(o, "why", json_of_text(q->why)) == 0;
        ok &= json_object_set_new(o, "why_en", json_of_text(q->why_en)) == 0;
        ok &= json_array_append_new(list, o) == 0;
        if (ok) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

int receipt_encode(const struct receipt *r, struct buf *out)
{
    json_t *o = json_object();
    bool ok = r->quarantined_count <= RECEIPT_MAX_QUARANTINE;
    ok &= json_object_set_new(o, "format", json_integer(WIRE_FORMAT)) == 0;
    ok &= json_object_set_new(o, "epoch", json_of_u64(r->epoch)) == 0;
    ok &= json_object_set_new(o, "high", json_of_u64(r->high)) == 0;
    ok &= json_object_set_new(o, "hash", json_of_digest(&r->hash)) == 0;
    ok &= json_object_set_new(o, "csn", json_of_u64(r->csn)) == 0;
    ok &= json_object_set_new(o, "server_ms", json_integer(r->server_ms)) == 0;
    ok &= json_object_set_new(o, "skew_ms", json_integer(r->skew_ms)) == 0;
    if (ok && r->quarantined_count > 0) ok = json_object_set_new(o, "quarantined", quarantined_list(r)) == 0;
    return write_json(o, ok, out);
}

static void read_quarantined(struct fields *f, struct receipt *r)
{
    json_t *list = field_array(f, "quarantined", RECEIPT_MAX_QUARANTINE);
    size_t count = json_array_size(list);
    for (size_t i = 0; i < count && f->rc == 0; i++) {
        struct receipt_quarantine *q = &r->quarantined[r->quarantined_count++];
        struct fields inner = fields_of(json_array_get(list, i), f);
        q->seq = field_u64(&inner, "seq");
        field_text(&inner, "why", q->why, sizeof q->why);
        field_text(&inner, "why_en", q->why_en, sizeof q->why_en);
        f->rc = inner.rc;
    }
}

int receipt_decode(const void *bytes, size_t n, struct receipt *r, struct err *err)
{
    struct fields f = fields_open(bytes, n, err);
    *r = (struct receipt){0};
    field_format(&f, READ_BY_LAPTOP, "回执", "the receipt");
    r->epoch = field_u64(&f, "epoch");
    r->high = field_u64(&f, "high");
    field_digest(&f, "hash", &r->hash);
    r->csn = field_u64(&f, "csn");
    if (r->high > INT64_MAX) fields_wrong(&f, "high"); /* both are stored in SQLite's signed integers */
    if (r->csn > INT64_MAX) fields_wrong(&f, "csn");
    r->server_ms = field_int(&f, "server_ms", 0, ms_most);
    r->skew_ms = field_int(&f, "skew_ms", -ms_most, ms_most); /* clocks are wrong by years in both directions */
    read_quarantined(&f, r);
    fields_close(&f);
    return f.rc;
}
