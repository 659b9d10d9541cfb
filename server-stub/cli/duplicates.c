/* duplicates: what seems to have been entered twice, both rows side by side, for a person to merge. Citizens' numbers
 * are shown without their middle: that they agree is all that counts here. */
#include <inttypes.h>
#include <string.h>

#include "ask.h"
#include "report.h"

static const struct {
    const char *name, *zh, *en;
} reasons[DUPLICATE_REASONS] = {
    [DUPLICATE_ID_NO] = {"id_no", "证件号码相同", "the same ID number"},
    [DUPLICATE_NAME_BIRTH] = {"name_birth", "同户、同名、同日出生", "the same household, name and date of birth"},
    [DUPLICATE_NATIONAL_NO] = {"national_no", "户编号相同", "the same national number"},
    [DUPLICATE_HEAD_ID_NO] = {"head_id_no", "户主证件号码相同", "the same ID number of the head"},
    [DUPLICATE_HEAD_PHONE] = {"head_name_phone", "同村、同户主、同电话", "the same village, head and phone"},
    [DUPLICATE_WORKER_NO] = {"no", "工号相同", "the same worker number"},
    [DUPLICATE_ORDER_NUMBER] = {"number", "单号相同", "the same order number"},
};

struct listing {
    struct cli *c;
    struct store *s;
    unsigned shown;
};

enum { ROW_ARENA = 4 * 1024 * 1024, FORM_MIN = 10, SHOWN_FIRST = 6, SHOWN_LAST = 4 };

static void mask(char *number)
{
    size_t n = strlen(number);

    for (size_t i = SHOWN_FIRST; n > FORM_MIN && i + SHOWN_LAST < n; i++)
        number[i] = '*';
}

/* The natural key of the row that a reference names, else its id. */
static void ref_text(struct listing *l, const struct schema_column *c, const struct value *v, char *out, size_t n)
{
    const struct schema_table *t = schema_table(store_schema(l->s), c->ref);
    const struct schema_column *key = schema_flagged(t, COLUMN_KEY);
    struct stored_row row;
    struct arena arena;
    struct row_id id;

    if (row_id_from_bytes(v->data, v->len, &id) != 0)
        return;
    row_id_to_text(id, out);
    arena_init(&arena, ROW_ARENA);
    if (key && store_row_get(l->s, t, id, &arena, &row, NULL) > 0) {
        const struct value *k = &row.row.values[schema_column_index(t, key)];
        if (k->kind == VALUE_TEXT && k->len > 0)
            snprintf(out, n, "%.*s", (int)k->len, (const char *)k->data);
    }
    arena_free(&arena);
}

static bool is_shown(const struct schema_column *c)
{
    return c->flags & (COLUMN_TITLE | COLUMN_KEY | COLUMN_PARENT) || strcmp(c->name, "phone") == 0 || strcmp(c->name, "birth") == 0;
}

static void cell_text(struct listing *l, const struct schema_column *c, const struct value *v, char *out, size_t n)
{
    struct buf text;

    if (c->type == TYPE_REF) {
        ref_text(l, c, v, out, n);
        return;
    }
    buf_init(&text, CHANGE_MAX_TEXT * 2);
    schema_format(c, v, LANG_ZH, &text);
    snprintf(out, n, "%s", buf_text(&text));
    buf_free(&text);
    if (c->flags & COLUMN_KEY && c->flags & COLUMN_PERSONAL)
        mask(out);
}

