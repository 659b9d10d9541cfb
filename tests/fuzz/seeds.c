/* seeds: writes the first inputs of every corpus — well-formed messages for the fuzzer to bend. Run once by
 * hand: fuzz_seeds tests/fuzz/corpus. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "zhucun/reconcile.h"

static const uint64_t origin = UINT64_C(0x5eed5eed5eed5eed);

static int save(const char *folder, const char *target, const char *name, const void *bytes, size_t n)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, target);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
    FILE *f = fopen(path, "wb");
    if (!f) return -1;
    size_t written = fwrite(bytes, 1, n, f);
    return fclose(f) || written != n;
}

struct sample {
    uint8_t household[ROW_ID_BYTES];
    struct cell put[6], set[3];
    struct change changes[3];
    struct changeset set_of[2];
};

static void sample_make(struct sample *s)
{
    static const char text[] = "入户走访，老人身体尚可，玉米已经卖完。";
    row_id_to_bytes(row_id_make(77, 9, 4), s->household);
    s->put[0] = (struct cell){.column = 1, .value = value_blob(s->household, ROW_ID_BYTES)};
    s->put[1] = (struct cell){.column = 2, .value = value_int(19056)};
    s->put[2] = (struct cell){.column = 4, .value = value_int(1)};
    s->put[3] = (struct cell){.column = 6, .value = value_text(text, sizeof text - 1)};
    s->put[4] = (struct cell){.column = 8, .value = value_int(1)};
    s->put[5] = (struct cell){.column = 200, .value = value_blob("new", 3)};
    s->set[0] = (struct cell){.column = 5, .value = value_blob(s->household, ROW_ID_BYTES)};
    s->set[1] = (struct cell){.column = 7, .value = value_int(6), .removed = value_int(8)};
    s->set[2] = (struct cell){.column = 12, .value = value_null()};
    s->changes[0] = (struct change){.op = CHANGE_PUT, .table = 7, .id = row_id_make(origin, 1, 0), .cells = s->put, .count = 6};
    s->changes[1] = (struct change){.op = CHANGE_SET, .table = 7, .id = row_id_make(origin, 1, 0), .cells = s->set, .count = 3};
    s->changes[2] = (struct change){.op = CHANGE_DELETE, .table = 8, .id = row_id_make(77, 1, 3)};
    for (size_t i = 0; i < 2; i++)
        s->set_of[i] = (struct changeset){.origin = origin, .seq = i + 1, .stamp = hlc_from_ms(1650000000000 + (int64_t)i),
                                          .base = 40, .schema = 1, .author = row_id_make(77, 2, 1), .observed = 19097,
                                          .changes = s->changes + i, .count = i + 1};
}

static int save_bundles(const char *folder, const struct sample *s)
{
    struct buf out;
    struct digest h;
    chain_start(origin, &h);
    buf_init(&out, BUNDLE_MAX_BYTES);
    int rc = bundle_pack(s->set_of, 1, &h, 9, &out, NULL) || save(folder, "bundle", "one", out.data, out.len);
    buf_reset(&out);
    rc = rc || bundle_pack(s->set_of, 2, &h, 9, &out, NULL) || save(folder, "bundle", "two", out.data, out.len);
    buf_reset(&out);
    rc = rc || changeset_encode(&s->set_of[1], &out, NULL) || save(folder, "changeset", "two", out.data, out.len);
    buf_free(&out);
    return rc;
}

static int save_pulls(const char *folder, const struct sample *s)
{
    struct pulled_row rows[2] = {{.csn = 5, .change = s->changes[0], .author = row_id_make(77, 2, 1), .authored_ms = 1650000000000, .received_ms = 1650000009000},
                                 {.csn = 9, .change = s->changes[2]}};
    int64_t places[] = {231202000000, 231202109250};
    struct pull_answer answer = {.epoch = 3, .from = 4, .to = 9, .received = 2, .count = 1, .fingerprint = 99, .scope_told = true, .places = places, .place_count = 2, .rows = rows, .row_count = 2};
    uint64_t numbers[] = {8192, 12288};
    struct tally tallies[] = {{.author = row_id_make(77, 2, 1), .month = 202203, .count = 2, .digest = 5, .numbers = numbers, .number_count = 2}};
    struct pull_request request = {.origin = origin, .epoch = 3, .csn = 4, .schema = 1, .scope = 12, .tallies = tallies, .tally_count = 1, .tallied = 2};
    answer.tallied = true;
    answer.tallies = tallies;
    answer.tally_count = 1;
    struct buf out;
    buf_init(&out, WIRE_MAX_PULL_ANSWER);
    int rc = 0;
    for (int level = 6; rc == 0 && level <= 9; level += 3) {
        char name[16];
        snprintf(name, sizeof name, "rows%d", level);
        buf_reset(&out);
        rc = rows_pack(rows, 2, level, &out, NULL) || save(folder, "rows", name, out.data, out.len);
        buf_reset(&out);
        rc = rc || pull_answer_encode(&answer, level, &out, NULL) || save(folder, "pull", name, out.data, out.len);
    }
    buf_reset(&out);
    rc = rc || pull_request_encode(&request, &out) || save(folder, "pull", "request", out.data, out.len);
    buf_free(&out);
    return rc;
}

static int save_reconciles(const char *folder, const struct sample *s)
{
    struct reconcile_row listed[] = {{5, 1}, {9, 0xffffffff}};
    struct reconcile_range ranges[] = {{.to = 4, .count = 3, .sum = 99}, {.from = 4, .to = 12, .listed = true, .count = 2, .rows = listed}};
    struct reconcile_request request = {.origin = origin, .epoch = 3, .schema = 1, .scope = 12, .at = 12, .ranges = ranges, .range_count = 2};
    struct pulled_row row = {.csn = 5, .change = s->changes[0], .author = row_id_make(77, 2, 1), .authored_ms = 1650000000000};
    uint8_t verdicts[] = {RECONCILE_SPLIT, RECONCILE_LATER};
    uint64_t gone[] = {5, 9};
    int64_t places[] = {231202109250};
    struct reconcile_answer answer = {.told = {.epoch = 3, .to = 12, .received = 2, .scope_told = true, .places = places, .place_count = 1, .rows = &row, .row_count = 1},
                                      .upto = 9, .verdicts = verdicts, .range_count = 2, .gone = gone, .gone_count = 2};
    struct buf out;
    buf_init(&out, WIRE_MAX_PULL_ANSWER);
    int rc = reconcile_request_encode(&request, &out, NULL) || save(folder, "reconcile", "request", out.data, out.len);
    buf_reset(&out);
    rc = rc || reconcile_answer_encode(&answer, ROWS_LEVEL, &out, NULL) || save(folder, "reconcile", "answer", out.data, out.len);
    buf_free(&out);
    return rc;
}

static int save_text(const char *folder, const char *target, const char *name, const char *text)
{
    return save(folder, target, name, text, strlen(text));
}

static int save_jsons(const char *folder)
{
    static struct enrol_answer enrolled = {.device = "T1", .epoch = 3, .server_ms = 5, .places = {231202109250}, .place_count = 1};
    struct enrol_request enrol = {.code = "ABCDEFGH01234567", .sign = "0a", .box = "0b", .origin = origin, .schema = 1, .agent = "zhucun"};
    struct receipt receipt = {.epoch = 3, .high = 7, .csn = 12, .server_ms = 5, .skew_ms = -3, .quarantined_count = 1, .quarantined = {{4, "为什么", "why"}}};
    struct problem problem = {.kind = PROBLEM_GAP, .status = 409, .detail_zh = "缺", .detail_en = "gap", .expected = 5};
    struct buf out;
    buf_init(&out, WIRE_MAX_JSON);
    int rc = enrol_request_encode(&enrol, &out) || save(folder, "json", "enrol", out.data, out.len);
    buf_reset(&out);
    rc = rc || enrol_answer_encode(&enrolled, &out) || save(folder, "json", "enrolled", out.data, out.len);
    buf_reset(&out);
    rc = rc || receipt_encode(&receipt, &out) || save(folder, "json", "receipt", out.data, out.len);
    buf_reset(&out);
    rc = rc || problem_encode(&problem, &out) || save(folder, "json", "problem", out.data, out.len);
    buf_free(&out);
    return rc || save_text(folder, "json", "html", "<html><body>login</body></html>") ||
           save_text(folder, "csv", "csv", "0household,date,mode,summary\n\"23\",2022-03-01,入户,\"a,\"\"b\"\"\nc\"\n") ||
           save_text(folder, "csv", "ndjson", "1{\"household\":\"23\",\"needs\":[\"就业\",\"看病\"],\"date\":null}\n");
}

int main(int argc, char **argv)
{
    static struct sample s;
    if (argc != 2) {
        fprintf(stderr, "usage: fuzz_seeds FOLDER\n");
        return 2;
    }
    sample_make(&s);
    mkdir(argv[1], 0777);
    return save_bundles(argv[1], &s) || save_pulls(argv[1], &s) || save_reconciles(argv[1], &s) || save_jsons(argv[1]) ? 1 : 0;
}
