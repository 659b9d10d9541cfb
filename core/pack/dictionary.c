/* dictionary: see dictionary.h. The files of dictionaries/N are taken in by the assembler; ZHUCUN_DICTIONARIES
 * is that folder's path, given by the build. Adding an id is two lines here and a row in each table. */
#include "dictionary.h"

#define EMBED(name, file)                                                                                        \
    __asm__(".section .rodata\n"                                                                                 \
            ".balign 16\n"                                                                                       \
            ".globl " #name "\n" #name ":\n"                                                                     \
            ".incbin \"" ZHUCUN_DICTIONARIES "/" file "\"\n"                                                     \
            ".globl " #name "_end\n" #name "_end:\n"                                                             \
            ".byte 0\n"                                                                                          \
            ".previous\n");                                                                                      \
    extern const uint8_t name[] __attribute__((visibility("hidden")));                                           \
    extern const uint8_t name##_end[] __attribute__((visibility("hidden")))

EMBED(zhucun_dictionary_text_1, "1/text.bin");
EMBED(zhucun_dictionary_columns_1, "1/columns.bin");

static const uint8_t *embedded(const uint8_t *from, const uint8_t *to, size_t *n)
{
    *n = (size_t)(to - from);
    return from;
}

const uint8_t *dictionary_bytes(int id, size_t *n)
{
    switch (id) {
    case 1: return embedded(zhucun_dictionary_columns_1, zhucun_dictionary_columns_1_end, n);
    default: *n = 0; return NULL;
    }
}

const uint8_t *dictionary_book(int id, size_t *n)
{
    switch (id) {
    case 1: return embedded(zhucun_dictionary_text_1, zhucun_dictionary_text_1_end, n);
    default: *n = 0; return NULL;
    }
}
