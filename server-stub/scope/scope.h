/* scope: what a laptop holds — the regions it was enrolled for and, if it is one that follows assignments, the
 * households assigned to its workers.
 *
 * Handover in two phases. A household that is assigned to none of its workers any more is leaving: the laptop still
 * holds it, is told so by a notice (server-stub/intake/handover.c), and may go on sending. It is released at the first
 * pull that shows both that the laptop has applied the notice (its cursor is past leaving_csn) and that all of its
 * log has arrived. Who answers that pull writes the release first (scope_forget): it must outlive a crash, because the scope
 * digest of later requests shows it only until another household is assigned. Every other pull stays a read. */
#ifndef ZHUCUN_SCOPE_H
#define ZHUCUN_SCOPE_H

#include "store.h"
#include "zhucun/wire.h"

struct scope {
    const int64_t *places; /* ascending; the device's */
    size_t place_count;
    struct row_id *households; /* ascending; in the arena */
    size_t household_count;
    uint64_t released_csn; /* holdings that were to leave up to here are released */
};

/* As a pull request asks for it; `received` is the server's high-water seq of the device. `q` NULL: all that the
 * device may still hold. */
int scope_of_device(struct store *s, const struct device *d, const struct pull_request *q, uint64_t received,
                    struct arena *arena, struct scope *out, struct err *err);
uint64_t scope_held_digest(const struct scope *scope);

/* Brings a device's holdings up to the assignments of its workers on that day: what is new is held since `csn`, what
 * is gone is leaving from `csn` on, what was released up to `released` is forgotten. In the writer's transaction. */
int scope_refresh(struct store *s, const struct device *d, int64_t day, uint64_t csn, struct err *err);
/* How many households are assigned to its workers on that day, and how many of them a laptop holds: the first by id, up
 * to WIRE_MAX_HOUSEHOLDS. More is nobody's error at a push or a pull; who assigns or enrols is told. */
int scope_extent(struct store *s, const struct device *d, int64_t day, size_t *held, size_t *assigned, struct err *err);
int scope_forget(struct store *s, uint64_t origin, uint64_t released, struct err *err);

/* Places that were merged become what they were merged into, to the end of the chain; sorted anew, no doubles. */
int scope_follow_merged(struct store *s, struct device *d, struct err *err);

#endif
