/* lock: one writer a file, by flock on FILE.lock. The kernel drops it when the holder dies, so that a crash
 * never leaves a stale lock; the pid inside is only for the sentence. The lock file is never deleted: a delete
 * would let two processes hold "the" lock on two files of one name. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "db_impl.h"

enum { LOCK_POLL_MS = 20 };

static int lock_name(const char *path, char *out, size_t n, struct err *err)
{
    if ((size_t)snprintf(out, n, "%s.lock", path) < n) return 0;
    return err_set(err, ERR_REFUSED, "路径太长：%s", "the path is too long: %s", path);
}

static int64_t monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static long holder_pid(int fd)
{
    char text[24] = "";
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    return n > 0 ? strtol(text, NULL, 10) : 0;
}

/* Who holds it helps people find the program to stop; a full disk must not keep anybody from opening. */
static void write_pid(int fd)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n) return;
}

static int lock_busy(const char *path, int fd, struct err *err)
{
    long pid = holder_pid(fd);
    if (pid > 0)
        return err_set(err, ERR_BUSY, "%s 正被另一个驻村通程序（进程 %ld）使用：请先关闭它，或稍后再试",
                       "%s is in use by another zhucun program (process %ld): close it, or try again later", path, pid);
    return err_set(err, ERR_BUSY, "%s 正被另一个驻村通程序使用：请先关闭它，或稍后再试",
                   "%s is in use by another zhucun program: close it, or try again later", path);
}

int db_lock_take(const char *path, int wait_ms, int *fd, struct err *err)
{
    char name[PATH_MAX];
    int rc = lock_name(path, name, sizeof name, err);
    if (rc != 0) return rc;
    int lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) return db_place_error(name, errno, err);
    int64_t give_up_at = monotonic_ms() + wait_ms;
    while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            rc = db_place_error(name, errno, err);
            break;
        }
        if (monotonic_ms() >= give_up_at) {
            rc = lock_busy(path, lock, err);
            break;
        }
        nanosleep(&(struct timespec){.tv_nsec = LOCK_POLL_MS * 1000000L}, NULL);
    }
    if (rc != 0) {
        close(lock);
        return rc;
    }
    write_pid(lock);
    *fd = lock;
    return 0;
}

bool db_is_held(const char *path)
{
    char name[PATH_MAX];
    if (lock_name(path, name, sizeof name, NULL) != 0) return false;
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    bool held = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(fd);
    return held;
}
