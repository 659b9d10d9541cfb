/* loss: one own value that is not in force, or not beyond doubt, as people and programs read it; for conflicts and
 * show. The facts are agent/inbox's. */
#ifndef ZHUCUN_AGENT_CLI_LOSS_H
#define ZHUCUN_AGENT_CLI_LOSS_H

#include "losses.h"
#include "record.h"

int loss_json(struct record *r, const struct loss *l, json_t **out, struct err *err);
/* A head line and, below it, reason, ruling and the command that brings the value back. `within`: below its record,
 * which then is not named. */
int loss_print(struct record *r, const struct loss *l, bool within, struct err *err);

/* "zhucun set TABLE/ID 'column=…'" with the own value, of one to be verified with the other; nothing when a command
 * cannot bring it back. */
int loss_command(struct record *r, const struct loss *l, struct buf *out, struct err *err);

/* The same with what stands there now, where somebody who knows both values may say that it is right. */
int loss_confirm(struct record *r, const struct loss *l, struct buf *out, struct err *err);

/* An own or other value as text; and the label of a code of a notice's column ("" for none). */
int loss_value(struct record *r, const struct loss *l, const struct value *v, struct buf *out, struct err *err);
int loss_now(struct record *r, const struct loss *l, struct buf *out, struct err *err); /* what the cell shows now */
const char *loss_term(const struct record *r, const char *column, int64_t code, enum lang lang);

#endif
