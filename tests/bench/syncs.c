/* syncs: stands before libc's fsync and fdatasync in the program it is linked into, SQLite's calls included, counts
 * and passes them on. The one global of the bench: two functions without a context have nowhere else to count. */
#include "syncs.h"

#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_size_t syncs;

int fsync(int fd)
{
    atomic_fetch_add(&syncs, 1);
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    atomic_fetch_add(&syncs, 1);
    return (int)syscall(SYS_fdatasync, fd);
}

size_t syncs_count(void)
{
    return atomic_load(&syncs);
}
