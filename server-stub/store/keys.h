/* keys: what a server's data folder has of secrets — the key that opens bundles, the one that signs answers and tree heads,
 * the one under which the database lies. In one file, DIR/keys or the file that ZHUCUN_KEY_FILE names, readable by its
 * owner alone: kept on another disk, a stolen or discarded disk with the data folder, and every backup, gives nothing away.
 *
 *   # words for people
 *   suite N           1 or 2 (zhucun/seal.h)
 *   box HEX           32 bytes each
 *   sign HEX
 *   data HEX
 *   check HEX         first 8 bytes of SHA-256 over the four lines before */
#ifndef ZHUCUN_STORE_KEYS_H
#define ZHUCUN_STORE_KEYS_H

#include "zhucun/aead.h"
#include "zhucun/keys.h"

struct server_keys {
    enum seal_suite suite;
    struct key_pair box, sign;
    uint8_t data[AEAD_KEY];
};

/* A new file, on the disk when it returns; one that is there already is taken as it is, if it is of that suite. */
int server_keys_make(const char *dir, enum seal_suite suite, const struct env *env, struct server_keys **out, struct err *err);
int server_keys_load(const char *dir, struct server_keys **out, struct err *err);
void server_keys_free(struct server_keys *k); /* wiped */

#endif
