/* process: the project's own programs, started as a person would start them. */
#ifndef ZHUCUN_BENCH_PROCESS_H
#define ZHUCUN_BENCH_PROCESS_H

#include <sys/types.h>

#include "zhucun/buf.h"

enum { PROCESS_MAX_ARGS = 24 };

/* Runs to the end; dies unless it exits 0. `out` (may be NULL) gets its stdout. Returns its peak resident memory in
 * KB, which is never below that of the caller, whose image it had before exec. */
long process_run(const char *const *argv, struct buf *out);
/* Starts one that dies with this program; what it says goes to `log`. */
pid_t process_start(const char *const *argv, const char *log);
void process_stop(pid_t pid);                     /* SIGTERM, and waits */
long process_kb(pid_t pid, const char *field);    /* of /proc/PID/status: "VmRSS", "VmHWM"; −1: not there */
void process_forget_peak(pid_t pid);              /* "VmHWM" counts from here on */

#endif
