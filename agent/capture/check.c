/* check: everything that capture refuses, decided before a byte is written. Neighbours: change.c asks, core/schema
 * knows types. Whether somebody has the authority to change a cell is the server's decision, not made here. */
#include <stdio.h>

#include "state.h"

/* A cell's bytes in canonical form, at most: key, kind, two lengths or numbers. */
enum { CELL_OVERHEAD = 24, CHANGE_OVERHEAD = 32, ROOM_FOR_A_ROW = 256 * 1024 };

static size_t change_bytes(const struct cell *cells, size_t count)
{
    size_t n = CHANGE_OVERHEAD;
    for (size_t i = 0; i < count; i++)
        n += CELL_OVERHEAD + cells[i].value.len + cells[i].removed.len;
    return n;
}

/* SQLite ends a transaction by itself on some failures of the disk; what is written after that would commit alone. */
int check_open(struct capture *c, struct err *err)
{
    if (c->failed.code == 0 && sqlite3_get_autocommit(db_handle(c->h->db))) {
        c->failed.code = ERR_DISK;
        err_set(&c->failed, ERR_DISK, "磁盘写入失败，本次内容没有保存：请腾出空间后重试",
                "the disk failed and nothing of this was saved: make room and try again");
    }
    if (c->failed.code == 0) return 0;
    return err_words(err, c->failed.code, c->failed.zh, c->failed.en);
}

int check_room(const struct capture *c, const struct cell *cells, size_t count, struct err *err)
{
    if (count <= CHANGE_MAX_CELLS && c->cs.count < CHANGE_MAX_CHANGES &&
        c->bytes + change_bytes(cells, count) <= CHANGE_MAX_BYTES)
        return 0;
    return err_set(err, ERR_REFUSED, "一次保存最多 %d 条、%d MB：请分成几次保存",
                   "one act holds at most %d changes and %d MB: save it in parts", CHANGE_MAX_CHANGES,
                   CHANGE_MAX_BYTES / 1024 / 1024);
}

bool capture_full(const struct capture *c)
{
    return c->cs.count >= CHANGE_MAX_CHANGES || c->bytes + ROOM_FOR_A_ROW > CHANGE_MAX_BYTES;
}

static struct known_row *known_place(struct capture *c, int table, struct row_id id)
{
    uint64_t key = (id.number ^ id.origin ^ (uint64_t)table << 40) * UINT64_C(0x9E3779B97F4A7C15);
    return &c->known[(key >> 32) % CAPTURE_KNOWN];
}

void check_know(struct capture *c, int table, struct row_id id)
{
    *known_place(c, table, id) = (struct known_row){table, id};
}

void check_forget(struct capture *c)
{
    for (size_t i = 0; i < CAPTURE_KNOWN; i++)
        c->known[i].table = 0;
}

static int row_exists(struct capture *c, const struct schema_column *column, struct row_id id, struct err *err)
{
    const struct known_row *k = known_place(c, column->ref, id);
    const struct schema_table *t = schema_table(c->h->schema, column->ref);
    char text[ROW_ID_TEXT];
    if (k->table == column->ref && row_id_equal(k->id, id)) return 0;
    int rc = t ? table_exists(c->h->tables, t, id, err) : 0;
    if (rc == 1) check_know(c, column->ref, id);
    if (rc) return rc < 0 ? rc : 0;
    row_id_to_text(id, text);
    char zh[160], en[160];
    snprintf(zh, sizeof zh, "%s：本机没有 %s %s", column->zh, t ? t->zh : "", text);
    snprintf(en, sizeof en, "%s: there is no %s %s here", column->name, t ? t->name : "", text);
    return err_words(err, ERR_NOT_FOUND, zh, en);
}

static int rows_exist(struct capture *c, const struct schema_column *column, const struct value *v, struct err *err)
{
    int rc = 0;
    if (v->kind != VALUE_BLOB || (column->type != TYPE_REF && column->type != TYPE_REFSET)) return 0;
    for (uint32_t at = 0; at < v->len && rc == 0; at += ROW_ID_BYTES) {
        struct row_id id;
        row_id_from_bytes(v->data + at, ROW_ID_BYTES, &id); /* schema_check has seen that it is one */
        rc = row_exists(c, column, id, err);
    }
    return rc;
}

int check_cell(struct capture *c, const struct schema_table *t, const struct cell *cell, const struct schema_column **column,
               struct err *err)
{
    *column = schema_column(t, cell->column);
    if (!*column)
        return err_set(err, ERR_REFUSED, "%.0s%s没有编号为 %d 的栏目", "%s%.0s has no column number %d", t->name, t->zh,
                       cell->column);
    int rc = schema_check(t, *column, &cell->value, err);
    if (rc == 0) rc = schema_check(t, *column, &cell->removed, err);
    if (rc == 0) rc = rows_exist(c, *column, &cell->value, err);
    return rc;
}

static const struct cell *cell_of(const struct cell *cells, size_t count, int column)
{
    for (size_t i = 0; i < count; i++)
        if (cells[i].column == column && cells[i].value.kind != VALUE_NULL) return &cells[i];
    return NULL;
}

static int check_required(const struct schema_table *t, const struct cell *cells, size_t count, struct err *err)
{
    char zh[160], en[160];
    for (size_t i = 0; i < t->count; i++) {
        const struct schema_column *column = &t->columns[i];
        if (!(column->flags & COLUMN_REQUIRED) || cell_of(cells, count, column->number)) continue;
        snprintf(zh, sizeof zh, "%s：必须填写“%s”", t->zh, column->zh);
        snprintf(en, sizeof en, "%s: %s must be given", t->name, column->name);
        return err_words(err, ERR_REFUSED, zh, en);
    }
    return 0;
}

int check_put(struct capture *c, const struct schema_table *t, const struct cell *cells, size_t count, struct err *err)
{
    const struct schema_column *column;
    int rc = check_level(c, t, err);
    for (size_t i = 0; i < count && rc == 0; i++) {
        rc = check_cell(c, t, &cells[i], &column, err);
        if (rc == 0 && cells[i].removed.kind != VALUE_NULL)
            rc = err_set(err, ERR_REFUSED, "新记录里没有可去掉的内容", "a new row has nothing to take out");
    }
    return rc ? rc : check_required(t, cells, count, err);
}

/* Level of the author by the role in its worker row: 0 when this laptop does not know. */
static int read_level(struct capture *c, struct err *err)
{
    const struct schema_table *t = schema_table_named(c->h->schema, "worker");
    const struct schema_column *role = t ? schema_column_named(t, "role") : NULL;
    struct table_row row;
    c->level = 0;
    if (!role || !role->codes || row_id_is_null(c->cs.author)) return 0;
    int rc = table_read(c->h->tables, t, c->cs.author, &c->scratch, &row, err);
    if (rc <= 0) return rc;
    const struct value *v = &row.values[schema_column_index(t, role)];
    if (v->kind == VALUE_INT) c->level = schema_code_level(role->codes, v->i);
    return 0;
}

int check_level(struct capture *c, const struct schema_table *t, struct err *err)
{
    char zh[160], en[160];
    if (t->level <= LEVEL_CONTACT) return 0;
    int rc = c->level == LEVEL_NOT_READ ? read_level(c, err) : 0;
    if (rc || c->level == 0 || c->level >= t->level) return rc;
    snprintf(zh, sizeof zh, "“%s”由上级维护，你不能新增或删除", t->zh);
    snprintf(en, sizeof en, "%s are kept by a higher level: you may not add or delete them", t->en);
    return err_words(err, ERR_DENIED, zh, en);
}
