/* inspect: a bundle as JSON — header, hashes, every changeset and change with names and readable values. A bundle
 * with a wrong byte gives one clear error, never half an answer. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "keys.h"
#include "zhucun/pack.h"

static int read_file(struct cli *c, const char *path, struct buf *out)
{
    FILE *f = fopen(path, "re");
    uint8_t *room;
    size_t n = 1;

    if (!f)
        return err_set(&c->err, ERR_REFUSED, "无法打开 %s：%s", "cannot open %s: %s", path, strerror(errno));
    while (n > 0 && (room = buf_reserve(out, 65536))) {
        n = fread(room, 1, 65536, f);
        out->len += n;
    }
    bool bad = ferror(f) != 0;
    fclose(f);
    if (bad)
        return err_set(&c->err, ERR_DISK, "读取 %s 失败", "reading %s failed", path);
    if (out->failed || out->len > BUNDLE_MAX_BYTES)
        return err_set(&c->err, ERR_CORRUPT, "%s 超过 %d 字节，不是数据包", "%s is longer than %d bytes: not a bundle", path,
                       (int)BUNDLE_MAX_BYTES);
    return 0;
}

static json_t *hex_of(uint64_t v)
{
    char text[24];

    snprintf(text, sizeof text, "%016" PRIx64, v);
    return json_string(text);
}

static json_t *time_of(int64_t ms)
{
    char text[30];

    time_format(ms, text);
    return json_string(text);
}

static json_t *id_of(struct row_id id)
{
    char text[ROW_ID_TEXT];

    if (row_id_is_null(id))
        return json_null();
    row_id_to_text(id, text);
    return json_string(text);
}

static json_t *readable(const struct schema_column *col, const struct value *v)
{
    struct buf text;

    if (v->kind == VALUE_NULL)
        return json_null();
    buf_init(&text, CHANGE_MAX_TEXT * 4);
    if (col)
        schema_format(col, v, LANG_ZH, &text);
    else if (v->kind == VALUE_INT)
        buf_printf(&text, "%" PRId64, v->i);
    else if (v->kind == VALUE_TEXT)
        buf_put(&text, v->data, v->len);
    else
        for (uint32_t i = 0; i < v->len; i++)
            buf_printf(&text, "%02x", v->data[i]);
    json_t *out = json_stringn(buf_text(&text), text.len);
    buf_free(&text);
    return out;
}

static json_t *change_json(const struct change *ch)
{
    static const char *const ops[] = {"?", "put", "set", "delete"};
    const struct schema_table *t = schema_table(schema_current(), ch->table);
    json_t *values = json_object(), *removed = json_object();
    char name[24];

    for (size_t i = 0; i < ch->count; i++) {
        const struct cell *cell = &ch->cells[i];
        const struct schema_column *col = t ? schema_column(t, cell->column) : NULL;
        snprintf(name, sizeof name, "column_%d", cell->column);
        json_object_set_new(values, col ? col->name : name, readable(col, &cell->value));
        if (cell->removed.kind != VALUE_NULL)
            json_object_set_new(removed, col ? col->name : name, readable(col, &cell->removed));
    }
    snprintf(name, sizeof name, "table_%d", ch->table);
    json_t *o = json_pack("{s:s,s:s,s:o,s:o}", "op", ops[ch->op <= 3 ? ch->op : 0], "table", t ? t->name : name, "id",
                          id_of(ch->id), "values", values);
    if (json_object_size(removed))
        json_object_set(o, "removed", removed);
    json_decref(removed);
    return o;
}

/* `h` is h(seq) when the bundle begins at 1, so that it is known; else NULL. */
static json_t *changeset_json(const struct changeset *cs, struct digest *h, struct err *err)
{
    json_t *changes = json_array(), *o;
    char hex[DIGEST_TEXT], day[11];
    struct digest digest;
    struct buf canonical;

    buf_init(&canonical, CHANGE_MAX_BYTES);
    if (changeset_encode(cs, &canonical, err) < 0) {
        json_decref(changes);
        buf_free(&canonical);
        return NULL;
    }
    digest_of(canonical.data, canonical.len, &digest);
    digest_hex(&digest, hex);
    for (size_t i = 0; i < cs->count; i++)
        json_array_append_new(changes, change_json(&cs->changes[i]));
    date_format(cs->observed, day);
    o = json_pack("{s:I,s:o,s:I,s:i,s:o,s:s,s:I,s:s,s:o}", "seq", (json_int_t)cs->seq, "authored_at",
                  time_of(hlc_ms(cs->stamp)), "base", (json_int_t)cs->base, "schema", cs->schema, "author",
                  id_of(cs->author), "observed", day, "bytes", (json_int_t)canonical.len, "sha256", hex, "changes", changes);
    if (h) {
        chain_next(h, canonical.data, canonical.len);
        digest_hex(h, hex);
        json_object_set_new(o, "chain", json_string(hex));
    }
    buf_free(&canonical);
    return o;
}

