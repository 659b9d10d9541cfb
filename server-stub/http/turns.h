/* turns: the number of each laptop's last request, so that none is taken twice. In memory, and with a pull's contact in
 * the device's row: what a crash forgets is the time since that was written, and requests are harmless when repeated. */
#ifndef ZHUCUN_HTTP_TURNS_H
#define ZHUCUN_HTTP_TURNS_H

#include <stdbool.h>
#include <stdint.h>

#include "zhucun/err.h"

struct turns;
int turns_open(struct turns **out, struct err *err);
void turns_close(struct turns *c);
/* True: `counter` is above every one before it of this origin, and is the last one from now on. False: *last says it.
 * `written` is that of the device's row. When there is no memory for another origin its row alone decides. */
bool turns_take(struct turns *c, uint64_t origin, uint64_t written, uint64_t counter, uint64_t *last);

#endif
