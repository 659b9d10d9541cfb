/* test_risk: "no problem" seen by somebody else never closes a risk. Each story, and then every small history in every
 * order of arrival that leaves it as it is. */
#include <string.h>

#include "village.h"

enum { OPEN = 1, CLOSED = 2 };

static struct row_id risk_found(struct fixture *f, struct laptop *l, struct row_id household)
{
    laptop_on(l, "risk");
    laptop_ref(l, "household", household);
    laptop_int(l, "kind", 1);
    laptop_int(l, "rank", 3);
    laptop_int(l, "found_on", l->observed);
    laptop_int(l, "state", OPEN);
    struct row_id id = laptop_put(l);
    laptop_save(l);
    village_push(f, l);
    return id;
}

static void closes(struct laptop *l, struct row_id risk, const char *why)
{
    laptop_on(l, "risk");
    laptop_int(l, "state", CLOSED);
    laptop_ref(l, "closed_by", l->author);
    laptop_int(l, "closed_on", l->observed);
    if (why) laptop_text(l, "closed_why", why);
    laptop_set(l, risk);
    laptop_save(l);
}

static void finds(struct laptop *l, struct row_id risk, const char *detail)
{
    laptop_on(l, "risk");
    laptop_text(l, "detail", detail);
    laptop_set(l, risk);
    laptop_save(l);
}

static void opens(struct laptop *l, struct row_id risk)
{
    laptop_on(l, "risk");
    laptop_int(l, "state", OPEN);
    laptop_set(l, risk);
    laptop_save(l);
}

static void assert_closed(struct fixture *f, struct row_id risk, const char *why)
{
    struct stored_row row;
    village_row(f, "risk", risk, &row);
    assert_int_equal(village_int(&row, "risk", "state"), CLOSED);
    assert_true(village_text_is(&row, "risk", "closed_why", why));
}

/* Open, and nothing of a closing is left. */
static void assert_open(struct fixture *f, struct row_id risk)
{
    struct stored_row row;
    village_row(f, "risk", risk, &row);
    assert_int_equal(village_int(&row, "risk", "state"), OPEN);
    for (size_t i = 6; i < 9; i++) assert_int_equal(row.row.values[i].kind, VALUE_NULL); /* closed_by, _on, _why */
}

/* How many cells of the risk stand in the ledger so. */
static size_t entries(struct fixture *f, enum ledger_kind kind, enum merge_reason reason)
{
    struct ledger_list ledger;
    size_t n = 0;
    village_ledger(f, &ledger);
    for (size_t i = 0; i < ledger.count; i++) n += ledger.e[i].kind == kind && ledger.e[i].reason == reason;
    return n;
}

struct scene {
    struct village v;
    struct row_id risk;
    struct laptop *a, *b; /* who both know the risk, and nothing of each other */
};

static void scene_make(struct fixture *f, struct scene *s)
{
    village_load(f, &s->v);
    s->risk = risk_found(f, village_laptop(f, 0xF0, s->v.contact), s->v.household);
    s->a = village_laptop(f, 0xA1, s->v.contact);
    s->b = village_laptop(f, 0xB1, s->v.cadre);
}

static void a_closing_without_conflict_closes(void **state)
{
    struct fixture *f = *state;
    struct scene s;
    scene_make(f, &s);
    closes(s.a, s.risk, "已核实");
    village_push(f, s.a);
    assert_closed(f, s.risk, "已核实");
    assert_int_equal(entries(f, LEDGER_LOST, REASON_UNSEEN_FINDING), 0);
    village_audit(f);
}

static void a_closing_and_a_finding_unseen_end_open(struct fixture *f, bool finding_first)
{
    struct scene s;
    scene_make(f, &s);
    closes(s.a, s.risk, "没问题");
    finds(s.b, s.risk, "又住院了");
    village_push(f, finding_first ? s.b : s.a);
    village_push(f, finding_first ? s.a : s.b);
    assert_open(f, s.risk);
    struct stored_row row;
    village_row(f, "risk", s.risk, &row);
    assert_true(village_text_is(&row, "risk", "detail", "又住院了"));
    assert_int_equal(row.csn, village_head(f));
    assert_int_equal(entries(f, LEDGER_LOST, REASON_UNSEEN_FINDING), 4); /* state, who, when, why */
    struct ledger_list ledger;
    village_ledger(f, &ledger);
    for (size_t i = 0; i < ledger.count; i++) {
        if (ledger.e[i].reason != REASON_UNSEEN_FINDING) continue;
        assert_true(ledger.e[i].to_verify);
        assert_int_equal(ledger.e[i].loser.origin, 0xA1);
        assert_int_equal(ledger.e[i].winner.origin, finding_first ? 0xF0 : 0xB1);
    }
    village_audit(f);
}

