/* uploads: bundles on their way in, by (origin, first, last, digest). What came of one is kept when its
 * connection breaks — in memory while somebody sends, in a file of the partial folder after — and only the
 * newest request may add to it. Knows nothing of HTTP. */
#ifndef ZHUCUN_HTTP_UPLOADS_H
#define ZHUCUN_HTTP_UPLOADS_H

#include "zhucun/buf.h"
#include "zhucun/wire.h"

struct uploads;
struct upload;

/* Makes `dir` if missing. `disk_max` bounds the bytes of all partial files together. `supersede` is told the
 * former owner of an upload that somebody else takes over; it must not call back into uploads. */
int uploads_open(struct uploads **out, const char *dir, uint64_t disk_max, void (*supersede)(void *owner), struct err *err);
void uploads_close(struct uploads *u);

/* Takes an upload over; *size is how much of it is here. ERR_DISK: the folder cannot be read. ERR_BUSY: somebody
 * has it and the taker is `meek`. */
int upload_take(struct uploads *u, const struct push_target *target, void *owner, bool meek, struct upload **out,
                uint64_t *size, struct err *err);
/* ERR_BUSY: somebody else took over. ERR_REFUSED: longer than BUNDLE_MAX_BYTES. ERR_DISK: no room. */
int upload_append(struct uploads *u, struct upload *up, void *owner, const void *bytes, size_t n, struct err *err);
/* The bytes so far, copied. */
int upload_copy(struct uploads *u, struct upload *up, void *owner, struct buf *out, struct err *err);
/* Ends ownership. What came is kept for a later request, or forgotten; for one who was superseded, nothing. */
void upload_leave(struct uploads *u, struct upload *up, void *owner, bool keep);
/* Removes partial files that nobody has touched for `age_s`; returns how many. */
unsigned uploads_sweep(struct uploads *u, int64_t age_s);
uint64_t uploads_disk(struct uploads *u);

#endif
