/* lookup: finding tables, columns and codes by number, name or label. */
#include <string.h>

#include "zhucun/schema.h"

const struct schema_table *schema_table(const struct schema *s, int number)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->tables[i].number == number) return &s->tables[i];
    }
    return NULL;
}

const struct schema_table *schema_table_named(const struct schema *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->tables[i].name, name) == 0 || strcmp(s->tables[i].zh, name) == 0) return &s->tables[i];
    }
    return NULL;
}

const struct schema_column *schema_column(const struct schema_table *t, int number)
{
    /* Numbers are dense in practice, so the first guess nearly always hits. */
    if (number >= 1 && (size_t)number <= t->count && t->columns[number - 1].number == number)
        return &t->columns[number - 1];
    for (size_t i = 0; i < t->count; i++) {
        if (t->columns[i].number == number) return &t->columns[i];
    }
    return NULL;
}

const struct schema_column *schema_column_named(const struct schema_table *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++) {
        if (strcmp(t->columns[i].name, name) == 0 || strcmp(t->columns[i].zh, name) == 0) return &t->columns[i];
    }
    return NULL;
}

const struct schema_column *schema_flagged(const struct schema_table *t, unsigned flag)
{
    for (size_t i = 0; i < t->count; i++) {
        if (t->columns[i].flags & flag) return &t->columns[i];
    }
    return NULL;
}

int schema_column_index(const struct schema_table *t, const struct schema_column *c)
{
    return (int)(c - t->columns);
}

const char *schema_code_label(const struct schema_codes *codes, int64_t code, enum lang lang)
{
    for (size_t i = 0; codes && i < codes->count; i++) {
        if (codes->list[i].code == code) return lang == LANG_ZH ? codes->list[i].zh : codes->list[i].en;
    }
    return NULL;
}

static bool text_is(const char *label, const char *text, size_t n)
{
    return strlen(label) == n && memcmp(label, text, n) == 0;
}

int schema_code_level(const struct schema_codes *codes, int64_t code)
{
    for (size_t i = 0; i < codes->count; i++)
        if (codes->list[i].code == code)
            return codes->list[i].level;
    return 0;
}

int schema_code_find(const struct schema_codes *codes, const char *text, size_t n)
{
    int number = 0;
    for (size_t i = 0; i < n && n <= 3; i++)
        number = text[i] >= '0' && text[i] <= '9' && number >= 0 ? number * 10 + (text[i] - '0') : -1;
    for (size_t i = 0; codes && i < codes->count; i++) {
        const struct schema_code *c = &codes->list[i];
        if (text_is(c->zh, text, n) || text_is(c->en, text, n) || (number > 0 && c->code == number)) return c->code;
    }
    return 0;
}
