/* problem: an error as RFC 9457 problem+json, with both languages and what the agent needs to go on.
 *
 *   {"type":"urn:zhucun:problem:gap","title":text,"status":int,"detail":English,"detail_zh":Chinese,
 *    "expected":"decimal","hash":hex      for gap and fork
 *    "expected":"decimal"                 for counter
 *    "offset":"decimal"}                  for offset
 *
 * A type of somebody else (a proxy's "about:blank") reads as PROBLEM_OTHER; all but type may then be missing. */
#include <string.h>

#include "wire_json.h"

#define TYPE_PREFIX "urn:zhucun:problem:"

static const struct {
    const char *name;
    const char *title;
} kinds[] = {
    [PROBLEM_OTHER] = {"other", "Error"},
    [PROBLEM_GAP] = {"gap", "Changesets are missing before these"},
    [PROBLEM_FORK] = {"fork", "This log has two different continuations"},
    [PROBLEM_OFFSET] = {"offset", "Bytes are expected from another offset"},
    [PROBLEM_BAD_BUNDLE] = {"bad-bundle", "The bundle is damaged"},
    [PROBLEM_DENIED] = {"denied", "Not allowed"},
    [PROBLEM_BUSY] = {"busy", "Busy, try again later"},
    [PROBLEM_EPOCH] = {"epoch", "The server began a new epoch"},
    [PROBLEM_COUNTER] = {"counter", "The request's counter is not above the last one"},
    [PROBLEM_FORMAT] = {"format", "One side is too old for the other"},
};
enum { KIND_COUNT = sizeof kinds / sizeof kinds[0], STATUS_MOST = 599 };

static bool has_seq(enum problem_kind kind)
{
    return kind == PROBLEM_GAP || kind == PROBLEM_FORK;
}

int problem_encode(const struct problem *p, struct buf *out)
{
    size_t kind = (size_t)p->kind < KIND_COUNT ? (size_t)p->kind : PROBLEM_OTHER;
    json_t *o = json_object();
    bool ok = json_object_set_new(o, "type", json_sprintf(TYPE_PREFIX "%s", kinds[kind].name)) == 0;
    ok &= json_object_set_new(o, "title", json_string(kinds[kind].title)) == 0;
    ok &= json_object_set_new(o, "status", json_integer(p->status)) == 0;
    ok &= json_object_set_new(o, "detail", json_of_text(p->detail_en)) == 0;
    ok &= json_object_set_new(o, "detail_zh", json_of_text(p->detail_zh)) == 0;
    if (has_seq(p->kind)) {
        ok &= json_object_set_new(o, "expected", json_of_u64(p->expected)) == 0;
        ok &= json_object_set_new(o, "hash", json_of_digest(&p->hash)) == 0;
    }
    if (p->kind == PROBLEM_COUNTER) ok &= json_object_set_new(o, "expected", json_of_u64(p->expected)) == 0;
    if (p->kind == PROBLEM_OFFSET) ok &= json_object_set_new(o, "offset", json_of_u64(p->offset)) == 0;
    return write_json(o, ok, out);
}

static enum problem_kind kind_of(const char *type)
{
    if (strncmp(type, TYPE_PREFIX, strlen(TYPE_PREFIX)) != 0) return PROBLEM_OTHER;
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (strcmp(type + strlen(TYPE_PREFIX), kinds[i].name) == 0) return (enum problem_kind)i;
    return PROBLEM_OTHER;
}

int problem_decode(const void *bytes, size_t n, struct problem *p, struct err *err)
{
    char type[80];
    struct fields f = fields_open(bytes, n, err);
    *p = (struct problem){0};
    field_text(&f, "type", type, sizeof type);
    if (f.rc == 0) p->kind = kind_of(type);
    bool ours = p->kind != PROBLEM_OTHER;
    if (ours || fields_have(&f, "status")) p->status = (int)field_int(&f, "status", 100, STATUS_MOST);
    if (ours || fields_have(&f, "detail")) field_text(&f, "detail", p->detail_en, sizeof p->detail_en);
    if (ours || fields_have(&f, "detail_zh")) field_text(&f, "detail_zh", p->detail_zh, sizeof p->detail_zh);
    if (has_seq(p->kind)) {
        p->expected = field_u64(&f, "expected");
        field_digest(&f, "hash", &p->hash);
    }
    if (p->kind == PROBLEM_COUNTER) p->expected = field_u64(&f, "expected");
    if (p->kind == PROBLEM_OFFSET) p->offset = field_u64(&f, "offset");
    fields_close(&f);
    return f.rc;
}
