/* parse: values from people's text, by the column's type; each refusal shows the text and says what fits. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zhucun/env.h"
#include "zhucun/schema.h"

/* Shows what was wrong without letting a long or broken text take over the line. */
static int refuse(const struct schema_column *c, const char *zh, const char *en, const char *text, size_t n,
                  struct err *err)
{
    char shown[64];
    size_t keep = n < sizeof shown - 1 ? n : sizeof shown - 1;
    while (keep > 0 && keep < n && ((unsigned char)text[keep] & 0xC0) == 0x80)
        keep--;
    memcpy(shown, text, keep);
    shown[keep] = '\0';
    if (!utf8_valid(shown, keep)) shown[0] = '\0';
    if (!err) return ERR_REFUSED;
    char in_zh[200], in_en[200];
    snprintf(in_zh, sizeof in_zh, "%s：“%s”%s", c->zh, shown, zh);
    snprintf(in_en, sizeof in_en, "%s: \"%s\" %s", c->name, shown, en);
    return err_words(err, ERR_REFUSED, in_zh, in_en);
}

static int parse_int(const struct schema_column *c, const char *text, size_t n, struct value *out, struct err *err)
{
    char digits[24];
    char *end;
    if (n >= sizeof digits) return refuse(c, "数字太大", "is too large a number", text, n, err);
    memcpy(digits, text, n);
    digits[n] = '\0';
    errno = 0;
    long long v = strtoll(digits, &end, 10);
    if (errno == ERANGE) return refuse(c, "数字太大", "is too large a number", text, n, err);
    if (*end != '\0' || (digits[0] != '-' && (digits[0] < '0' || digits[0] > '9'))) return refuse(c, "不是整数", "is not a whole number", text, n, err);
    *out = value_int(v);
    return 0;
}

static int parse_money(const struct schema_column *c, const char *text, size_t n, struct value *out, struct err *err)
{
    bool negative = n > 0 && text[0] == '-';
    int64_t fen = 0;
    int decimals = -1;
    if (n == (size_t)negative || n > 16) return refuse(c, "不是金额（元）", "is not an amount of yuan", text, n, err);
    for (size_t i = negative; i < n; i++) {
        if (text[i] == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (text[i] < '0' || text[i] > '9' || decimals == 2)
            return refuse(c, "不是金额（元，最多两位小数）", "is not an amount of yuan with at most two decimals", text, n, err);
        fen = fen * 10 + (text[i] - '0');
        if (decimals >= 0) decimals++;
    }
    for (int i = decimals < 0 ? 0 : decimals; i < 2; i++)
        fen *= 10;
    *out = value_int(negative ? -fen : fen);
    return 0;
}

static int parse_date(const struct schema_column *c, const char *text, size_t n, struct value *out, struct err *err)
{
    char date[11];
    int64_t days;
    if (n == 10) {
        memcpy(date, text, 10);
        date[10] = '\0';
        if (date_parse(date, &days) == 0) {
            *out = value_int(days);
            return 0;
        }
    }
    return refuse(c, "不是日期，应写成 2026-03-05", "is not a date: write it as 2026-03-05", text, n, err);
}

static int parse_minute(const struct schema_column *c, const char *text, size_t n, struct value *out, struct err *err)
{
    bool shaped = n == 5 && text[2] == ':';
    for (size_t i = 0; shaped && i < 5; i++)
        shaped = i == 2 || (text[i] >= '0' && text[i] <= '9');
    int h = shaped ? (text[0] - '0') * 10 + text[1] - '0' : 24;
    int m = shaped ? (text[3] - '0') * 10 + text[4] - '0' : 60;
    if (h > 23 || m > 59) return refuse(c, "不是时间，应写成 14:30", "is not a time: write it as 14:30", text, n, err);
    *out = value_int(h * 60 + m);
    return 0;
}

static int parse_bool(const struct schema_column *c, const char *text, size_t n, struct value *out, struct err *err)
{
    static const struct {
        const char *word;
        int value;
    } words[] = {{"是", 1}, {"否", 0}, {"true", 1}, {"false", 0}, {"yes", 1}, {"no", 0}, {"1", 1}, {"0", 0}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i].word) == n && memcmp(words[i].word, text, n) == 0) {
            *out = value_int(words[i].value);
            return 0;
        }
    }
    return refuse(c, "应填 是 或 否", "must be yes or no", text, n, err);
}

/* The terms that would have been right, in one language, as much as fits. */
static void list_terms(const struct schema_codes *codes, enum lang lang, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < codes->count; i++) {
        const char *label = lang == LANG_ZH ? codes->list[i].zh : codes->list[i].en;
        const char *gap = i == 0 ? "" : lang == LANG_ZH ? "、" : ", ";
        if (used + strlen(label) + strlen(gap) + 1 > size) return;
        memcpy(out + used, gap, strlen(gap));
        used += strlen(gap);
        memcpy(out + used, label, strlen(label) + 1);
        used += strlen(label);
    }
}

static int parse_code(const struct schema_column *c, const char *text, size_t n, struct value *out, struct err *err)
{
    int code = schema_code_find(c->codes, text, n);
    if (code) {
        *out = value_int(code);
        return 0;
    }
    char zh[256], en[256];
    list_terms(c->codes, LANG_ZH, zh, sizeof zh);
    list_terms(c->codes, LANG_EN, en, sizeof en);
    refuse(c, "不在代码表中，可填：", "is not in the code list; there are:", text, n, err);
    if (err) {
        strncat(err->zh, zh, sizeof err->zh - strlen(err->zh) - 1);
        strncat(err->en, " ", sizeof err->en - strlen(err->en) - 1);
        strncat(err->en, en, sizeof err->en - strlen(err->en) - 1);
    }
    return ERR_REFUSED;
}

