/* readers: reading sessions of the store, opened when first needed and lent one at a time. */
#ifndef ZHUCUN_HTTP_READERS_H
#define ZHUCUN_HTTP_READERS_H

#include "store.h"

struct readers;
int readers_open(struct readers **out, const char *dir, unsigned count, struct err *err);
void readers_close(struct readers *r);
struct store *reader_take(struct readers *r, struct err *err); /* waits for one; NULL: err says why */
void reader_give(struct readers *r, struct store *s);

#endif
