/* utf8: validity and length of text from outside (RFC 3629). */
#ifndef ZHUCUN_UTF8_H
#define ZHUCUN_UTF8_H

#include <stdbool.h>
#include <stddef.h>

bool utf8_valid(const void *bytes, size_t n);
size_t utf8_length(const void *bytes, size_t n); /* code points of valid UTF-8 */

/* Copies text cut to fit `room` bytes with its NUL, never inside a character. */
void text_cut(char *out, size_t room, const char *text);

#endif
