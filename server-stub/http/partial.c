/* partial: see partial.h. */
#include "partial.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void partial_name(const struct push_target *t, char out[PARTIAL_NAME])
{
    char digest[DIGEST_TEXT];

    digest_hex(&t->digest, digest);
    snprintf(out, PARTIAL_NAME, "%016" PRIx64 "-%" PRIu64 "-%" PRIu64 "-%s", t->origin, t->first, t->last, digest);
}

static int failed(struct err *err)
{
    return err_set(err, ERR_DISK, "无法读写未完成的上传：%s", "partial uploads cannot be read or written: %s",
                   strerror(errno));
}

int partial_folder(const char *dir, int *fd, struct err *err)
{
    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return failed(err);
    *fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *fd < 0 ? failed(err) : 0;
}

int partial_size(int folder, const char *name, uint64_t *size, struct err *err)
{
    struct stat st;

    *size = 0;
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? 0 : failed(err);
    *size = (uint64_t)st.st_size;
    return 0;
}

static int write_all(int fd, const uint8_t *bytes, size_t n)
{
    while (n > 0) {
        ssize_t k = write(fd, bytes, n);
        if (k < 0 && errno != EINTR)
            return -1;
        if (k > 0) {
            bytes += k;
            n -= (size_t)k;
        }
    }
    return 0;
}

/* All or nothing: after a short write the file is cut back, so that its size always tells what is good. */
int partial_append(int folder, const char *name, const void *bytes, size_t n, struct err *err)
{
    int fd = openat(folder, name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int rc = 0;

    if (fd < 0)
        return failed(err);
    off_t before = lseek(fd, 0, SEEK_END);
    if (write_all(fd, bytes, n) < 0) {
        rc = failed(err);
        if (before >= 0 && ftruncate(fd, before) < 0)
            unlinkat(folder, name, 0);
    }
    close(fd);
    return rc;
}

int partial_read(int folder, const char *name, struct buf *out, struct err *err)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int rc = 0;

    if (fd < 0)
        return errno == ENOENT ? 0 : failed(err);
    for (;;) {
        uint8_t *room = buf_reserve(out, 65536);
        if (!room) {
            rc = err_nomem(err);
            break;
        }
        ssize_t k = read(fd, room, 65536);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0) {
            rc = k < 0 ? failed(err) : 0;
            break;
        }
        out->len += (size_t)k;
    }
    close(fd);
    return rc;
}

void partial_drop(int folder, const char *name)
{
    unlinkat(folder, name, 0);
}

uint64_t partial_scan(int folder, int64_t age_s, unsigned *removed)
{
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = copy < 0 ? NULL : fdopendir(copy);
    int64_t now = (int64_t)time(NULL);
    uint64_t total = 0;
    struct dirent *e;
    struct stat st;

    *removed = 0;
    while (d && (e = readdir(d))) {
        if (fstatat(folder, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
            continue;
        if (age_s && now - (int64_t)st.st_mtime > age_s && unlinkat(folder, e->d_name, 0) == 0)
            (*removed)++;
        else
            total += (uint64_t)st.st_size;
    }
    if (d)
        closedir(d);
    else if (copy >= 0)
        close(copy);
    return total;
}
