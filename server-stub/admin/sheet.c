/* sheet: see sheet.h. */
#include "sheet.h"

#include <errno.h>
#include <string.h>

#include "zhucun/csv.h"

enum { PROGRESS_EVERY = 5000, SCRATCH_MAX = 256 * 1024 };

struct sheet {
    struct roster *roster;
    const struct schema_table *table;
    struct cell cells[CHANGE_MAX_CELLS];
    size_t count;
    struct buf scratch;     /* texts of references and sets, for one line */
};

static int unknown_column(const struct sheet *s, const struct csv_field *name, struct err *err)
{
    return err_set(err, ERR_REFUSED, "表“%s”没有列“%.60s”", "table %s has no column \"%.60s\"", s->table->name, name->text);
}

/* A reference by natural key or UUID; its bytes go to scratch. */
static int resolve(struct sheet *s, const struct schema_column *c, const struct csv_field *f, struct value *out,
                   struct err *err)
{
    const struct schema_table *to = schema_table(store_schema(s->roster->store), c->ref);
    struct row_id id;
    int rc = roster_find(s->roster, to, f->text, f->n, &id, err);

    if (rc < 0)
        return rc;
    if (rc == 0)
        return err_set(err, ERR_REFUSED, "%s：没有“%.60s”这一%s", "%s: there is no %.60s in %s", c->name, f->text, to->name);
    uint8_t *bytes = buf_reserve(&s->scratch, ROW_ID_BYTES);
    if (!bytes)
        return err_nomem(err);
    row_id_to_bytes(id, bytes);
    s->scratch.len += ROW_ID_BYTES;
    *out = value_blob(bytes, ROW_ID_BYTES);
    return 0;
}

static int parse_field(struct sheet *s, const struct csv_field *name, const struct csv_field *f, struct err *err)
{
    const struct schema_column *c = schema_column_named(s->table, name->text);
    struct cell *cell = &s->cells[s->count];
    int rc;

    if (!c)
        return unknown_column(s, name, err);
    if (f->n == 0)
        return 0;
    *cell = (struct cell){.column = c->number, .removed = value_null()};
    rc = c->type == TYPE_REF ? resolve(s, c, f, &cell->value, err)
                             : schema_parse(c, f->text, f->n, &s->scratch, &cell->value, err);
    if (rc >= 0 && cell->value.kind != VALUE_NULL) {
        rc = schema_check(s->table, c, &cell->value, err);
        s->count++;
    }
    return rc < 0 ? rc : 0;
}

/* Cells go by column number, whatever the order of the sheet's columns; a column twice is refused. */
static int sort_cells(struct sheet *s, struct err *err)
{
    for (size_t i = 1; i < s->count; i++) {
        struct cell moved = s->cells[i];
        size_t at = i;
        for (; at > 0 && s->cells[at - 1].column > moved.column; at--)
            s->cells[at] = s->cells[at - 1];
        s->cells[at] = moved;
        if (at > 0 && s->cells[at - 1].column == moved.column)
            return err_set(err, ERR_REFUSED, "同一列出现两次", "a column stands there twice");
    }
    return 0;
}

static int load_line(struct sheet *s, const struct csv_record *record, struct err *err)
{
    int rc = 0;

    buf_reset(&s->scratch);
    buf_reserve(&s->scratch, SCRATCH_MAX / 2); /* values point into it: it must not move within a line */
    s->count = 0;
    for (size_t i = 0; i < record->count && rc >= 0; i++)
        rc = parse_field(s, &record->names[i], &record->fields[i], err);
    if (rc >= 0)
        rc = sort_cells(s, err);
    if (rc >= 0)
        rc = roster_add(s->roster, s->table, s->cells, s->count, err);
    return rc < 0 ? err_where(err, rc, "第 %zu 行", "line %zu", record->line) : 0;
}

static int check_header(const struct sheet *s, const struct csv_reader *reader, struct err *err)
{
    struct csv_record header;

    csv_header(reader, &header);
    for (size_t i = 0; i < header.count; i++)
        if (!schema_column_named(s->table, header.names[i].text))
            return unknown_column(s, &header.names[i], err);
    return 0;
}

static int load_lines(struct sheet *s, struct csv_reader *reader, const struct admin *admin, uint64_t *rows,
                      struct err *err)
{
    struct csv_record record;
    int rc = check_header(s, reader, err);

    while (rc >= 0 && (rc = csv_next(reader, &record, err)) > 0) {
        rc = load_line(s, &record, err);
        (*rows)++;
        if (admin->progress && *rows % PROGRESS_EVERY == 0)
            admin->progress(admin->progress_ctx, s->table->name, *rows);
    }
    return rc;
}

int sheet_load(struct roster *r, const struct schema_table *t, const char *path, const struct admin *admin,
               uint64_t *rows, struct err *err)
{
    struct sheet s = {.roster = r, .table = t};
    struct csv_reader *reader = NULL;
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    FILE *in = fopen(path, "re");
    int rc;

    if (!in)
        return err_set(err, ERR_REFUSED, "无法打开 %s：%s", "cannot open %s: %s", path, strerror(errno));
    buf_init(&s.scratch, SCRATCH_MAX);
    rc = csv_open(&reader, in, csv_format_of(path), err);
    if (rc >= 0)
        rc = load_lines(&s, reader, admin, rows, err);
    csv_close(reader);
    fclose(in);
    buf_free(&s.scratch);
    return rc < 0 ? err_where(err, rc, "%s", "%s", name) : 0;
}