static void the_finding_comes_first(void **state)
{
    a_closing_and_a_finding_unseen_end_open(*state, true);
}

static void the_closing_comes_first(void **state)
{
    a_closing_and_a_finding_unseen_end_open(*state, false);
}

static void an_edit_that_saw_the_closing_leaves_it(void **state)
{
    struct fixture *f = *state;
    struct scene s;
    scene_make(f, &s);
    closes(s.a, s.risk, "已核实");
    village_push(f, s.a);
    s.b->base = village_head(f);
    finds(s.b, s.risk, "补充情况");
    village_push(f, s.b);
    assert_closed(f, s.risk, "已核实");
    opens(s.b, s.risk); /* but opened again on purpose it is open */
    village_push(f, s.b);
    assert_open(f, s.risk);
    assert_int_equal(entries(f, LEDGER_SUPERSEDED, REASON_NONE), 5); /* open, and then the closing's four */
    assert_int_equal(entries(f, LEDGER_LOST, REASON_UNSEEN_FINDING), 0);
    village_audit(f);
}

static void a_closing_without_reason_is_a_proposal(void **state)
{
    struct fixture *f = *state;
    struct scene s;
    scene_make(f, &s);
    closes(s.a, s.risk, NULL);
    village_push(f, s.a);
    assert_open(f, s.risk);
    assert_int_equal(entries(f, LEDGER_PROPOSAL, REASON_NO_GROUNDS), 3);
    s.a->base = village_head(f);
    closes(s.a, s.risk, "入户核实");
    village_push(f, s.a);
    assert_closed(f, s.risk, "入户核实");
    village_audit(f);
}

static void a_stale_closing_leaves_an_informed_one(void **state)
{
    struct fixture *f = *state;
    struct scene s;
    scene_make(f, &s);
    finds(s.b, s.risk, "又住院了");
    village_push(f, s.b);
    struct laptop *c = village_laptop(f, 0xC1, s.v.cadre);
    closes(c, s.risk, "出院以后核实");
    village_push(f, c);
    closes(s.a, s.risk, "没问题"); /* saw neither */
    village_push(f, s.a);
    assert_closed(f, s.risk, "出院以后核实");
    assert_int_equal(entries(f, LEDGER_LOST, REASON_UNSEEN_FINDING), 2); /* its who and why; the rest is equal */
    village_audit(f);
}

static void the_laptop_knows_its_own_findings(void **state)
{
    struct fixture *f = *state;
    struct scene s;
    scene_make(f, &s);
    finds(s.a, s.risk, "自己查到的");
    closes(s.a, s.risk, "自己核实的");
    village_push(f, s.a);
    assert_closed(f, s.risk, "自己核实的");
    village_audit(f);
}

/* ---- every order ---- */

enum { WRITERS = 4, HISTORIES = 60 };
struct act {
    enum { EDITS, OPENS, CLOSES } kind;
    unsigned seen; /* how many of those before it, in the order in which they were drawn */
    int64_t age;
};

static uint64_t dice = 7;

static unsigned draw(unsigned below)
{
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(dice >> 33) % below;
}

static bool possible(const struct act *acts, const unsigned *order)
{
    for (unsigned at = 0; at < WRITERS; at++) {
        unsigned seen = acts[order[at]].seen;
        if (seen > at) return false;
        for (unsigned k = 0; k < seen; k++)
            if (order[k] >= seen) return false;
    }
    return true;
}

