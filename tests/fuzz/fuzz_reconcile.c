/* Any bytes as a reconcile request and as a reconcile answer. */
#include "fuzz.h"
#include "zhucun/reconcile.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena arena;
    struct reconcile_request request;
    struct reconcile_answer answer;
    struct err err;
    arena_init(&arena, 64 * 1024 * 1024);
    reconcile_request_decode(bytes, n, &arena, &request, &err);
    reconcile_answer_decode(bytes, n, &arena, &answer, &err);
    arena_free(&arena);
    return 0;
}
