/* byhand: one laptop that is told its rows by hand, without a server: so that a test decides what was received, who
 * won and what the notices say. Rows told are remembered, and can be told again as a snapshot. */
#ifndef ZHUCUN_TEST_BYHAND_H
#define ZHUCUN_TEST_BYHAND_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "apply.h"
#include "capture.h"
#include "city.h"
#include "fakes.h"
#include "journal.h"
#include "places.h"
#include "zhucun/pack.h"

enum { HAND_ROWS = 64, HAND_CELLS = 16 };
static const int64_t hand_now_ms = INT64_C(1657756800000); /* 2022-07-14 08:00 in the village */
#define HAND_TODAY INT64_C(19187)                          /* that day */
#define HAND_TOWNSHIP INT64_C(231202109000)

struct hand_cell {
    const char *column;
    struct value value;
};

struct hand {
    char dir[512];
    struct fake_env env;
    struct home *h;
    struct arena arena;
    uint64_t csn, received;
    struct pulled_row rows[HAND_ROWS]; /* the latest of each */
    size_t count;
    struct receipt_quarantine quarantined[4];
    size_t quarantined_count;
    unsigned next;                     /* number of the next row of the server's */
    struct row_id cadre, contact, county, household, member;
    struct err err;
};

static inline void hand_ok(struct hand *b, int rc)
{
    if (rc) fail_msg("%d: %s", rc, b->err.en);
}

static inline struct value hand_text(const char *s)
{
    return value_text(s, strlen(s));
}

static inline struct value hand_ref(struct hand *b, struct row_id id)
{
    uint8_t *bytes = arena_alloc(&b->arena, ROW_ID_BYTES);
    assert_non_null(bytes);
    row_id_to_bytes(id, bytes);
    return value_blob(bytes, ROW_ID_BYTES);
}

static inline struct pull_answer hand_answer(struct hand *b, struct pulled_row *rows, size_t count)
{
    static int64_t places[] = {CITY_VILLAGE};
    int64_t cursor;
    hand_ok(b, home_meta_int(b->h, META_CURSOR, 0, &cursor, &b->err));
    return (struct pull_answer){.epoch = 7, .from = (uint64_t)cursor, .to = b->csn, .received = b->received,
                                .server_ms = b->env.now_ms, .scope_told = true, .places = places, .place_count = 1,
                                .quarantined = b->quarantined, .quarantined_count = b->quarantined_count,
                                .rows = rows, .row_count = count};
}

static inline void hand_apply(struct hand *b, struct pull_answer *a)
{
    struct apply_report report;
    hand_ok(b, apply_answer(b->h, a, &report, &b->err));
    hand_ok(b, apply_verify(b->h, NULL, &b->err));
}

/* The server says that this is the row now. */
static inline void hand_tell(struct hand *b, const char *table, struct row_id id, const struct hand_cell *list, size_t n)
{
    const struct schema_table *t = schema_table_named(b->h->schema, table);
    struct table_row row;
    struct cell cells[HAND_CELLS];
    struct pulled_row r = {.csn = ++b->csn, .author = b->county, .authored_ms = b->env.now_ms, .received_ms = b->env.now_ms};
    for (size_t i = 0; i < n; i++) {
        cells[i] = (struct cell){.column = schema_column_named(t, list[i].column)->number, .value = list[i].value};
        if (cells[i].value.len) cells[i].value.data = arena_copy(&b->arena, cells[i].value.data, cells[i].value.len);
    }
    hand_ok(b, table_row_new(t, &b->arena, &row, &b->err));
    hand_ok(b, table_row_put_cells(t, &row, cells, n, &b->arena, &b->err));
    r.change = (struct change){.op = CHANGE_PUT, .table = t->number, .explicit_id = true, .id = id};
    hand_ok(b, table_row_cells(t, &row, &b->arena, &r.change.cells, &r.change.count, &b->err));
    r.row_hash = row_hash(t->number, id, r.change.cells, r.change.count);
    size_t at = 0;
    while (at < b->count && !row_id_equal(b->rows[at].change.id, id)) at++;
    assert_true(at < HAND_ROWS);
    b->rows[at] = r;
    b->count += at == b->count;
    struct pull_answer a = hand_answer(b, &r, 1);
    hand_apply(b, &a);
}

static inline struct row_id hand_id(struct hand *b)
{
    return row_id_make(7, 1, b->next++);
}