static int put_author(struct listing *l, json_t *o, const struct changeset_record *made)
{
    const struct schema_table *t = schema_table_named(store_schema(l->s), "worker");
    const struct schema_column worker = {.type = TYPE_REF, .ref = t->number};
    uint8_t bytes[ROW_ID_BYTES];
    char author[128] = "", origin[24], at[30];

    row_id_to_bytes(made->author, bytes);
    const struct value v = value_blob(bytes, sizeof bytes);
    if (!row_id_is_null(made->author))
        ref_text(l, &worker, &v, author, sizeof author);
    snprintf(origin, sizeof origin, "%016" PRIx64, made->origin);
    time_format(hlc_ms(made->corrected), at);
    int rc = json_object_set_new(o, "author", json_string(author));
    rc |= json_object_set_new(o, "origin", json_string(origin));
    rc |= json_object_set_new(o, "authored_at", json_string(at));
    time_format(made->received_ms, at);
    return rc | json_object_set_new(o, "received_at", json_string(at));
}

static json_t *row_json(struct listing *l, const struct schema_table *t, const struct duplicate_row *d)
{
    json_t *o = json_object();
    char id[ROW_ID_TEXT], text[512];
    int bad;

    row_id_to_text(d->row->row.id, id);
    bad = json_object_set_new(o, "id", json_string(id));
    for (size_t i = 0; i < t->count; i++) {
        const struct value *v = &d->row->row.values[i];
        if (v->kind == VALUE_NULL || !is_shown(&t->columns[i]))
            continue;
        text[0] = '\0';
        cell_text(l, &t->columns[i], v, text, sizeof text);
        bad |= json_object_set_new(o, t->columns[i].name, json_string(text));
    }
    bad |= put_author(l, o, &d->made);
    if (bad)
        json_decref(o);
    return bad ? NULL : o;
}

static void print_row(struct listing *l, const char *table, const json_t *row)
{
    const char *key;
    const json_t *value;

    printf("    %s/%s", table, text_in(row, "id"));
    json_object_foreach((json_t *)(uintptr_t)row, key, value)
    {
        if (strcmp(key, "id") != 0 && strcmp(key, "origin") != 0 && strcmp(key, "authored_at") != 0 && strcmp(key, "author") != 0 &&
            strcmp(key, "received_at") != 0)
            printf("  %s", json_string_value(value));
    }
    printf("\n        %s %s, %s\n", say(l->c, "录入", "entered by"),
           *text_in(row, "author") ? text_in(row, "author") : say(l->c, "名册", "the roster"), text_in(row, "authored_at"));
}

static int show(void *ctx, const struct duplicate *d)
{
    struct listing *l = ctx;
    const char *why = say(l->c, reasons[d->reason].zh, reasons[d->reason].en);
    json_t *first = row_json(l, d->table, &d->first), *second = row_json(l, d->table, &d->second);
    json_t *o = first && second ? json_pack("{s:s,s:s,s:s,s:O,s:O}", "table", d->table->name, "reason", reasons[d->reason].name, "why",
                                            why, "first", first, "second", second)
                                : NULL;
    int rc = o ? 0 : err_nomem(&l->c->err);

    l->shown++;
    if (o && l->c->json)
        rc = print_json(l->c, o);
    else if (o) {
        printf("%s: %s\n", say(l->c, d->table->zh, d->table->name), why);
        print_row(l, d->table->name, first);
        print_row(l, d->table->name, second);
    }
    json_decref(first);
    json_decref(second);
    json_decref(o);
    return rc;
}

int command_duplicates(struct cli *c, int argc, char **argv)
{
    const char *scope = NULL;
    struct listing l = {.c = c};
    const struct arg args[] = {{"--scope", ARG_TEXT, &scope}};
    int64_t code;
    size_t words;
    int rc = args_parse(c, argc, argv, args, 1, NULL, &words, 0);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if ((rc = open_reader(c, &l.s)) < 0)
        return rc;
    rc = scope_arg(c, l.s, scope, &code);
    if (rc == 0)
        rc = report_duplicates(l.s, code, show, &l, &c->err);
    if (rc == 0 && !c->json && l.shown == 0)
        printf("%s\n", say(c, "没有发现重复录入", "nothing seems to have been entered twice"));
    store_close(l.s);
    return rc < 0 ? rc : 0;
}
