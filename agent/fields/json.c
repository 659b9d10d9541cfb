/* json: one JSON value as a value of its column. Scalars become the text a person would have typed, so that there
 * is one reading of every type; arrays are elements of sets. */
#include "fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int scalar(const struct schema_table *t, const struct schema_column *c, const json_t *json, struct buf *text,
                  struct err *err)
{
    if (json_is_string(json)) {
        buf_put(text, json_string_value(json), json_string_length(json));
    } else if (json_is_integer(json)) {
        buf_printf(text, "%" PRId64, (int64_t)json_integer_value(json));
    } else if (json_is_boolean(json)) {
        buf_put_text(text, json_is_true(json) ? "true" : "false");
    } else if (json_is_real(json) && c->type == TYPE_MONEY) {
        buf_printf(text, "%.2f", json_real_value(json));
    } else {
        return err_set(err, ERR_REFUSED, "%s.%s（%s）不接受这种 JSON 值", "%s.%s (%s) does not take this kind of JSON value",
                       t->name, c->name, c->zh);
    }
    return text->failed ? err_set(err, ERR_REFUSED, "%s.%s（%s）太长", "%s.%s (%s) is too long", t->name, c->name, c->zh)
                        : 0;
}

static int elements(const struct schema_table *t, const struct schema_column *c, const json_t *json, struct buf *text,
                    struct err *err)
{
    if (c->type != TYPE_SET && c->type != TYPE_REFSET)
        return err_set(err, ERR_REFUSED, "%s.%s（%s）不是集合，不接受数组", "%s.%s (%s) is not a set and takes no array",
                       t->name, c->name, c->zh);
    for (size_t i = 0; i < json_array_size(json); i++) {
        const json_t *element = json_array_get(json, i);
        if (json_is_array(element) || json_is_object(element) || json_is_null(element))
            return err_set(err, ERR_REFUSED, "%s.%s（%s）的元素应为文字", "elements of %s.%s (%s) must be text", t->name,
                           c->name, c->zh);
        if (i > 0) buf_put_text(text, ",");
        int rc = scalar(t, c, element, text, err);
        if (rc) return rc;
    }
    return 0;
}

int fields_json(struct home *h, const struct schema_table *t, const struct schema_column *c, const json_t *json,
                struct arena *arena, struct value *out, struct err *err)
{
    *out = value_null();
    if (!json || json_is_null(json)) return 0;
    struct buf text;
    buf_init(&text, CHANGE_MAX_TEXT);
    int rc = json_is_array(json) ? elements(t, c, json, &text, err) : scalar(t, c, json, &text, err);
    if (rc == 0 && text.len > 0) {
        const char *copy = arena_copy(arena, text.data, text.len);
        rc = copy ? fields_text(h, t, c, copy, text.len, arena, out, err) : err_nomem(err);
    }
    buf_free(&text);
    return rc;
}
