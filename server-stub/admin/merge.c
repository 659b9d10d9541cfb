/* merge: two rows are the same household or person. The one that gives way gets merged_into; nothing is deleted and
 * nothing changes its parent, so that taking it back is one cell, too.
 *
 *   KEEP ← DROP    same table, both live, neither merged, nobody merged into DROP: no chains, no circles
 *   --undo DROP    merged_into is emptied */
#include <stdlib.h>
#include <string.h>

#include "batch.h"

enum { ROW_ARENA = 4 * 1024 * 1024 };

struct merging {
    struct verb_call *c;
    struct actor actor;
    struct arena arena;
    struct err *err;
};

struct named {
    const struct schema_table *t;
    const char *word; /* "household/H1", as given */
    struct stored_row row;
};

static int find_named(struct merging *m, const char *word, struct named *out)
{
    const char *slash = strchr(word, '/');
    char table[40];

    *out = (struct named){.word = word};
    if (slash) {
        snprintf(table, sizeof table, "%.*s", (int)(slash - word), word);
        out->t = actor_table(m->c, table);
    }
    const struct schema_column *merged = out->t ? schema_flagged(out->t, COLUMN_MERGED) : NULL;
    if (!merged || merged->type != TYPE_REF)
        return err_set(m->err, ERR_REFUSED, "“%.80s”：只有户和家庭成员可以合并，写成 household/编号 或 member/编号",
                       "\"%.80s\": households and members are merged; write household/ID or member/ID", word);
    int rc = actor_row(m->c, out->t, slash + 1, &m->arena, &out->row, m->err);
    return rc == 0 ? actor_may(&m->actor, actor_place(&out->row), word, m->err) : rc;
}

/* What it was merged into, as text; "" when it was not. */
static void merged_into(const struct named *n, char out[ROW_ID_TEXT])
{
    struct row_id id;
    const struct value *v = actor_cell(n->t, &n->row, "merged_into");

    out[0] = '\0';
    if (v->kind == VALUE_BLOB && row_id_from_bytes(v->data, v->len, &id) == 0)
        row_id_to_text(id, out);
}

static int stop_at_first(void *ctx, const struct table_row *row)
{
    *(struct row_id *)ctx = row->id;
    return 1;
}

static int check_unmerged(struct merging *m, const struct named *n)
{
    char into[ROW_ID_TEXT];

    merged_into(n, into);
    if (!*into)
        return 0;
    return err_set(m->err, ERR_REFUSED, "%.80s 已并入 %s/%s：请先撤销，或改用那一条",
                   "%.80s was merged into %s/%s: undo that first, or name that one", n->word, n->t->name, into);
}

static int check_nobody_follows(struct merging *m, const struct named *drop)
{
    uint8_t bytes[ROW_ID_BYTES];
    char text[ROW_ID_TEXT];
    struct row_id id;
    struct arena arena;

    row_id_to_bytes(drop->row.row.id, bytes);
    const struct value arg = value_blob(bytes, sizeof bytes);
    arena_init(&arena, ROW_ARENA);
    int rc = table_walk(store_tables(m->c->store), drop->t, 0, "merged_into = ?1 AND _dead = 0", &arg, 1, &arena, stop_at_first,
                        &id, m->err);
    arena_free(&arena);
    if (rc <= 0)
        return rc;
    row_id_to_text(id, text);
    return err_set(m->err, ERR_REFUSED, "%s/%s 已并入 %.80s：不能再把后者并走", "%s/%s was merged into %.80s, which cannot therefore be merged away",
                   drop->t->name, text, drop->word);
}

static int set_merged(struct merging *m, const struct named *drop, struct value into)
{
    const struct cell cell = batch_cell(drop->t, "merged_into", into);
    struct batch *b;
    int rc = batch_new(&b, m->c, &m->actor, m->err);

    if (rc == 0)
        rc = batch_set(b, drop->t, drop->row.row.id, &cell, 1, m->err);
    if (rc == 0)
        rc = batch_flush(b, m->err);
    batch_free(b);
    return rc;
}

static int answer(struct merging *m, const struct named *drop, const struct named *keep)
{
    char dropped[ROW_ID_TEXT], kept[ROW_ID_TEXT] = "";

    row_id_to_text(drop->row.row.id, dropped);
    if (keep)
        row_id_to_text(keep->row.row.id, kept);
    json_t *o = json_pack("{s:s,s:s,s:s*}", "table", drop->t->name, "id", dropped, "merged_into", keep ? kept : NULL);
    int rc = o && json_object_update(m->c->answer, o) == 0 ? 0 : err_nomem(m->err);
    json_decref(o);
    return rc;
}

static int merge(struct merging *m, const char *keep_word, const char *drop_word)
{
    struct named keep, drop;
    uint8_t bytes[ROW_ID_BYTES];
    int rc = find_named(m, keep_word, &keep);

    if (rc == 0)
        rc = find_named(m, drop_word, &drop);
    if (rc < 0)
        return rc;
    if (keep.t != drop.t)
        return err_set(m->err, ERR_REFUSED, "%.80s 和 %.80s 不是同一种记录", "%.80s and %.80s are not of one kind", keep_word, drop_word);
    if (row_id_equal(keep.row.row.id, drop.row.row.id))
        return err_set(m->err, ERR_REFUSED, "%.80s 和 %.80s 是同一条记录", "%.80s and %.80s are one row already", keep_word, drop_word);
    if ((rc = check_unmerged(m, &keep)) < 0 || (rc = check_unmerged(m, &drop)) < 0 || (rc = check_nobody_follows(m, &drop)) < 0)
        return rc;
    row_id_to_bytes(keep.row.row.id, bytes);
    rc = set_merged(m, &drop, value_blob(bytes, sizeof bytes));
    return rc == 0 ? answer(m, &drop, &keep) : rc;
}

static int undo(struct merging *m, const char *drop_word)
{
    struct named drop;
    char into[ROW_ID_TEXT];
    int rc = find_named(m, drop_word, &drop);

    if (rc < 0)
        return rc;
    merged_into(&drop, into);
    if (!*into)
        return err_set(m->err, ERR_REFUSED, "%.80s 没有并入别的记录", "%.80s was not merged into another", drop_word);
    rc = set_merged(m, &drop, value_null());
    return rc == 0 ? answer(m, &drop, NULL) : rc;
}

int verb_merge(struct verb_call *c, struct err *err)
{
    struct merging m = {.c = c, .err = err};
    const char *keep = verb_text(c, "keep"), *drop = verb_text(c, "drop"), *back = verb_text(c, "undo"), *why = verb_text(c, "why");
    int rc = actor_open(c, LEVEL_COUNTY, &m.actor, err);

    if (rc == 0 && (!why || !*why))
        rc = err_set(err, ERR_USAGE, "缺少理由（--why）", "the reason is missing (--why)");
    if (rc == 0 && !back && (!keep || !drop))
        rc = err_set(err, ERR_USAGE, "缺少要合并的两条记录", "the two rows to merge are missing");
    arena_init(&m.arena, ROW_ARENA);
    if (rc == 0)
        rc = back ? undo(&m, back) : merge(&m, keep, drop);
    arena_free(&m.arena);
    return rc;
}
