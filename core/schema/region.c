/* region: 12-digit statistical codes (GB/T 2260 plus township and village), upper levels padded with zeros:
 * 2 province + 2 prefecture + 2 county + 3 township + 3 village. */
#include "zhucun/schema.h"

/* How many codes lie below one of each level; a code belongs to the first level whose span divides it. */
static const int64_t spans[] = {INT64_C(10000000000), INT64_C(100000000), INT64_C(1000000), INT64_C(1000), 1};

static int level_of(int64_t code)
{
    int level = 0;
    while (code % spans[level] != 0)
        level++;
    return level;
}

int64_t region_code(const char *digits, size_t n)
{
    if (n != 2 && n != 4 && n != 6 && n != 9 && n != 12) return -1;
    int64_t code = 0;
    for (size_t i = 0; i < n; i++) {
        if (digits[i] < '0' || digits[i] > '9') return -1;
        code = code * 10 + (digits[i] - '0');
    }
    for (size_t i = n; i < 12; i++)
        code *= 10;
    return code < spans[0] * 10 ? -1 : code; /* provinces begin at 11 */
}

int64_t region_last(int64_t code)
{
    return code + spans[level_of(code)] - 1;
}

int64_t region_parent(int64_t code)
{
    int level = level_of(code);
    return level <= 1 ? 0 : code - code % spans[level - 1];
}

bool region_covers(int64_t upper, int64_t code)
{
    return code >= upper && code <= region_last(upper);
}

int64_t region_private(uint64_t origin)
{
    return -1 - (int64_t)(origin >> 1);
}
