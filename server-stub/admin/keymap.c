/* keymap: open addressing, at most half full; keys are copied. */
#include "keymap.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 4096 };
static const size_t text_max = (size_t)256 * 1024 * 1024;

void keymap_init(struct keymap *m)
{
    *m = (struct keymap){0};
    arena_init(&m->text, text_max);
}

void keymap_free(struct keymap *m)
{
    free(m->slots);
    arena_free(&m->text);
    *m = (struct keymap){0};
}

static size_t slot_of(const struct keymap *m, int table, const char *key, size_t n)
{
    uint64_t h = UINT64_C(14695981039346656037) ^ (uint64_t)table; /* FNV-1a */

    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)key[i]) * UINT64_C(1099511628211);
    size_t at = (size_t)(h ^ h >> 32) & m->mask;
    for (;; at = (at + 1) & m->mask) {
        const struct keymap_entry *e = &m->slots[at];
        if (!e->key || (e->table == table && e->n == n && memcmp(e->key, key, n) == 0))
            return at;
    }
}

const struct keymap_entry *keymap_get(const struct keymap *m, int table, const char *key, size_t n)
{
    if (!m->slots)
        return NULL;
    const struct keymap_entry *e = &m->slots[slot_of(m, table, key, n)];
    return e->key ? e : NULL;
}

static int grow(struct keymap *m, struct err *err)
{
    struct keymap old = *m;
    size_t slots = old.slots ? (old.mask + 1) * 2 : FIRST_SLOTS;

    m->slots = calloc(slots, sizeof m->slots[0]);
    if (!m->slots) {
        m->slots = old.slots;
        return err_nomem(err);
    }
    m->mask = slots - 1;
    for (size_t i = 0; old.slots && i <= old.mask; i++)
        if (old.slots[i].key)
            m->slots[slot_of(m, old.slots[i].table, old.slots[i].key, old.slots[i].n)] = old.slots[i];
    free(old.slots);
    return 0;
}

int keymap_put(struct keymap *m, int table, const char *key, size_t n, struct row_id id, bool made_now, struct err *err)
{
    if (!m->slots || m->count * 2 >= m->mask) {
        int rc = grow(m, err);
        if (rc < 0)
            return rc;
    }
    struct keymap_entry *e = &m->slots[slot_of(m, table, key, n)];
    if (!e->key) {
        const char *copy = arena_copy(&m->text, key, n);
        if (!copy)
            return err_nomem(err);
        m->count++;
        *e = (struct keymap_entry){.key = copy, .n = (uint32_t)n, .table = table};
    }
    e->id = id;
    e->made_now = made_now;
    return 0;
}
