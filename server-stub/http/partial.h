/* partial: the files behind uploads.c. No fsync: a partial upload lost to a power cut is sent again. */
#ifndef ZHUCUN_HTTP_PARTIAL_H
#define ZHUCUN_HTTP_PARTIAL_H

#include "zhucun/buf.h"
#include "zhucun/wire.h"

enum { PARTIAL_NAME = 16 + 1 + 20 + 1 + 20 + 1 + 64 + 1 };
void partial_name(const struct push_target *t, char out[PARTIAL_NAME]);
int partial_folder(const char *dir, int *fd, struct err *err); /* makes it if missing */
int partial_size(int folder, const char *name, uint64_t *size, struct err *err); /* 0 when there is none */
int partial_append(int folder, const char *name, const void *bytes, size_t n, struct err *err);
int partial_read(int folder, const char *name, struct buf *out, struct err *err);
void partial_drop(int folder, const char *name);
/* Removes files older than age_s (0: none) and adds up what stays. */
uint64_t partial_scan(int folder, int64_t age_s, unsigned *removed);

#endif
