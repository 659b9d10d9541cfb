/* disk: SQLite's disk in memory, one for all machines of a simulation. What was written and what was synced are kept
 * apart, so that a power cut loses, by choice of the seed, what was not synced. Neighbours: world.c arms and crashes
 * machines. Invariant: nothing here looks at real time or real randomness.
 *
 * A machine is a folder. The folder and the database's name must also exist on the real file system (empty), because
 * core/db looks there before it opens. A step is one write, truncate, sync or delete. */
#ifndef ZHUCUN_SIM_DISK_H
#define ZHUCUN_SIM_DISK_H

#include <stdbool.h>
#include <stdint.h>

enum disk_loss {
    DISK_KILL, /* the process died: what was written stays, the last write perhaps by half */
    DISK_POWER /* the power went: of what was not synced, the seed chooses what stays */
};

struct disk;
struct disk *disk_open(void);   /* becomes SQLite's default; NULL without memory. One a process */
void disk_close(struct disk *d);
void disk_seed(struct disk *d, uint64_t seed); /* forgets all files and machines */

int disk_machine(struct disk *d, const char *folder); /* its number, or −1 */
void disk_arm(struct disk *d, int machine, long steps); /* dies at that step from now; 0: does not */
void disk_fail(struct disk *d, int machine, long steps); /* that step fails, once, and the machine goes on: a full disk */
unsigned long disk_failures(const struct disk *d);       /* so many have failed */
bool disk_dead(const struct disk *d, int machine);
/* All connections of the machine must be closed by now; afterwards it works again, with what is left. */
void disk_crash(struct disk *d, int machine, enum disk_loss loss);
/* What folder `from` holds, written and synced, now also stands in `to` (machines both). */
int disk_copy(struct disk *d, int from, int to);
uint64_t disk_steps(const struct disk *d);

#endif
