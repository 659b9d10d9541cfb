/* fuzz: the one entry that libFuzzer and replay.c call. */
#ifndef ZHUCUN_TESTS_FUZZ_H
#define ZHUCUN_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#endif
