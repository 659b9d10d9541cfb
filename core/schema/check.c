/* check: does a value fit its column? Run on everything that comes from outside, the network included. */
#include <stdio.h>
#include <string.h>

#include "zhucun/change.h"
#include "zhucun/schema.h"

enum { DATE_FIRST = -25567, DATE_LAST = 84005 }; /* 1900-01-01 … 2199-12-31 */

static int misfit(const struct schema_table *t, const struct schema_column *c, const char *zh, const char *en,
                  struct err *err)
{
    char in_zh[200], in_en[200];
    snprintf(in_zh, sizeof in_zh, "%s.%s：%s", t->zh, c->zh, zh);
    snprintf(in_en, sizeof in_en, "%s.%s %s", t->name, c->name, en);
    return err_words(err, ERR_REFUSED, in_zh, in_en);
}

static int check_text(const struct schema_table *t, const struct schema_column *c, const struct value *v,
                      struct err *err)
{
    if (v->kind != VALUE_TEXT) return misfit(t, c, "应为文字", "must be text", err);
    if (v->len > CHANGE_MAX_TEXT || !utf8_valid(v->data, v->len))
        return misfit(t, c, "不是有效的 UTF-8 文字", "is not valid UTF-8 text", err);
    size_t length = utf8_length(v->data, v->len);
    if (length > (size_t)c->limit) {
        char zh[80], en[80];
        snprintf(zh, sizeof zh, "太长：%zu 字，最多 %d 字", length, c->limit);
        snprintf(en, sizeof en, "is too long: %zu characters, at most %d", length, c->limit);
        return misfit(t, c, zh, en, err);
    }
    for (uint32_t i = 0; i < v->len; i++) {
        if ((v->data[i] < 0x20 && v->data[i] != '\n' && v->data[i] != '\t') || v->data[i] == 0x7F)
            return misfit(t, c, "含有控制字符", "has control characters", err);
    }
    return 0;
}

static int check_blob(const struct schema_table *t, const struct schema_column *c, const struct value *v,
                      struct err *err)
{
    struct row_id id;
    if (v->kind != VALUE_BLOB) return misfit(t, c, "应为编号", "must be an id", err);
    if (c->type == TYPE_HASH) return v->len == 32 ? 0 : misfit(t, c, "摘要长度不对", "is no digest", err);
    if (c->type == TYPE_REF && v->len != ROW_ID_BYTES) return misfit(t, c, "编号长度不对", "is no row id", err);
    if (v->len % ROW_ID_BYTES || v->len > CHANGE_MAX_TEXT) return misfit(t, c, "编号长度不对", "is no list of row ids", err);
    for (uint32_t i = 0; i < v->len; i += ROW_ID_BYTES) {
        if (row_id_from_bytes(v->data + i, ROW_ID_BYTES, &id)) return misfit(t, c, "不是记录编号", "is no row id", err);
        if (i && memcmp(v->data + i - ROW_ID_BYTES, v->data + i, ROW_ID_BYTES) >= 0)
            return misfit(t, c, "编号没有排序", "has unsorted row ids", err);
    }
    return 0;
}

static int check_int(const struct schema_table *t, const struct schema_column *c, int64_t i, struct err *err)
{
    switch (c->type) {
    case TYPE_BOOL: return i == 0 || i == 1 ? 0 : misfit(t, c, "应为是或否", "must be yes or no", err);
    case TYPE_DATE:
        return i >= DATE_FIRST && i <= DATE_LAST ? 0 : misfit(t, c, "日期超出范围", "is a date out of range", err);
    case TYPE_MINUTE: return i >= 0 && i < 1440 ? 0 : misfit(t, c, "时间超出范围", "is a time out of range", err);
    /* Codes newer than this program are kept: an old agent must not refuse what a newer one may say. */
    case TYPE_CODE: return i >= 1 && i <= 9999 ? 0 : misfit(t, c, "代码超出范围", "is a code out of range", err);
    case TYPE_SET: return (i & 1) == 0 && i >= 0 ? 0 : misfit(t, c, "代码超出范围", "is a set out of range", err);
    case TYPE_REGION:
        return i >= INT64_C(100000000000) && i <= INT64_C(999999999999)
                   ? 0
                   : misfit(t, c, "不是区划代码", "is no region code", err);
    default: return 0;
    }
}

int schema_check(const struct schema_table *t, const struct schema_column *c, const struct value *v, struct err *err)
{
    if (v->kind == VALUE_NULL) return 0;
    switch (c->type) {
    case TYPE_TEXT: return check_text(t, c, v, err);
    case TYPE_REF:
    case TYPE_REFSET:
    case TYPE_HASH: return check_blob(t, c, v, err);
    default:
        return v->kind == VALUE_INT ? check_int(t, c, v->i, err) : misfit(t, c, "应为数字", "must be a number", err);
    }
}
