/* entitled: who may decide about an entry of the ledger.
 *
 *   nobody named                 the office at the server: anything
 *   column with a level          whoever has that level
 *   append-only rows and orders  the row's author; else the county
 *   making a row                 the table's level
 *   deleting a row               the table's level if it has one; else the row's author or the county
 *   the rest                     anybody
 *
 * And always: the row lives in the worker's region, and nobody below a supervisor decides about a value that he wrote
 * himself, or that his was given way to — but a record's author may let others amend it. Who he is, and that he is on duty,
 * is actor.c's. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "actor.h"
#include "ruling.h"

static int level_of_row(const struct ruling *r, bool own)
{
    if (r->entry.value.kind == VALUE_BLOB) /* it is to be made */
        return r->table->level;
    return r->table->level > LEVEL_CONTACT ? r->table->level : own ? LEVEL_CONTACT : LEVEL_COUNTY;
}

static int level_needed(const struct actor *who, const struct ruling *r)
{
    bool own = !row_id_is_null(who->id) && row_id_equal(who->id, r->made_by);

    if (r->entry.column == 0)
        return level_of_row(r, own);
    if (!r->column)
        return LEVEL_CONTACT;
    switch (r->column->policy) {
    case POLICY_AUTHORITY: return r->column->level;
    case POLICY_APPEND:
    case POLICY_ORDER: return own ? LEVEL_CONTACT : LEVEL_COUNTY;
    default: return LEVEL_CONTACT;
    }
}

static int64_t place_of(const struct ruling *r)
{
    return r->found ? r->row.home.place : r->entry.place;
}

/* He may decide because the record is his: no party to it. */
static bool his_to_amend(const struct actor *who, const struct ruling *r)
{
    bool owned = r->entry.column == 0 || (r->column && (r->column->policy == POLICY_APPEND || r->column->policy == POLICY_ORDER));

    return owned && row_id_equal(who->id, r->made_by) && !row_id_equal(who->id, r->entry.loser.author);
}

static bool is_party(const struct actor *who, const struct ruling *r)
{
    if (who->level >= LEVEL_TOWNSHIP || his_to_amend(who, r))
        return false;
    return row_id_equal(who->id, r->entry.loser.author) || row_id_equal(who->id, r->entry.winner.author);
}

/* Whose it is: the supervisors of the township and above. */
static int refuse_party(const struct actor *who, const struct ruling *r, struct err *err)
{
    int64_t township = place_of(r) / 1000 * 1000;
    const struct schema_table *t = schema_table_named(store_schema(r->store), "region");
    char code[24], name[120];
    struct stored_row row;
    struct row_id id;

    snprintf(code, sizeof code, "%012" PRId64, township);
    snprintf(name, sizeof name, "%s", code);
    int rc = store_row_find(r->store, t, code, strlen(code), &id, err);
    if (rc == 1)
        rc = store_row_get(r->store, t, id, r->arena, &row, err);
    const struct value *told = rc == 1 ? &row.row.values[schema_column_index(t, schema_column_named(t, "name"))] : NULL;
    if (told && told->kind == VALUE_TEXT && told->len)
        snprintf(name, sizeof name, "%.*s", (int)told->len, (const char *)told->data);
    if (rc < 0)
        return rc;
    return err_set(err, ERR_DENIED, "%s 是这一条的当事人，不能自己裁定：请由%s及以上主管、未写过这两个值的同事，或办公室（不写 --as）裁定",
                   "%s wrote one of the two values and may not decide between them: a supervisor of %s or above may, a colleague "
                   "who wrote neither, or the office (without --as)", who->name, name);
}

int entitled_check(const struct actor *who, const struct ruling *r, struct err *err)
{
    static const char *const zh[] = {"", "帮扶责任人", "驻村干部", "乡镇", "县", "市"};
    static const char *const en[] = {"", "a contact", "a cadre", "the township", "the county", "the city"};
    int need = level_needed(who, r);
    char sentence[2][400];

    if (row_id_is_null(who->id))
        return 0;
    if (!region_covers(who->region, place_of(r)))
        return err_set(err, ERR_DENIED, "%s 不负责 %012" PRId64, "%s is not in charge of %012" PRId64, who->name, place_of(r));
    if (who->level >= need)
        return is_party(who, r) ? refuse_party(who, r, err) : 0;
    snprintf(sentence[0], sizeof sentence[0], "此条须由%s以上裁定，%s 无此权限", zh[need], who->name);
    snprintf(sentence[1], sizeof sentence[1], "this is for %s or above to decide: not for %s", en[need], who->name);
    return err_words(err, ERR_DENIED, sentence[0], sentence[1]);
}
