/* wire_json: strict fields over jansson, see wire_json.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "wire_json.h"
#include "zhucun/schema.h"

int wire_refuse_html(const void *bytes, size_t n, struct err *err)
{
    const uint8_t *at = bytes;
    const uint8_t *end = at + n;
    if (n >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0) at += 3;
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) at++;
    if (at == end || *at != '<') return 0;
    return err_set(err, ERR_CORRUPT, "服务器的回答不是驻村通的（像是网页），请检查地址或网络认证",
                   "the answer is not zhucun's (it looks like a web page): check the address or the network's sign-in page");
}

int wire_check_format(int found, enum wire_reader reader, const char *zh, const char *en, struct err *err)
{
    char words_zh[300], words_en[300];
    bool laptop = (found < WIRE_FORMAT) == (reader == READ_BY_SERVER); /* is it the older side? */
    if (found == WIRE_FORMAT) return 0;
    snprintf(words_zh, sizeof words_zh, "%s的格式是 %d，%s只认识 %d：请升级%s（数据都在本机，升级后照常同步）", zh, found,
             reader == READ_BY_SERVER ? "服务器" : "本机程序", WIRE_FORMAT, laptop ? "这台笔记本上的驻村通" : "服务器，并告知主管");
    snprintf(words_en, sizeof words_en, "%s has format %d, %s knows %d: upgrade %s (everything is kept on the laptop and syncs then)",
             en, found, reader == READ_BY_SERVER ? "the server" : "this program", WIRE_FORMAT,
             laptop ? "zhucun on this laptop" : "the server, and tell your supervisor");
    return err_words(err, ERR_FORMAT, words_zh, words_en);
}

static int parse_object(const void *bytes, size_t n, json_t **out, struct err *err)
{
    json_error_t why;
    int rc = wire_refuse_html(bytes, n, err);
    if (rc != 0) return rc;
    if (n > WIRE_MAX_JSON)
        return err_set(err, ERR_CORRUPT, "消息太长（%zu 字节，最多 %d）", "the message is too long (%zu bytes, at most %d)", n,
                       WIRE_MAX_JSON);
    json_t *v = json_loadb(n > 0 ? bytes : "", n, JSON_REJECT_DUPLICATES, &why);
    if (v == NULL)
        return err_set(err, ERR_CORRUPT, "消息不是完整的 JSON（第 %d 字节附近）", "the message is not complete JSON (near byte %d)",
                       why.position);
    if (!json_is_object(v)) {
        json_decref(v);
        return err_set(err, ERR_CORRUPT, "消息不是 JSON 对象", "the message is not a JSON object");
    }
    *out = v;
    return 0;
}

struct fields fields_open(const void *bytes, size_t n, struct err *err)
{
    struct fields f = {.err = err};
    f.rc = parse_object(bytes, n, &f.object, err);
    return f;
}

void fields_close(struct fields *f)
{
    json_decref(f->object);
    f->object = NULL;
}

struct fields fields_of(json_t *object, struct fields *parent)
{
    struct fields f = {.object = object, .err = parent->err, .rc = parent->rc};
    if (f.rc == 0 && !json_is_object(object)) fields_wrong(&f, "[]");
    return f;
}

int fields_wrong(struct fields *f, const char *name)
{
    if (f->rc == 0)
        f->rc = err_set(f->err, ERR_CORRUPT, "消息里的“%s”不对（类型、范围或格式）",
                        "the message's \"%s\" is wrong (type, range or form)", name);
    return f->rc;
}

static int too_long(struct fields *f, const char *name, size_t most)
{
    if (f->rc == 0)
        f->rc = err_set(f->err, ERR_CORRUPT, "消息里的“%s”太长（最多 %zu）", "the message's \"%s\" is too long (at most %zu)",
                        name, most);
    return f->rc;
}

bool fields_have(const struct fields *f, const char *name)
{
    return f->rc == 0 && json_object_get(f->object, name) != NULL;
}

static json_t *field(struct fields *f, const char *name)
{
    if (f->rc != 0) return NULL;
    json_t *v = json_object_get(f->object, name);
    if (v == NULL)
        f->rc = err_set(f->err, ERR_CORRUPT, "消息里缺少“%s”", "the message lacks \"%s\"", name);
    return v;
}

