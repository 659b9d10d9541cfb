/* Tests of server-stub/admin: a roster goes in whole or not at all, again without doubles, and errors say file,
 * line and column; a code works once. All through admin_call, as the command line does it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "admin.h"
#include "intake.h"
#include "scope.h"

static char dir[64], roster[80];
static struct err err;

static void write_sheet(const char *name, const char *text)
{
    char path[200];

    snprintf(path, sizeof path, "%s/%s", roster, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void write_roster(void)
{
    write_sheet("regions.csv", "code,name,level,parent\n231200000000,绥化市,市,\n231202000000,北林区,县,231200000000\n"
                               "231202109000,四方台镇,乡镇,231202000000\n231202109250,友谊村,村,231202109000\n");
    write_sheet("workers.csv", "no,name,role,region\nC1,王一,第一书记,231202109250\nB1,李二,帮扶责任人,231202109250\n");
    write_sheet("households.csv", "national_no,village,head_name,phone\nH1,231202109250,张三,15400000001\n"
                                  "H2,231202109250,\"赵四, 乳名“小四”\",\n");
    write_sheet("members.csv", "household,name,id_no,health\nH1,张三,,健康\nH1,张小三,,\"大病,残疾\"\nH2,赵四,,\n");
    write_sheet("assignments.csv", "household,worker,role,since\nH1,B1,帮扶责任人,2021-06-20\nH2,B1,帮扶责任人,2021-06-20\n");
}

static int setup(void **state)
{
    struct store *s;

    (void)state;
    memset(&err, 0, sizeof err);
    strcpy(dir, "/tmp/zhucun-admin-XXXXXX");
    assert_non_null(mkdtemp(dir));
    snprintf(roster, sizeof roster, "%s/roster", dir);
    mkdir(roster, 0700);
    write_roster();
    assert_int_equal(store_create(&s, dir, region_code("2312", 4), SUITE_25519, env_system(), &err), 0);
    store_close(s);
    return 0;
}

static int teardown(void **state)
{
    char command[120];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command);
}

static int load(json_int_t *made, json_int_t *changed)
{
    json_t *request = json_pack("{s:s,s:s}", "do", "load", "dir", roster), *answer = NULL;
    int rc = admin_call(dir, request, &answer, &err);

    *made = json_integer_value(json_object_get(answer, "new"));
    *changed = json_integer_value(json_object_get(answer, "changed"));
    json_decref(request);
    json_decref(answer);
    return rc;
}

static uint64_t head(void)
{
    struct store *s;
    uint64_t csn = 0;

    assert_int_equal(store_open_reader(&s, dir, &err), 0);
    assert_int_equal(store_head(s, &csn, &err), 0);
    store_close(s);
    return csn;
}

static void loads_once_then_only_what_differs(void **state)
{
    json_int_t made, changed;

    (void)state;
    assert_int_equal(load(&made, &changed), 0);
    assert_int_equal(made, 4 + 2 + 2 + 3 + 2);
    uint64_t before = head();
    assert_int_equal(before, made);
    assert_int_equal(load(&made, &changed), 0);
    assert_int_equal(made + changed, 0);
    assert_int_equal(head(), before);
    write_sheet("households.csv", "national_no,phone\nH1,15400000099\nH2,15400000002\n");
    write_sheet("members.csv", "household,name,health\nH1,张小三,大病\n"); /* found by what is required: it has no key */
    assert_int_equal(load(&made, &changed), 0);
    assert_int_equal(made, 0);
    assert_int_equal(changed, 3);
}

