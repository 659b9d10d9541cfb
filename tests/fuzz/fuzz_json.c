/* Any bytes as each JSON message, and as a push path. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "zhucun/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct enrol_answer answer;
    struct enrol_request request;
    struct receipt receipt;
    struct problem problem;
    struct push_target target;
    struct err err;
    enrol_request_decode(bytes, n, &request, &err);
    enrol_answer_decode(bytes, n, &answer, &err);
    receipt_decode(bytes, n, &receipt, &err);
    problem_decode(bytes, n, &problem, &err);
    char *path = malloc(n + 1);
    if (!path) return 0;
    memcpy(path, bytes, n);
    path[n] = '\0';
    push_target_parse(path, &target);
    free(path);
    return 0;
}