void element_text(struct fields *f, const char *name, const json_t *v, char *out, size_t n)
{
    *out = '\0';
    if (f->rc != 0) return;
    const char *text = json_string_value(v);
    size_t len = json_string_length(v);
    if (text == NULL) {
        fields_wrong(f, name);
        return;
    }
    if (len >= n) {
        too_long(f, name, n - 1);
        return;
    }
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != 0x7f) continue; /* what reaches a terminal or a header later must be plain */
        fields_wrong(f, name);
        return;
    }
    memcpy(out, text, len + 1);
}

void field_text(struct fields *f, const char *name, char *out, size_t n)
{
    element_text(f, name, field(f, name), out, n);
}

int64_t field_int(struct fields *f, const char *name, int64_t least, int64_t most)
{
    json_t *v = field(f, name);
    if (v == NULL) return 0;
    int64_t i = json_integer_value(v);
    if (json_is_integer(v) && i >= least && i <= most) return i;
    fields_wrong(f, name);
    return 0;
}

int decimal_u64(const char *text, size_t n, uint64_t *out)
{
    uint64_t v = 0;
    if (n == 0 || n > 20 || (n > 1 && text[0] == '0')) return ERR_CORRUPT;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') return ERR_CORRUPT;
        uint64_t digit = (uint64_t)(text[i] - '0');
        if (v > (UINT64_MAX - digit) / 10) return ERR_CORRUPT;
        v = v * 10 + digit;
    }
    *out = v;
    return 0;
}

int hex_u64(const char *text, size_t n, uint64_t *out)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t v = 0;
    if (n != 16) return ERR_CORRUPT;
    for (size_t i = 0; i < n; i++) {
        const char *d = text[i] != '\0' ? strchr(digits, text[i]) : NULL;
        if (d == NULL) return ERR_CORRUPT;
        v = v << 4 | (uint64_t)(d - digits);
    }
    *out = v;
    return 0;
}

void field_format(struct fields *f, enum wire_reader reader, const char *zh, const char *en)
{
    enum { FIRST = 1, MOST = 1000000 };
    int64_t found = fields_have(f, "format") ? field_int(f, "format", 0, MOST) : FIRST;
    if (f->rc == 0) f->rc = wire_check_format((int)found, reader, zh, en, f->err);
}

uint64_t field_u64(struct fields *f, const char *name)
{
    uint64_t out = 0;
    json_t *v = field(f, name);
    const char *text = json_string_value(v);
    if (v != NULL && (text == NULL || decimal_u64(text, json_string_length(v), &out) != 0)) fields_wrong(f, name);
    return out;
}

uint64_t field_hex64(struct fields *f, const char *name)
{
    uint64_t out = 0;
    json_t *v = field(f, name);
    const char *text = json_string_value(v);
    if (v != NULL && (text == NULL || hex_u64(text, json_string_length(v), &out) != 0)) fields_wrong(f, name);
    return out;
}

void field_digest(struct fields *f, const char *name, struct digest *out)
{
    json_t *v = field(f, name);
    const char *text = json_string_value(v);
    memset(out, 0, sizeof *out);
    if (v != NULL && (text == NULL || digest_from_hex(text, json_string_length(v), out) != 0)) fields_wrong(f, name);
}

json_t *field_array(struct fields *f, const char *name, size_t most)
{
    json_t *v = f->rc == 0 ? json_object_get(f->object, name) : NULL;
    if (v == NULL) return NULL;
    if (!json_is_array(v))
        fields_wrong(f, name);
    else if (json_array_size(v) > most)
        too_long(f, name, most);
    return f->rc == 0 ? v : NULL;
}

json_t *json_of_text(const char *text)
{
    size_t n = strlen(text);
    for (int cut = 0; cut < 3 && n > 0 && !utf8_valid(text, n); cut++) n--;
    return json_stringn(text, n);
}

json_t *json_of_u64(uint64_t v)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, v);
    return json_string(text);
}

json_t *json_of_hex64(uint64_t v)
{
    char text[24];
    snprintf(text, sizeof text, "%016" PRIx64, v);
    return json_string(text);
}

json_t *json_of_digest(const struct digest *d)
{
    char text[DIGEST_TEXT];
    digest_hex(d, text);
    return json_string(text);
}

static int append(const char *bytes, size_t n, void *out)
{
    struct buf *b = out;
    buf_put(b, bytes, n);
    return b->failed ? -1 : 0;
}

int write_json(json_t *object, bool complete, struct buf *out)
{
    int failed = !complete || object == NULL || json_dump_callback(object, append, out, JSON_COMPACT) != 0;
    json_decref(object);
    return failed ? ERR_NOMEM : 0;
}
