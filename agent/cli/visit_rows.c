/* visit_rows: what follows from a visit — risks, the clue they open, measures, a new phone number.
 *
 *   household is        risk found →
 *   监测中               risk row only: the county follows it already
 *   has an open clue    risk row only: the clue's clock is running since the earlier finding
 *   风险消除             risk row, and a clue of kind 回退
 *   else                risk row, and a clue of kind 走访发现 */
#include <string.h>

#include "visit.h"
#include "zhucun/rules.h"

static const struct schema_table *named(const struct visit *v, const char *table)
{
    return schema_table_named(v->c->home->schema, table);
}

static struct value id_value(struct visit *v, struct row_id id)
{
    uint8_t *bytes = arena_alloc(&v->arena, ROW_ID_BYTES);
    if (!bytes) return value_null();
    row_id_to_bytes(id, bytes);
    return value_blob(bytes, ROW_ID_BYTES);
}

static struct cell cell(const struct schema_table *t, const char *column, struct value value)
{
    return (struct cell){.column = schema_column_named(t, column)->number, .value = value};
}

/* "因病:3" */
static int put_risk(struct visit *v, const char *word, struct err *err)
{
    const struct schema_table *t = named(v, "risk");
    const char *colon = strrchr(word, ':');
    size_t n = colon ? (size_t)(colon - word) : strlen(word);
    struct value kind, rank = value_null();
    int rc = fields_text(v->c->home, t, schema_column_named(t, "kind"), word, n, &v->arena, &kind, err);
    if (rc) return rc;
    if (kind.kind == VALUE_NULL) return err_set(err, ERR_USAGE, "--risk 缺少类型", "--risk lacks a kind");
    if (colon && (colon[1] < '1' || colon[1] > '5' || colon[2]))
        return err_set(err, ERR_REFUSED, "风险等级应是 1 到 5：%.60s", "a risk's rank is 1 to 5: %.60s", word);
    if (colon) rank = value_int(colon[1] - '0');
    if (v->risk_count == VISIT_RISKS) return err_set(err, ERR_USAGE, "一次走访的风险太多", "too many risks in one visit");
    struct cell cells[] = {
        cell(t, "household", id_value(v, v->household)), cell(t, "kind", kind), cell(t, "rank", rank),
        cell(t, "found_on", value_int(v->date)),         cell(t, "visit", id_value(v, v->id)),
        cell(t, "state", fields_code(t, "state", "未消除")),
    };
    return capture_put(v->capture, t, cells, sizeof cells / sizeof cells[0], &v->risks[v->risk_count++], err);
}

int visit_put_risks(struct visit *v, struct err *err)
{
    const char *word;
    size_t at = 0;
    int rc = 0;
    while (rc == 0 && (word = cli_value_next(v->c, "--risk", &at)))
        rc = put_risk(v, word, err);
    return rc;
}

static const struct value *shown(const struct visit *v, const char *column)
{
    const struct schema_table *t = named(v, "household");
    return &v->shown.values[schema_column_index(t, schema_column_named(t, column))];
}

static int on_clue(void *ctx, const struct table_row *row)
{
    (void)row;
    *(bool *)ctx = true;
    return 1;
}

static int has_open_clue(struct visit *v, bool *open, struct err *err)
{
    struct value household = id_value(v, v->household);
    struct arena rows;
    *open = false;
    arena_init(&rows, 1024 * 1024);
    int rc = table_walk(v->c->home->tables, named(v, "clue"), 0, "\"household\" = ?1 AND \"decided_on\" IS NULL", &household,
                        1, &rows, on_clue, open, err);
    arena_free(&rows);
    return rc < 0 ? rc : 0;
}

int visit_put_clue(struct visit *v, struct err *err)
{
    const struct schema_table *t = named(v, "clue"), *household = named(v, "household");
    const struct value *status = shown(v, "monitor_status");
    struct value monitored = fields_code(household, "monitor_status", "监测中");
    struct value cleared = fields_code(household, "monitor_status", "风险消除");
    bool open = false;
    if (v->risk_count == 0 || value_equal(status, &monitored)) return 0;
    int rc = has_open_clue(v, &open, err);
    if (rc || open) return rc;
    v->due_on = due_decision(v->date);
    struct cell cells[] = {
        cell(t, "village", *shown(v, "village")),
        cell(t, "household", id_value(v, v->household)),
        cell(t, "found_on", value_int(v->date)),
        cell(t, "kind", fields_code(t, "kind", value_equal(status, &cleared) ? "回退" : "走访发现")),
        cell(t, "risk", id_value(v, v->risks[0])),
        cell(t, "due_on", value_int(v->due_on)),
    };
    return capture_put(v->capture, t, cells, sizeof cells / sizeof cells[0], &v->clue, err);
}

/* "产业=庭院养鸡 50 只" */
static int put_measure(struct visit *v, const char *word, struct err *err)
{
    const struct schema_table *t = named(v, "measure");
    const char *equals = strchr(word, '=');
    struct value category, what;
    if (!equals || !equals[1])
        return err_set(err, ERR_USAGE, "--measure 应写成 产业=内容：%.60s", "--measure reads industry=what: %.60s", word);
    int rc = fields_text(v->c->home, t, schema_column_named(t, "category"), word, (size_t)(equals - word), &v->arena,
                         &category, err);
    if (rc == 0)
        rc = fields_text(v->c->home, t, schema_column_named(t, "what"), equals + 1, strlen(equals + 1), &v->arena, &what, err);
    if (rc) return rc;
    struct cell cells[] = {
        cell(t, "household", id_value(v, v->household)),
        cell(t, "category", category),
        cell(t, "what", what),
        cell(t, "since", value_int(v->date)),
    };
    return capture_put(v->capture, t, cells, sizeof cells / sizeof cells[0], NULL, err);
}

int visit_put_measures(struct visit *v, struct err *err)
{
    const char *word;
    size_t at = 0;
    int rc = 0;
    while (rc == 0 && (word = cli_value_next(v->c, "--measure", &at)))
        rc = put_measure(v, word, err);
    return rc;
}

int visit_set_phone(struct visit *v, struct err *err)
{
    const struct schema_table *t = named(v, "household");
    const char *phone = cli_value(v->c, "--phone");
    struct value value;
    if (!phone) return 0;
    int rc = fields_text(v->c->home, t, schema_column_named(t, "phone"), phone, strlen(phone), &v->arena, &value, err);
    if (rc) return rc;
    struct cell cells[] = {cell(t, "phone", value)};
    return capture_set(v->capture, t, v->household, cells, 1, err);
}
