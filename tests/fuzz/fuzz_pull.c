/* Any bytes as a pull request and as a pull answer. */
#include "fuzz.h"
#include "zhucun/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena arena;
    struct pull_request request;
    struct pull_answer answer;
    struct err err;
    arena_init(&arena, 64 * 1024 * 1024);
    pull_request_decode(bytes, n, &arena, &request, &err);
    pull_answer_decode(bytes, n, &arena, &answer, &err);
    arena_free(&arena);
    return 0;
}
