/* moving: a list of households goes to one village: `move` and `region split`. */
#ifndef ZHUCUN_ADMIN_MOVING_H
#define ZHUCUN_ADMIN_MOVING_H

#include "keymap.h"
#include "villages.h"

struct moving {
    struct verb_call *c;
    const struct schema_table *households;
    struct actor actor;
    struct batch *batch;
    int64_t from; /* they must live there; 0: anywhere */
    int64_t to;
    struct keymap seen;
    struct arena arena; /* of the household at hand */
    json_t *moved, *unchanged;
};
int moving_open(struct moving *m, struct verb_call *c, struct err *err);
void moving_close(struct moving *m);
int moving_household(struct moving *m, const char *word, struct err *err);
int moving_all(struct moving *m, struct err *err); /* of the request: "households", "file" */
int moving_answer(struct moving *m, struct err *err); /* writes what is left and fills the answer */

#endif
