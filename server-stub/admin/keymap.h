/* keymap: natural keys of one load → row ids, so that a sheet may name rows that an earlier sheet brought. */
#ifndef ZHUCUN_ADMIN_KEYMAP_H
#define ZHUCUN_ADMIN_KEYMAP_H

#include "zhucun/arena.h"
#include "zhucun/err.h"
#include "zhucun/value.h"

struct keymap_entry {
    const char *key; /* NULL: free */
    uint32_t n;
    int table;
    struct row_id id;
    bool made_now;   /* by this load */
};
struct keymap {
    struct keymap_entry *slots;
    size_t count, mask;
    struct arena text;
};
void keymap_init(struct keymap *m);
void keymap_free(struct keymap *m);
const struct keymap_entry *keymap_get(const struct keymap *m, int table, const char *key, size_t n);
int keymap_put(struct keymap *m, int table, const char *key, size_t n, struct row_id id, bool made_now, struct err *err);

#endif
