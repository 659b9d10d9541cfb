/* backend: the stores that the contract suite runs against. A new backend is one more line in backend.c; no test
 * knows which one it has. */
#ifndef ZHUCUN_TESTS_CONTRACT_BACKEND_H
#define ZHUCUN_TESTS_CONTRACT_BACKEND_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "store.h"

struct backend {
    const char *name;
    /* Leaves no room for new data (true), or lifts that again. */
    void (*fill_disk)(struct store *s, bool full);
    /* A write that goes past our own write path; 0 when the store let it happen. */
    int (*write_behind)(struct store *s);
};
extern const struct backend backends[];
extern const size_t backend_count;

/* One test's store in a folder of its own. */
struct fixture {
    const struct backend *backend;
    char dir[64];
    struct store *store; /* the writer */
    struct arena arena;
    int64_t now_ms;      /* what env says */
    uint64_t random;
    struct env env;
};

enum { FIXTURE_START_DAY = 20700 }; /* 2026-09-04 */
int fixture_setup(void **state);    /* initial state: a const struct backend * */
int fixture_teardown(void **state);
void fixture_reopen(struct fixture *f);
struct store *fixture_reader(struct fixture *f);

#define CONTRACT_TEST(f) {#f, f, fixture_setup, fixture_teardown, NULL}
/* Runs the tests once for each backend; non-zero if any failed. */
int contract_run(const char *group, const struct CMUnitTest *tests, size_t count);

#define assert_ok(call, err)                                                                                      \
    do {                                                                                                          \
        int rc_ = (call);                                                                                         \
        if (rc_ != 0) fail_msg("%s: %d %s", #call, rc_, (err).en);                                                \
    } while (0)

#endif
