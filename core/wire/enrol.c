/* enrol: how a laptop becomes known. Request and answer of POST /v1/enrol.
 *
 *   offer    {"format":int,"suite":int,"sign":hex,"box":hex}
 *   request  {"format":int,"code":text,"sign":hex,"box":hex,"origin":hex64,"schema":int,"agent":text}
 *   answer   {"format":int,"device":text,"epoch":"decimal","server_ms":int,"places":[int …],"workers":[text …]}
 *
 * A request of another format is refused before its code is used up. */
#include "wire_json.h"

enum { SCHEMA_MOST = 1000000 };
static const int64_t place_most = 999999999999; /* 12 digits */
static const int64_t ms_most = (int64_t)1 << 52; /* what every JSON reader holds exactly */

int server_offer_encode(const struct server_offer *s, struct buf *out)
{
    json_t *o = json_object();
    bool ok = json_object_set_new(o, "format", json_integer(WIRE_FORMAT)) == 0;
    ok &= json_object_set_new(o, "suite", json_integer(s->suite)) == 0;
    ok &= json_object_set_new(o, "sign", json_of_text(s->sign)) == 0;
    ok &= json_object_set_new(o, "box", json_of_text(s->box)) == 0;
    return write_json(o, ok, out);
}

int server_offer_decode(const void *bytes, size_t n, struct server_offer *o, struct err *err)
{
    struct fields f = fields_open(bytes, n, err);
    *o = (struct server_offer){0};
    field_format(&f, READ_BY_LAPTOP, "服务器出示的密钥", "what the server shows of its keys");
    o->suite = (int)field_int(&f, "suite", 1, 255);
    field_text(&f, "sign", o->sign, sizeof o->sign);
    field_text(&f, "box", o->box, sizeof o->box);
    fields_close(&f);
    return f.rc;
}

int enrol_request_encode(const struct enrol_request *q, struct buf *out)
{
    json_t *o = json_object();
    bool ok = json_object_set_new(o, "format", json_integer(WIRE_FORMAT)) == 0;
    ok &= json_object_set_new(o, "code", json_of_text(q->code)) == 0;
    ok &= json_object_set_new(o, "sign", json_of_text(q->sign)) == 0;
    ok &= json_object_set_new(o, "box", json_of_text(q->box)) == 0;
    ok &= json_object_set_new(o, "origin", json_of_hex64(q->origin)) == 0;
    ok &= json_object_set_new(o, "schema", json_integer(q->schema)) == 0;
    ok &= json_object_set_new(o, "agent", json_of_text(q->agent)) == 0;
    return write_json(o, ok, out);
}

int enrol_request_decode(const void *bytes, size_t n, struct enrol_request *q, struct err *err)
{
    struct fields f = fields_open(bytes, n, err);
    *q = (struct enrol_request){0};
    field_format(&f, READ_BY_SERVER, "注册请求", "the enrolment request");
    field_text(&f, "code", q->code, sizeof q->code);
    field_text(&f, "sign", q->sign, sizeof q->sign);
    field_text(&f, "box", q->box, sizeof q->box);
    q->origin = field_hex64(&f, "origin");
    if (f.rc == 0 && q->origin == 0) fields_wrong(&f, "origin");
    q->schema = (int)field_int(&f, "schema", 1, SCHEMA_MOST);
    field_text(&f, "agent", q->agent, sizeof q->agent);
    fields_close(&f);
    return f.rc;
}

int enrol_answer_encode(const struct enrol_answer *a, struct buf *out)
{
    json_t *o = json_object(), *places = json_array(), *workers = json_array();
    bool ok = a->place_count <= WIRE_MAX_PLACES && a->worker_count <= sizeof a->workers / sizeof a->workers[0];
    for (size_t i = 0; ok && i < a->place_count; i++)
        ok = json_array_append_new(places, json_integer(a->places[i])) == 0;
    for (size_t i = 0; ok && i < a->worker_count; i++)
        ok = json_array_append_new(workers, json_of_text(a->workers[i])) == 0;
    ok &= json_object_set_new(o, "format", json_integer(WIRE_FORMAT)) == 0;
    ok &= json_object_set_new(o, "device", json_of_text(a->device)) == 0;
    ok &= json_object_set_new(o, "epoch", json_of_u64(a->epoch)) == 0;
    ok &= json_object_set_new(o, "server_ms", json_integer(a->server_ms)) == 0;
    ok &= json_object_set_new(o, "places", places) == 0;
    ok &= json_object_set_new(o, "workers", workers) == 0;
    return write_json(o, ok, out);
}

static void read_places(struct fields *f, struct enrol_answer *a)
{
    json_t *list = field_array(f, "places", WIRE_MAX_PLACES);
    size_t count = json_array_size(list);
    for (size_t i = 0; i < count && f->rc == 0; i++) {
        const json_t *v = json_array_get(list, i);
        int64_t place = json_integer_value(v);
        if (!json_is_integer(v) || place <= 0 || place > place_most)
            fields_wrong(f, "places");
        else
            a->places[a->place_count++] = place;
    }
}

static void read_workers(struct fields *f, struct enrol_answer *a)
{
    json_t *list = field_array(f, "workers", sizeof a->workers / sizeof a->workers[0]);
    size_t count = json_array_size(list);
    for (size_t i = 0; i < count && f->rc == 0; i++)
        element_text(f, "workers", json_array_get(list, i), a->workers[a->worker_count++], sizeof a->workers[0]);
}

int enrol_answer_decode(const void *bytes, size_t n, struct enrol_answer *a, struct err *err)
{
    struct fields f = fields_open(bytes, n, err);
    *a = (struct enrol_answer){0};
    field_format(&f, READ_BY_LAPTOP, "注册回答", "the enrolment answer");
    field_text(&f, "device", a->device, sizeof a->device);
    a->epoch = field_u64(&f, "epoch");
    a->server_ms = field_int(&f, "server_ms", 0, ms_most);
    read_places(&f, a);
    read_workers(&f, a);
    fields_close(&f);
    return f.rc;
}
