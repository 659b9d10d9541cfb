/* places: folders for tests — made in the system's temporary folder, copied, and taken away. */
#ifndef ZHUCUN_TEST_PLACES_H
#define ZHUCUN_TEST_PLACES_H

#include <stddef.h>

int place_make(char *out, size_t n, const char *name); /* a new folder; 0 or −1 */
int place_copy(const char *from, const char *to);      /* a flat folder; what is in `to` goes first */
void place_remove(const char *path);                   /* with what is below */

#endif