/* All four in one group. What each had seen is a number: the head before them, and so many after it. */
static void play(struct fixture *f, const struct village *v, const struct act *acts, const unsigned *order, struct row_id risk)
{
    static uint64_t origins = 0x10000;
    struct intake_push push[WRITERS], *list[WRITERS];
    struct intake_result results[WRITERS];
    struct buf bytes[WRITERS];
    uint64_t head = village_head(f), first = origins;
    origins += WRITERS;
    for (unsigned at = 0; at < WRITERS; at++) {
        const struct act *a = &acts[order[at]];
        struct laptop *l = laptop_new(&f->arena, first + order[at], f->now_ms);
        l->author = v->contact;
        l->base = head + a->seen;
        l->observed -= a->age;
        if (a->kind == CLOSES) closes(l, risk, (const char *const[]){"一", "二", "三", "四"}[order[at]]);
        else if (a->kind == OPENS) opens(l, risk);
        else finds(l, risk, (const char *const[]){"甲", "乙", "丙", "丁"}[order[at]]);
        laptop_bundle(l, 1, 1, &bytes[at]);
        push[at] = (struct intake_push){.origin = l->origin, .bytes = bytes[at].data, .n = bytes[at].len,
                                        .agent_clock_ms = f->now_ms, .received_ms = f->now_ms};
        list[at] = &push[at];
    }
    intake_batch(f->store, &f->env, NULL, list, WRITERS, results);
    for (unsigned at = 0; at < WRITERS; at++) {
        assert_int_equal(results[at].status, INTAKE_STORED);
        buf_free(&bytes[at]);
    }
}

struct end {
    int64_t state;
    struct value cells[4]; /* who, when, why, detail */
};

static struct end end_of(struct fixture *f, struct row_id risk)
{
    struct stored_row row;
    village_row(f, "risk", risk, &row);
    struct end e = {.state = village_int(&row, "risk", "state")};
    for (size_t i = 0; i < 4; i++) e.cells[i] = row.row.values[6 + i];
    return e;
}

static unsigned play_all(struct fixture *f, const struct village *v, const struct act *acts)
{
    unsigned orders = 0, o[WRITERS];
    struct end first = {0};
    struct arena kept = f->arena; /* laptops take room: each history has its own */
    arena_init(&f->arena, (size_t)64 * 1024 * 1024);
    for (unsigned code = 0; code < 256; code++) {
        unsigned used = 0;
        for (unsigned i = 0; i < WRITERS; i++) used |= 1u << (o[i] = code >> 2 * i & 3);
        if (used != 15 || !possible(acts, o)) continue;
        struct row_id risk = risk_found(f, village_laptop(f, UINT64_C(0x900000) + village_head(f), v->contact), v->household);
        play(f, v, acts, o, risk);
        struct end e = end_of(f, risk);
        if (orders++ == 0) first = e;
        assert_int_equal(e.state, first.state);
        for (size_t i = 0; i < 4; i++) assert_true(value_equal(&e.cells[i], &first.cells[i]));
        assert_true(e.state == CLOSED || e.cells[2].kind == VALUE_NULL);
    }
    arena_free(&f->arena);
    f->arena = kept;
    return orders;
}

static void every_order_ends_the_same(void **state)
{
    struct fixture *f = *state;
    struct village v;
    unsigned several = 0;
    village_load(f, &v);
    for (unsigned h = 0; h < HISTORIES; h++) {
        struct act acts[WRITERS];
        for (unsigned i = 0; i < WRITERS; i++)
            acts[i] = (struct act){.kind = draw(5) < 2 ? CLOSES : draw(3) ? EDITS : OPENS, .seen = draw(i + 1), .age = draw(3)};
        several += play_all(f, &v, acts) > 1;
    }
    assert_true(several > HISTORIES / 3);
    village_audit(f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT_TEST(a_closing_without_conflict_closes),
        CONTRACT_TEST(the_finding_comes_first),
        CONTRACT_TEST(the_closing_comes_first),
        CONTRACT_TEST(an_edit_that_saw_the_closing_leaves_it),
        CONTRACT_TEST(a_closing_without_reason_is_a_proposal),
        CONTRACT_TEST(a_stale_closing_leaves_an_informed_one),
        CONTRACT_TEST(the_laptop_knows_its_own_findings),
        CONTRACT_TEST(every_order_ends_the_same),
    };
    return contract_run("risk", tests, sizeof tests / sizeof tests[0]);
}