/* Calls fn for each piece between commas (also the Chinese ， 、 and ;). */
static size_t piece_end(const char *text, size_t n, size_t from, size_t *gap)
{
    static const char *const gaps[] = {",", ";", "，", "、", "；"};
    for (size_t i = from; i < n; i++) {
        for (size_t g = 0; g < sizeof gaps / sizeof gaps[0]; g++) {
            *gap = strlen(gaps[g]);
            if (n - i >= *gap && memcmp(text + i, gaps[g], *gap) == 0) return i;
        }
    }
    *gap = 0;
    return n;
}

static int parse_set(const struct schema_column *c, const char *text, size_t n, struct value *out, struct err *err)
{
    uint64_t bits = 0;
    size_t gap;
    for (size_t from = 0; from < n;) {
        size_t end = piece_end(text, n, from, &gap);
        struct value one;
        int rc = parse_code(c, text + from, end - from, &one, err);
        if (rc) return rc;
        bits |= UINT64_C(1) << one.i;
        from = end + gap;
    }
    *out = value_int((int64_t)bits);
    return 0;
}

static int id_compare(const void *a, const void *b)
{
    return memcmp(a, b, ROW_ID_BYTES);
}

static int parse_refs(const struct schema_column *c, const char *text, size_t n, struct buf *scratch,
                      struct value *out, struct err *err)
{
    size_t start = scratch->len, gap;
    for (size_t from = 0; from < n;) {
        size_t end = piece_end(text, n, from, &gap);
        struct row_id id;
        uint8_t bytes[ROW_ID_BYTES];
        if (row_id_from_text(text + from, end - from, &id))
            return refuse(c, "不是记录编号", "is not a row id", text + from, end - from, err);
        row_id_to_bytes(id, bytes);
        buf_put(scratch, bytes, sizeof bytes);
        from = end + gap;
    }
    if (scratch->failed) return err_nomem(err);
    uint8_t *ids = scratch->data + start;
    size_t count = (scratch->len - start) / ROW_ID_BYTES, kept = 0;
    qsort(ids, count, ROW_ID_BYTES, id_compare);
    for (size_t i = 0; i < count; i++) {
        if (kept && memcmp(ids + (kept - 1) * ROW_ID_BYTES, ids + i * ROW_ID_BYTES, ROW_ID_BYTES) == 0) continue;
        memmove(ids + kept++ * ROW_ID_BYTES, ids + i * ROW_ID_BYTES, ROW_ID_BYTES);
    }
    scratch->len = start + kept * ROW_ID_BYTES;
    *out = value_blob(ids, kept * ROW_ID_BYTES);
    return 0;
}

static int parse_ref(const struct schema_column *c, const char *text, size_t n, struct buf *scratch,
                     struct value *out, struct err *err)
{
    struct row_id id;
    uint8_t *to = buf_reserve(scratch, ROW_ID_BYTES);
    if (!to) return err_nomem(err);
    if (row_id_from_text(text, n, &id)) return refuse(c, "不是记录编号", "is not a row id", text, n, err);
    row_id_to_bytes(id, to);
    scratch->len += ROW_ID_BYTES;
    *out = value_blob(to, ROW_ID_BYTES);
    return 0;
}

static int parse_hash(const struct schema_column *c, const char *text, size_t n, struct buf *scratch,
                      struct value *out, struct err *err)
{
    uint8_t *to = buf_reserve(scratch, 32);
    if (!to) return err_nomem(err);
    for (size_t i = 0; i < 32; i++) {
        static const char hex[] = "0123456789abcdef";
        const char *high = n == 64 ? strchr(hex, text[2 * i] | 0x20) : NULL;
        const char *low = n == 64 ? strchr(hex, text[2 * i + 1] | 0x20) : NULL;
        if (!high || !low || !*high || !*low)
            return refuse(c, "不是 64 位十六进制摘要", "is not a digest of 64 hex digits", text, n, err);
        to[i] = (uint8_t)((high - hex) << 4 | (low - hex));
    }
    scratch->len += 32;
    *out = value_blob(to, 32);
    return 0;
}

static int parse_region(const struct schema_column *c, const char *text, size_t n, struct value *out, struct err *err)
{
    int64_t code = region_code(text, n);
    if (code < 0)
        return refuse(c, "不是区划代码（4、6、9 或 12 位数字）", "is not a region code of 4, 6, 9 or 12 digits", text, n, err);
    *out = value_int(code);
    return 0;
}

int schema_parse(const struct schema_column *c, const char *text, size_t n, struct buf *scratch, struct value *out,
                 struct err *err)
{
    *out = value_null();
    if (n == 0) return 0;
    switch (c->type) {
    case TYPE_TEXT: *out = value_text(text, n); return 0;
    case TYPE_INT: return parse_int(c, text, n, out, err);
    case TYPE_BOOL: return parse_bool(c, text, n, out, err);
    case TYPE_DATE: return parse_date(c, text, n, out, err);
    case TYPE_MINUTE: return parse_minute(c, text, n, out, err);
    case TYPE_MONEY: return parse_money(c, text, n, out, err);
    case TYPE_CODE: return parse_code(c, text, n, out, err);
    case TYPE_SET: return parse_set(c, text, n, out, err);
    case TYPE_REGION: return parse_region(c, text, n, out, err);
    case TYPE_REF: return parse_ref(c, text, n, scratch, out, err);
    case TYPE_REFSET: return parse_refs(c, text, n, scratch, out, err);
    case TYPE_HASH: return parse_hash(c, text, n, scratch, out, err);
    }
    return refuse(c, "类型未知", "has an unknown type", text, n, err);
}
