/* names: which table, which column, which row is meant, and what to offer when there is no such one. */
#include "fields.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 64, OFFERED = 6 };

/* Levenshtein distance over bytes, one row of the matrix at a time; long words are compared by their beginning. */
static size_t distance(const char *a, const char *b)
{
    size_t row[NAME_BYTES + 1];
    size_t na = strnlen(a, NAME_BYTES), nb = strnlen(b, NAME_BYTES);
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t above = row[j];
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            if (above + 1 < best) best = above + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[nb];
}

struct candidate {
    const struct field_name *name;
    size_t distance;
    size_t order;
};

static int by_distance(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->distance != y->distance) return x->distance < y->distance ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* A name that begins or holds what was typed is nearer than any spelling mistake. */
static size_t nearness(const char *word, const char *name)
{
    return *word && strstr(name, word) ? 0 : distance(word, name);
}

void fields_closest(const char *word, const struct field_name *names, size_t count, size_t max, struct buf *out)
{
    struct candidate *list = calloc(count ? count : 1, sizeof *list);
    if (!list) return;
    for (size_t i = 0; i < count; i++) {
        size_t by_name = nearness(word, names[i].name);
        size_t by_label = names[i].zh ? nearness(word, names[i].zh) : by_name;
        list[i] = (struct candidate){&names[i], by_name < by_label ? by_name : by_label, i};
    }
    qsort(list, count, sizeof *list, by_distance);
    for (size_t i = 0; i < count && i < max; i++) {
        buf_printf(out, "%s%s", i > 0 ? ", " : "", list[i].name->name);
        if (list[i].name->zh) buf_printf(out, "（%s）", list[i].name->zh);
    }
    if (count > max) buf_put_text(out, " …");
    free(list);
}

/* Any text may have been typed: what goes into a sentence is short. */
static int shown_length(const char *word)
{
    size_t n = strnlen(word, 60);
    while (n > 0 && ((unsigned char)word[n] & 0xC0) == 0x80)
        n--;
    return (int)n;
}

int fields_table(const struct schema *s, const char *name, const struct schema_table **t, struct err *err)
{
    *t = schema_table_named(s, name);
    for (size_t i = 0; !*t && i < s->count; i++) {
        if (strcmp(s->tables[i].en, name) == 0) *t = &s->tables[i];
    }
    if (*t) return 0;
    struct field_name names[SCHEMA_MAX_TABLE];
    size_t count = 0;
    for (; count < s->count && count < SCHEMA_MAX_TABLE; count++)
        names[count] = (struct field_name){s->tables[count].name, NULL};
    struct buf list;
    buf_init(&list, 400);
    fields_closest(name, names, count, SCHEMA_MAX_TABLE, &list);
    int rc = err_set(err, ERR_REFUSED, "没有“%.*s”这张表；可用的表：%s", "there is no table \"%.*s\"; tables are: %s",
                     shown_length(name), name, buf_text(&list));
    buf_free(&list);
    return rc;
}

int fields_column(const struct schema_table *t, const char *name, const struct schema_column **c, struct err *err)
{
    *c = schema_column_named(t, name);
    if (*c) return 0;
    struct field_name names[SCHEMA_MAX_COLUMN];
    size_t count = 0;
    for (; count < t->count && count < SCHEMA_MAX_COLUMN; count++)
        names[count] = (struct field_name){t->columns[count].name, t->columns[count].zh};
    struct buf list;
    buf_init(&list, 400);
    fields_closest(name, names, count, OFFERED, &list);
    int rc = err_set(err, ERR_REFUSED, "表 %s 没有“%.*s”这一列；最接近的列：%s",
                     "table %s has no column \"%.*s\"; the closest are: %s", t->name, shown_length(name), name,
                     buf_text(&list));
    buf_free(&list);
    return rc;
}

int fields_row(struct home *h, const struct schema_table *t, const char *text, size_t n, struct row_id *id,
               struct err *err)
{
    if (n > 0 && !utf8_valid(text, n))
        return err_set(err, ERR_REFUSED, "表 %s 的编号不是有效的 UTF-8", "the name of a row of %s is not valid UTF-8",
                       t->name);
    int found = table_find(h->tables, t, text, n, id, err);
    if (found < 0) return found;
    if (found == 1) return 0;
    const struct schema_column *key = schema_flagged(t, COLUMN_KEY);
    char shown[64];
    size_t keep = n < sizeof shown ? n : sizeof shown - 1;
    while (keep > 0 && keep < n && ((unsigned char)text[keep] & 0xC0) == 0x80)
        keep--;
    memcpy(shown, text, keep);
    shown[keep] = '\0';
    if (!key)
        return err_set(err, ERR_NOT_FOUND, "本机没有%s（%s）“%s”；要写它的编号（UUID）",
                       "there is no %.0s%s \"%s\" on this laptop; name it by its id (UUID)", t->zh, t->name, shown);
    return err_set(err, ERR_NOT_FOUND, "本机没有%s（%s）“%s”；按 %s 或编号（UUID）查找",
                   "there is no %.0s%s \"%s\" on this laptop; name it by its %s or its id (UUID)", t->zh, t->name, shown,
                   key->name);
}

enum { KEPT_ARENA = 512 * 1024 };

int fields_kept(struct home *h, const struct schema_table *t, struct row_id *id, struct err *err)
{
    const struct schema_column *merged = schema_flagged(t, COLUMN_MERGED);
    if (!merged || merged->type != TYPE_REF) return 0;
    int at = schema_column_index(t, merged);
    struct table_row row;
    struct arena arena;
    struct row_id into;
    arena_init(&arena, KEPT_ARENA);
    int found = table_read(h->tables, t, *id, &arena, &row, err);
    bool merged_away = found == 1 && row.values[at].kind == VALUE_BLOB &&
                       row_id_from_bytes(row.values[at].data, row.values[at].len, &into) == 0;
    if (merged_away) found = table_read(h->tables, t, into, &arena, &row, err);
    bool stands = merged_away && found == 1 && row.values[at].kind == VALUE_NULL;
    if (stands) *id = into;
    arena_free(&arena);
    return found < 0 ? found : stands;
}

struct value fields_code(const struct schema_table *t, const char *column, const char *term)
{
    const struct schema_column *c = schema_column_named(t, column);
    int code = c && c->codes ? schema_code_find(c->codes, term, strlen(term)) : 0;
    return code ? value_int(code) : value_null();
}