static void correct_phone(const char *no, const char *phone)
{
    const struct schema_table *t = schema_table_named(schema_current(), "household");
    struct store *s;
    struct row_id id;
    struct arena arena;
    struct stored_row row;
    arena_init(&arena, 1 << 20);
    assert_int_equal(store_open_writer(&s, dir, &err), 0);
    assert_int_equal(store_row_find(s, t, no, strlen(no), &id, &err), 1);
    struct cell cell = {.column = schema_column_named(t, "phone")->number, .value = value_text(phone, strlen(phone))};
    struct change change = {.op = CHANGE_SET, .table = t->number, .id = id, .cells = &cell, .count = 1};
    int64_t now = env_system()->now_ms(NULL) + 1000;
    struct changeset cs = {.origin = 0xF1E1D, .seq = 1, .stamp = hlc_from_ms(now), .base = 1 << 20, .schema = 1,
                           .observed = date_of_ms(now), .changes = &change, .count = 1};
    struct digest h;
    struct buf bundle;
    struct intake_result result = {0};
    struct intake_push push = {.origin = cs.origin, .received_ms = now, .agent_clock_ms = now};
    struct log quiet = {.level = LOG_ERROR, .fd = 2};
    chain_start(cs.origin, &h);
    buf_init(&bundle, BUNDLE_MAX_BYTES);
    assert_int_equal(bundle_pack(&cs, 1, &h, 1, &bundle, &err), 0);
    push.bytes = bundle.data;
    push.n = bundle.len;
    intake_batch(s, env_system(), &quiet, (struct intake_push *const[]){&push}, 1, &result);
    assert_int_equal(result.status, INTAKE_STORED);
    assert_int_equal(store_row_get(s, t, id, &arena, &row, &err), 1);
    assert_int_equal(row.row.values[schema_column_index(t, schema_column_named(t, "phone"))].len, strlen(phone));
    store_close(s);
    buf_free(&bundle);
    arena_free(&arena);
}

static void loading_again_leaves_what_the_field_corrected(void **state)
{
    json_int_t made, changed;

    (void)state;
    assert_int_equal(load(&made, &changed), 0);
    correct_phone("H1", "154000000077");
    uint64_t before = head();
    assert_int_equal(load(&made, &changed), 0);
    assert_int_equal(made + changed, 0);
    assert_int_equal(head(), before);
}

static void refused(const char *sheet, const char *text, const char *sentence)
{
    json_int_t made, changed;

    write_roster();
    write_sheet(sheet, text);
    assert_int_equal(load(&made, &changed), ERR_REFUSED);
    if (!strstr(err.en, sentence))
        fail_msg("\"%s\" is not in \"%s\"", sentence, err.en);
    assert_int_equal(head(), 0); /* nothing of it stayed */
}

static void refuses_whole_and_says_where(void **state)
{
    (void)state;
    refused("members.csv", "household,name\nH1,张三\nH9,王五\n", "members.csv: line 3: household: there is no H9 in household");
    refused("workers.csv", "no,name,rank\n", "workers.csv: table worker has no column \"rank\"");
    refused("workers.csv", "no,name,role,region\nC1,王一,国王,231202109250\n", "workers.csv: line 2: role");
    refused("workers.csv", "no,name,role,region\nC1,王一,队员\n", "workers.csv: line 2: it has 3 columns, the header has 4");
    refused("workers.csv", "no,name,role,region\nC1,,队员,231202109250\n",
            "workers.csv: line 2: the required column \"name\" is missing or empty");
    refused("households.csv", "national_no,village,head_name\nH1,231202109250,甲\nH1,231202109250,乙\n",
            "households.csv: line 3: \"H1\" stands in the roster twice");
    refused("assignments.csv", "household,worker,since\nH1,B1,2021-02-30\n", "assignments.csv: line 2: since");
    refused("households.csv", "national_no,national_no,village,head_name\nH1,H1,231202109250,甲\n",
            "households.csv: line 2: a column stands there twice");
}

static void an_empty_folder_is_no_roster(void **state)
{
    json_int_t made, changed;

    (void)state;
    snprintf(roster, sizeof roster, "%s", dir);
    assert_int_equal(load(&made, &changed), ERR_REFUSED);
    assert_non_null(strstr(err.en, "there is no roster file"));
}

static int enrol(const char *scope, const char *worker, json_t **answer)
{
    json_t *request = json_pack("{s:s,s:[s],s:[s],s:s}", "do", "enrol", "scope", scope, "workers", worker, "name", "");
    int rc = admin_call(dir, request, answer, &err);

    json_decref(request);
    return rc;
}

