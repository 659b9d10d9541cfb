/* syncs: how often this program has asked the kernel to write through to the disk. */
#ifndef ZHUCUN_BENCH_SYNCS_H
#define ZHUCUN_BENCH_SYNCS_H

#include <stddef.h>

size_t syncs_count(void); /* fsync and fdatasync since the start */

#endif
