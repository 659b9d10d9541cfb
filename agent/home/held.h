/* held: what this laptop was last told that it holds — villages (or wider), and households of a scope by household. */
#ifndef ZHUCUN_HOME_HELD_H
#define ZHUCUN_HOME_HELD_H

#include "home.h"

/* Both ascending. Inside a transaction of the caller. */
int home_held_save(struct home *h, const int64_t *places, size_t count, const struct row_id *households,
                   size_t household_count, struct err *err);
int home_held_digest(struct home *h, uint64_t *digest, struct err *err); /* scope_digest; 0: nothing was told yet */

#endif
