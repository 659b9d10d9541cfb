/* move: households to another village, named one by one or in a file; all or nothing. What hangs on them (members,
 * visits, risks …) follows in intake, and so do the laptops' scopes. */
#include <stdlib.h>
#include <string.h>

#include "csvline.h"
#include "keymap.h"
#include "moving.h"

enum { ROW_ARENA = 4 * 1024 * 1024 };

int moving_open(struct moving *m, struct verb_call *c, struct err *err)
{
    *m = (struct moving){.c = c, .households = actor_table(c, "household"), .moved = json_array(), .unchanged = json_array()};
    arena_init(&m->arena, ROW_ARENA);
    keymap_init(&m->seen);
    int rc = m->moved && m->unchanged ? actor_open(c, LEVEL_COUNTY, &m->actor, err) : err_nomem(err);
    return rc == 0 ? batch_new(&m->batch, c, &m->actor, err) : rc;
}

void moving_close(struct moving *m)
{
    batch_free(m->batch);
    keymap_free(&m->seen);
    arena_free(&m->arena);
    json_decref(m->moved);
    json_decref(m->unchanged);
}

int moving_answer(struct moving *m, struct err *err)
{
    int rc = batch_flush(m->batch, err);

    if (rc == 0 && (json_object_set(m->c->answer, "moved", m->moved) || json_object_set(m->c->answer, "unchanged", m->unchanged)))
        rc = err_nomem(err);
    return rc;
}

static int tell(struct moving *m, const struct stored_row *row, bool changed, struct err *err)
{
    char id[ROW_ID_TEXT], no[40], from[24], to[24];

    row_id_to_text(row->row.id, id);
    actor_text(m->households, row, "national_no", no, sizeof no);
    actor_text(m->households, row, "village", from, sizeof from);
    villages_text(m->to, to);
    json_t *one = json_pack("{s:s,s:s,s:s,s:s}", "household", id, "national_no", no, "from", from, "to", to);
    return one && json_array_append_new(changed ? m->moved : m->unchanged, one) == 0 ? 0 : err_nomem(err);
}

/* Named twice is named once. */
static int seen_before(struct moving *m, struct row_id id, struct err *err)
{
    char key[ROW_ID_TEXT];

    row_id_to_text(id, key);
    if (keymap_get(&m->seen, 1, key, strlen(key)))
        return 1;
    return keymap_put(&m->seen, 1, key, strlen(key), id, true, err);
}

int moving_household(struct moving *m, const char *word, struct err *err)
{
    struct stored_row row;

    arena_reset(&m->arena);
    int rc = actor_row(m->c, m->households, word, &m->arena, &row, err);
    if (rc == 0)
        rc = actor_may(&m->actor, actor_place(&row), word, err);
    if (rc == 0 && m->from && actor_cell(m->households, &row, "village")->i != m->from)
        rc = err_set(err, ERR_REFUSED, "%.60s 不在要拆分的村里", "%.60s does not live in the village that is split", word);
    if (rc == 0)
        rc = seen_before(m, row.row.id, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = villages_move(m->batch, m->households, &row, "village", m->to, err);
    return rc < 0 ? rc : tell(m, &row, rc > 0, err);
}

static int one_line(void *ctx, const char *const *fields, struct err *err)
{
    return moving_household(ctx, fields[0], err);
}

int moving_all(struct moving *m, struct err *err)
{
    const json_t *list = json_object_get(m->c->request, "households");
    const char *path = verb_text(m->c, "file");
    int rc = 0;

    if (!path && json_array_size(list) == 0)
        return err_set(err, ERR_USAGE, "哪些户？写出编号，或用 --file", "which households? name them, or use --file");
    for (size_t i = 0; i < json_array_size(list) && rc == 0; i++) {
        const char *word = json_string_value(json_array_get(list, i));
        rc = word ? moving_household(m, word, err) : 0;
    }
    return rc == 0 && path ? csvline_words(path, one_line, m, err) : rc;
}

int verb_move(struct verb_call *c, struct err *err)
{
    struct moving m;
    int rc = moving_open(&m, c, err);

    if (rc == 0)
        rc = villages_find(c, &m.actor, verb_text(c, "to"), &m.to, err);
    if (rc == 0)
        rc = moving_all(&m, err);
    if (rc == 0)
        rc = moving_answer(&m, err);
    moving_close(&m);
    return rc;
}