static inline struct row_id hand_new(struct hand *b, const char *table, const struct hand_cell *list, size_t n)
{
    struct row_id id = hand_id(b);
    hand_tell(b, table, id, list, n);
    return id;
}
#define HAND_NEW(b, table, ...)                                                                                       \
    hand_new(b, table, (const struct hand_cell[]){__VA_ARGS__},                                                       \
             sizeof((const struct hand_cell[]){__VA_ARGS__}) / sizeof(struct hand_cell))
#define HAND_TELL(b, table, id, ...)                                                                                  \
    hand_tell(b, table, id, (const struct hand_cell[]){__VA_ARGS__},                                                  \
              sizeof((const struct hand_cell[]){__VA_ARGS__}) / sizeof(struct hand_cell))

/* Everything told so far, once more, in two pages with something in between. */
static inline void hand_snapshot(struct hand *b, void (*between)(void *ctx), void *ctx)
{
    struct pulled_row all[HAND_ROWS];
    size_t half = b->count / 2;
    memcpy(all, b->rows, b->count * sizeof *all);
    for (size_t i = 0; i < b->count; i++) all[i].csn = i + 1;
    uint64_t end = b->csn = b->csn + 1;
    b->csn = half;
    struct pull_answer first = hand_answer(b, all, half);
    first.restart = first.more = true;
    first.from = 0;
    hand_apply(b, &first);
    if (between) between(ctx);
    b->csn = end;
    struct pull_answer second = hand_answer(b, all + half, b->count - half);
    hand_apply(b, &second);
}

/* A notice for this laptop about a column of a row. */
static inline struct hand_cell *hand_notice(struct hand *b, int kind, const char *table, struct row_id row,
                                            struct hand_cell list[HAND_CELLS], size_t *n)
{
    char id[ROW_ID_TEXT], *record = arena_alloc(&b->arena, 80);
    assert_non_null(record);
    row_id_to_text(row, id);
    snprintf(record, 80, "%s/%s", table, id);
    list[0] = (struct hand_cell){"addressee", value_int(region_private(b->h->origin))};
    list[1] = (struct hand_cell){"kind", value_int(kind)};
    list[2] = (struct hand_cell){"day", value_int(HAND_TODAY)};
    list[3] = (struct hand_cell){"record", hand_text(record)};
    *n = 4;
    return list;
}

static inline uint64_t hand_set(struct hand *b, const char *table, struct row_id id, const char *column, struct value v)
{
    struct journal_head head;
    hand_ok(b, city_set(b->h, b->cadre, table, id, column, v, &b->err));
    hand_ok(b, journal_head(b->h, &head, &b->err));
    return head.seq;
}

static inline void hand_open(struct hand *b, const char *name)
{
    char path[600];
    memset(b, 0, sizeof *b);
    arena_init(&b->arena, 16 * 1024 * 1024);
    fake_env_init(&b->env, hand_now_ms, 14);
    b->env.tick_ms = 0;
    assert_int_equal(place_make(b->dir, sizeof b->dir, name), 0);
    snprintf(path, sizeof path, "%s/home", b->dir);
    hand_ok(b, home_create(&b->h, path, &b->env.env, &b->err));
    hand_ok(b, home_meta_set_text(b->h, META_WORKERS, "B1", &b->err));
    HAND_NEW(b, "region", {"code", value_int(CITY_VILLAGE)}, {"name", hand_text("友谊村")}, {"level", value_int(5)});
    b->cadre = HAND_NEW(b, "worker", {"no", hand_text("B1")}, {"name", hand_text("驻村甲")}, {"role", value_int(2)},
                        {"region", value_int(CITY_VILLAGE)});
    b->contact = HAND_NEW(b, "worker", {"no", hand_text("B2")}, {"name", hand_text("帮扶乙")}, {"role", value_int(1)},
                          {"region", value_int(CITY_VILLAGE)});
    b->county = HAND_NEW(b, "worker", {"no", hand_text("X1")}, {"name", hand_text("县级丙")}, {"role", value_int(6)},
                         {"region", value_int(INT64_C(231202000000))});
    b->household = HAND_NEW(b, "household", {"national_no", hand_text("H1")}, {"village", value_int(CITY_VILLAGE)},
                            {"head_name", hand_text("试户一")}, {"phone", hand_text("000")});
    b->member = HAND_NEW(b, "member", {"household", hand_ref(b, b->household)}, {"name", hand_text("试户一")},
                         {"health", value_int(2)});
}

static inline void hand_close(struct hand *b)
{
    home_close(b->h);
    arena_free(&b->arena);
    place_remove(b->dir);
}

#endif