static void codes_are_for_what_exists(void **state)
{
    json_int_t made, changed;
    json_t *answer = NULL;

    (void)state;
    assert_int_equal(load(&made, &changed), 0);
    assert_int_equal(enrol("231202109250", "C1", &answer), 0);
    assert_int_equal(strlen(json_string_value(json_object_get(answer, "code"))), ENROL_CODE - 1);
    json_decref(answer);
    assert_int_equal(enrol("2313", "C1", &answer), ERR_REFUSED);
    assert_int_equal(enrol("231202109999", "C1", &answer), ERR_REFUSED);
    assert_int_equal(enrol("231202109250", "C9", &answer), ERR_REFUSED);
    assert_non_null(strstr(err.en, "no worker with number \"C9\""));
}

static void merge_into(const char *code, const char *into)
{
    json_t *request = json_pack("{s:s,s:[s],s:s,s:s}", "do", "region_merge", "codes", code, "into", into, "why", "撤并"), *answer = NULL;

    if (admin_call(dir, request, &answer, &err) != 0)
        fail_msg("%s", err.en);
    json_decref(request);
    json_decref(answer);
}

/* As the laptop and http/enrol.c do it: the secret half alone is sent. */
static void redeem(const char *text, struct arena *a, struct device *d)
{
    char secret[ENROL_SECRET], pin[ENROL_PIN];
    struct digest code;
    struct store *s;

    assert_int_equal(enrol_code_split(text, secret, pin, &err), 0);
    digest_of(secret, strlen(secret), &code);
    assert_int_equal(store_open_writer(&s, dir, &err), 0);
    assert_int_equal(store_begin(s, &err), 0);
    assert_int_equal(store_code_take(s, &code, 1, a, d, &err), 1);
    assert_int_equal(scope_follow_merged(s, d, &err), 0);
    assert_int_equal(store_commit(s, &err), 0);
    store_close(s);
}

/* Both of its villages end in the third, one of them by way of the other. */
static void a_code_follows_the_villages_that_were_merged(void **state)
{
    json_t *request = json_pack("{s:s,s:[s,s],s:[s],s:s}", "do", "enrol", "scope", "231202109250", "231202109251", "workers", "C1",
                                "name", ""), *answer = NULL;
    json_int_t made, changed;
    struct arena arena;
    struct device d;

    (void)state;
    assert_int_equal(load(&made, &changed), 0);
    write_sheet("regions.csv", "code,name,level,parent\n231202109251,新立村,村,231202109000\n231202109252,东兴村,村,231202109000\n");
    assert_int_equal(load(&made, &changed), 0);
    assert_int_equal(admin_call(dir, request, &answer, &err), 0);
    merge_into("231202109250", "231202109251");
    merge_into("231202109251", "231202109252");
    arena_init(&arena, 256 * 1024);
    redeem(json_string_value(json_object_get(answer, "code")), &arena, &d);
    assert_int_equal(d.place_count, 1);
    assert_int_equal(d.places[0], INT64_C(231202109252));
    arena_free(&arena);
    json_decref(request);
    json_decref(answer);
}

static void unknown_acts_are_refused(void **state)
{
    json_t *request = json_pack("{s:s}", "do", "dance"), *answer = NULL;

    (void)state;
    assert_int_equal(admin_call(dir, request, &answer, &err), ERR_REFUSED);
    json_decref(request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(loads_once_then_only_what_differs, setup, teardown),
        cmocka_unit_test_setup_teardown(loading_again_leaves_what_the_field_corrected, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_whole_and_says_where, setup, teardown),
        cmocka_unit_test_setup_teardown(an_empty_folder_is_no_roster, setup, teardown),
        cmocka_unit_test_setup_teardown(codes_are_for_what_exists, setup, teardown),
        cmocka_unit_test_setup_teardown(a_code_follows_the_villages_that_were_merged, setup, teardown),
        cmocka_unit_test_setup_teardown(unknown_acts_are_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
