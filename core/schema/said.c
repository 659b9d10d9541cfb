/* said: what a program says where a person's words could stand, see schema.h. Stored by its Chinese sentence, so that
 * a laptop with an older program shows that, and nobody a number. */
#include <string.h>

#include "codes.h"

struct value schema_said(enum schema_said which)
{
    const char *text = schema_code_label(&codes_said, which, LANG_ZH);
    return text ? value_text(text, strlen(text)) : value_null();
}

struct value schema_heard(const struct value *text, enum lang lang)
{
    if (text->kind != VALUE_TEXT) return *text;
    for (size_t i = 0; i < codes_said.count; i++) {
        const struct schema_code *c = &codes_said.list[i];
        const char *shown = lang == LANG_ZH ? c->zh : c->en;
        if (strlen(c->zh) == text->len && memcmp(c->zh, text->data, text->len) == 0) return value_text(shown, strlen(shown));
    }
    return *text;
}
