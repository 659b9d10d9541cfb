/* identity: a citizen's number as one text, whichever way it was written: blanks and hyphens dropped, full-width
 * figures made narrow, letters made capital; the 18 characters of GB 11643 without the last, which only checks the
 * others and may have been mistyped; the old 15 figures with their century; a disability certificate's 20 or 22 cut
 * to the number it begins with. */
#ifndef ZHUCUN_REPORT_IDENTITY_H
#define ZHUCUN_REPORT_IDENTITY_H

#include <stddef.h>

enum { IDENTITY_TEXT = 64 };
/* Returns its length; 0: nothing is left. What has none of the known forms stays as it was cleaned. */
size_t identity_normal(const void *text, size_t n, char out[IDENTITY_TEXT]);

#endif
