/* place: what the file system says about a database's path, so that people read "no such folder" instead of
 * "unable to open database file". Never opens an existing database: closing any descriptor of it would drop
 * SQLite's own locks in this process (POSIX record locks). */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db_impl.h"

static void folder_of(const char *path, char out[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL) {
        snprintf(out, PATH_MAX, ".");
        return;
    }
    int n = slash == path ? 1 : (int)(slash - path);
    snprintf(out, PATH_MAX, "%.*s", n, path);
}

int db_place_error(const char *path, int number, struct err *err)
{
    switch (number) {
    case EACCES:
    case EPERM:
        return err_set(err, ERR_DISK, "没有权限使用 %s：请用它的主人登录，或修改权限",
                       "no permission for %s: sign in as its owner, or change its permissions", path);
    case EROFS:
        return err_set(err, ERR_DISK, "%s 所在的磁盘是只读的，无法写入", "cannot write %s: the disk is read-only", path);
    case ENOSPC:
    case EDQUOT:
        return err_set(err, ERR_DISK, "磁盘已满，无法写入 %s：请腾出空间后再试",
                       "the disk is full, cannot write %s: free some space and try again", path);
    case ENOENT:
    case ENOTDIR:
        return err_set(err, ERR_NOT_FOUND, "找不到 %s", "there is no %s", path);
    case EEXIST:
        return err_set(err, ERR_REFUSED, "%s 已经存在，不会覆盖：请换一个名字", "%s exists already and is not overwritten: choose another name",
                       path);
    default:
        return err_set(err, ERR_DISK, "无法使用 %s：%s", "cannot use %s: %s", path, strerror(number));
    }
}

static int check_folder(const char *path, struct err *err)
{
    char folder[PATH_MAX];
    struct stat st;
    folder_of(path, folder);
    errno = 0;
    if (stat(folder, &st) == 0 && S_ISDIR(st.st_mode)) return 0;
    if (errno == EACCES) return db_place_error(folder, EACCES, err);
    return err_set(err, ERR_NOT_FOUND, "没有文件夹 %s：请检查路径，或先建立它", "there is no folder %s: check the path, or make it first",
                   folder);
}

int db_place_check(const char *path, enum db_mode mode, struct err *err)
{
    struct stat st;
    if (strlen(path) > PATH_MAX - 16) return err_set(err, ERR_REFUSED, "路径太长：%s", "the path is too long: %s", path);
    if (stat(path, &st) == 0) {
        if (S_ISDIR(st.st_mode))
            return err_set(err, ERR_REFUSED, "%s 是文件夹，不是数据库文件", "%s is a folder, not a database file", path);
        if (access(path, mode == DB_READ ? R_OK : R_OK | W_OK) != 0) return db_place_error(path, errno, err);
        return 0;
    }
    if (errno != ENOENT && errno != ENOTDIR) return db_place_error(path, errno, err);
    int rc = check_folder(path, err);
    if (rc != 0 || mode == DB_CREATE) return rc;
    return err_set(err, ERR_NOT_FOUND, "找不到数据库 %s：请检查路径，或先建立它", "there is no database %s: check the path, or make it first",
                   path);
}

int db_place_make(const char *path, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return db_place_error(path, errno, err);
    close(fd);
    return 0;
}

static bool has_wal(const char *path, const char *suffix)
{
    char wal[PATH_MAX];
    struct stat st;
    if ((size_t)snprintf(wal, sizeof wal, "%s%s", path, suffix) >= sizeof wal) return true;
    return stat(wal, &st) == 0 && st.st_size > 0;
}

bool db_place_is_still(const char *path)
{
    char folder[PATH_MAX];
    folder_of(path, folder);
    if (access(folder, W_OK) == 0 || db_is_held(path)) return false;
    return !has_wal(path, "-wal") && !has_wal(path, "-swal"); /* an encrypted one's: sealed.h */
}

int db_place_sync(const char *path, struct err *err)
{
    char folder[PATH_MAX];
    folder_of(path, folder);
    const char *both[] = {path, folder};
    for (size_t i = 0; i < 2; i++) {
        int fd = open(both[i], O_RDONLY | O_CLOEXEC);
        int failed = fd < 0 || fsync(fd) != 0 ? errno : 0;
        if (fd >= 0) close(fd);
        /* Some file systems cannot sync a folder; the file itself must be. */
        if (failed != 0 && (i == 0 || failed != EINVAL)) return db_place_error(both[i], failed, err);
    }
    return 0;
}