static json_t *header_json(const struct bundle_header *h, const struct buf *file)
{
    struct digest digest;
    char hex[DIGEST_TEXT];

    digest_of(file->data, file->len, &digest);
    digest_hex(&digest, hex);
    return json_pack("{s:i,s:i,s:i,s:o,s:I,s:I,s:o,s:i,s:I,s:s}", "format", h->format, "suite", h->suite, "dictionary",
                     h->dictionary, "origin", hex_of(h->origin), "first", (json_int_t)h->first, "last", (json_int_t)h->last,
                     "previous", hex_of(h->previous), "schema", h->schema, "bytes", (json_int_t)file->len, "sha256", hex);
}

/* Of a sealed one without the keys only the header can be read: count is 0 then. Packed bytes stay in `opened`. */
static int unpack(struct cli *c, const struct buf *file, struct buf *opened, struct arena *arena, struct bundle_header *header,
                  struct changeset **list, size_t *count)
{
    struct bundle_header inner;
    struct server_keys *keys = NULL;
    int rc = bundle_peek(file->data, file->len, header, &c->err);

    *count = 0;
    if (rc == 0 && header->suite == SUITE_NONE)
        return bundle_unpack(file->data, file->len, arena, header, list, count, &c->err);
    if (rc < 0 || !c->data)
        return rc;
    if ((rc = server_keys_load(c->data, &keys, &c->err)) == 0)
        rc = bundle_open(file->data, file->len, &keys->box, opened, &c->err);
    server_keys_free(keys);
    return rc < 0 ? rc : bundle_unpack(opened->data, opened->len, arena, &inner, list, count, &c->err);
}

static int print_bundle(struct cli *c, const struct buf *file, struct arena *arena)
{
    struct bundle_header header;
    struct changeset *list;
    struct digest h;
    struct buf opened;
    size_t count;

    buf_init(&opened, BUNDLE_MAX_BYTES);
    int rc = unpack(c, file, &opened, arena, &header, &list, &count);
    if (rc < 0) {
        buf_free(&opened);
        return rc;
    }
    json_t *all = json_array(), *o = header_json(&header, file);
    chain_start(header.origin, &h);
    for (size_t i = 0; i < count && rc >= 0; i++) {
        json_t *one = changeset_json(&list[i], header.first == 1 ? &h : NULL, &c->err);
        rc = one ? json_array_append_new(all, one) : c->err.code;
    }
    json_object_set(o, "changesets", all);
    if (rc >= 0 && c->json)
        rc = print_json(c, o);
    else if (rc >= 0 && (json_dumpf(o, stdout, JSON_INDENT(2)) < 0 || putchar('\n') == EOF))
        rc = err_set(&c->err, ERR_DISK, "写出失败", "writing failed");
    json_decref(all);
    json_decref(o);
    buf_free(&opened);
    return rc;
}

int command_inspect(struct cli *c, int argc, char **argv)
{
    const char *path = NULL;
    struct arena arena;
    struct buf file;
    size_t words;
    int rc = args_parse(c, argc, argv, NULL, 0, &path, &words, 1);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (words == 0)
        return err_set(&c->err, ERR_USAGE, "哪个文件？zhucun-server inspect FILE", "which file? zhucun-server inspect FILE");
    buf_init(&file, BUNDLE_MAX_BYTES + 2 * 65536);
    arena_init(&arena, (size_t)BUNDLE_MAX_INFLATED * 4);
    rc = read_file(c, path, &file);
    if (rc >= 0 && (rc = print_bundle(c, &file, &arena)) < 0)
        err_where(&c->err, rc, "%s", "%s", path);
    arena_free(&arena);
    buf_free(&file);
    return rc < 0 ? rc : 0;
}
