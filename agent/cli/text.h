/* text: other people's words on a terminal. Control characters, escape sequences and direction marks are shown,
 * never obeyed; widths are counted in terminal columns, where an ideograph takes two. */
#ifndef ZHUCUN_AGENT_CLI_TEXT_H
#define ZHUCUN_AGENT_CLI_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "zhucun/buf.h"

/* Appends `text`, escaping what is not printable ("\x1b", "\n", "\u202e"). At most `columns` wide, cut with "…"
 * (0: whole). Returns the columns used. */
size_t text_put(struct buf *out, const void *text, size_t n, size_t columns);
void text_pad(struct buf *out, size_t used, size_t columns); /* spaces up to `columns` */
size_t text_width(const void *text, size_t n);

#endif
