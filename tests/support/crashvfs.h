/* crashvfs: SQLite's disk, cut at a chosen step. Registered as the default VFS; only files below one folder are
 * watched. A step is one write, truncate, sync or delete of a watched file, or a call of crashvfs_step by others.
 *
 *   CRASH_KILL   the process dies before the step; every second time a write has half happened (kill −9)
 *   CRASH_POWER  as KILL, and what was not synced is gone: writes stay in memory until xSync
 *   CRASH_FAIL   the step fails once (disk full, fsync error) and the process goes on
 *   CRASH_FULL   from the step on nothing can be written, until crashvfs_space()                          */
#ifndef ZHUCUN_TEST_CRASHVFS_H
#define ZHUCUN_TEST_CRASHVFS_H

enum crash_mode { CRASH_COUNT, CRASH_KILL, CRASH_POWER, CRASH_FAIL, CRASH_FULL };
enum { CRASH_STATUS = 137 };

int crashvfs_register(void); /* once a process; 0 or an SQLite code */
/* Counts from now on; at step `at` (from 1; 0: never) what the mode says happens. */
void crashvfs_arm(const char *folder, enum crash_mode mode, long at);
void crashvfs_disarm(void);
void crashvfs_space(void);
void crashvfs_step(void);    /* a step that is not the disk's */
long crashvfs_steps(void);
int crashvfs_happened(void); /* did the step come (CRASH_FAIL, CRASH_FULL)? */

#endif
