/* Any bytes as the rows of a pull answer. */
#include "fuzz.h"
#include "zhucun/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena arena;
    struct pulled_row *rows;
    size_t count;
    struct err err;
    arena_init(&arena, 64 * 1024 * 1024);
    rows_unpack(bytes, n, &arena, &rows, &count, &err);
    arena_free(&arena);
    return 0;
}
