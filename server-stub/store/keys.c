/* keys: see keys.h. */
#include "keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 2048, CHECK_BYTES = 8 };
static const char about[] = "# 驻村通服务器的密钥。有了它就能读笔记本上报的内容：请另存一份在安全的地方，不要给任何人。\n"
                            "# Keys of a zhucun server. Who has them can read what laptops send: keep a copy in a safe place, and show it to nobody.\n";

static void path_of(const char *dir, char *out, size_t n)
{
    const char *elsewhere = getenv("ZHUCUN_KEY_FILE");
    if (elsewhere && *elsewhere)
        snprintf(out, n, "%s", elsewhere);
    else
        snprintf(out, n, "%s/keys", dir);
}

void server_keys_free(struct server_keys *k)
{
    if (k == NULL) return;
    secret_forget(k, sizeof *k);
    free(k);
}

/* ---- the text ---- */

static void put_line(struct buf *b, const char *name, const uint8_t *bytes, size_t n)
{
    char hex[2 * KEY_SECRET + 1];
    hex_put(bytes, n, hex);
    buf_printf(b, "%s %s\n", name, hex);
    secret_forget(hex, sizeof hex);
}

static void put_text(const struct server_keys *k, struct buf *b)
{
    struct digest check;
    buf_put_text(b, about);
    size_t from = b->len;
    buf_printf(b, "suite %d\n", (int)k->suite);
    put_line(b, "box", k->box.secret, KEY_SECRET);
    put_line(b, "sign", k->sign.secret, KEY_SECRET);
    put_line(b, "data", k->data, AEAD_KEY);
    digest_of(b->data + from, b->len - from, &check);
    put_line(b, "check", check.bytes, CHECK_BYTES);
}

/* The line must be the next; *at moves behind it. */
static bool take_line(const char **at, const char *name, uint8_t *out, size_t n)
{
    size_t head = strlen(name), length = strcspn(*at, "\n");
    char hex[2 * KEY_SECRET + 1];
    if (length != head + 1 + 2 * n || (*at)[length] != '\n' || strncmp(*at, name, head) != 0 || (*at)[head] != ' ') return false;
    snprintf(hex, sizeof hex, "%.*s", (int)(2 * n), *at + head + 1);
    *at += length + 1;
    int rc = hex_get(hex, out, n);
    secret_forget(hex, sizeof hex);
    return rc == 0;
}

static int read_text(const char *text, struct server_keys *k, struct err *err)
{
    uint8_t box[KEY_SECRET], sign[KEY_SECRET], check[CHECK_BYTES];
    struct digest wanted;
    const char *at = text;
    while (*at == '#' && strchr(at, '\n')) at = strchr(at, '\n') + 1;
    const char *from = at;
    int suite = strncmp(at, "suite ", 6) == 0 && at[6] >= '1' && at[6] <= '9' && at[7] == '\n' ? at[6] - '0' : 0;
    at += suite ? 8 : 0;
    bool whole = suite && take_line(&at, "box", box, sizeof box) && take_line(&at, "sign", sign, sizeof sign) &&
                 take_line(&at, "data", k->data, sizeof k->data);
    if (whole) digest_of(from, (size_t)(at - from), &wanted);
    whole = whole && take_line(&at, "check", check, sizeof check) && *at == '\0' && memcmp(check, wanted.bytes, sizeof check) == 0;
    k->suite = (enum seal_suite)suite;
    int rc = whole ? key_from_secret(k->suite, KEY_BOX, box, &k->box, err) : ERR_CORRUPT;
    if (rc == 0) rc = key_from_secret(k->suite, KEY_SIGN, sign, &k->sign, err);
    secret_forget(box, sizeof box);
    secret_forget(sign, sizeof sign);
    return rc;
}

/* ---- the file ---- */

static int write_whole(int fd, const struct buf *b)
{
    for (size_t done = 0; done < b->len;) {
        ssize_t n = write(fd, b->data + done, b->len - done);
        if (n <= 0) return -1;
        done += (size_t)n;
    }
    return fsync(fd);
}

/* Complete or not there: written beside, then renamed. */
static int write_file(const char *path, const struct buf *text, struct err *err)
{
    char beside[1100];
    int n = snprintf(beside, sizeof beside, "%s.new", path);
    if (n < 0 || (size_t)n >= sizeof beside) return err_set(err, ERR_REFUSED, "密钥文件的路径太长", "the key file's path is too long");
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int ok = fd >= 0 && write_whole(fd, text) == 0;
    if (fd >= 0) ok &= close(fd) == 0;
    if (ok && rename(beside, path) == 0) return 0;
    int why = errno;
    unlink(beside);
    return err_set(err, ERR_DISK, "不能写密钥文件 %s：%s", "cannot write the key file %s: %s", path, strerror(why));
}

static int damaged(const char *path, struct err *err)
{
    return err_set(err, ERR_CORRUPT, "密钥文件 %s 已损坏：请用另存的一份恢复", "the key file %s is damaged: put your copy of it back", path);
}

/* 1, 0: there is none, or negative. */
static int read_file(const char *path, struct server_keys *k, struct err *err)
{
    char text[FILE_MAX + 1];
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return 0;
    if (fd < 0) return err_set(err, ERR_DISK, "不能读密钥文件 %s：%s", "cannot read the key file %s: %s", path, strerror(errno));
    ssize_t n = read(fd, text, FILE_MAX);
    bool open_to_others = fstat(fd, &st) == 0 && (st.st_mode & 077) != 0;
    close(fd);
    if (open_to_others)
        return err_set(err, ERR_DENIED, "密钥文件 %s 别人也能读：请执行 chmod 600", "others can read the key file %s: run chmod 600 on it", path);
    if (n <= 0) return damaged(path, err);
    text[n] = '\0';
    int rc = read_text(text, k, err);
    secret_forget(text, sizeof text);
    return rc == 0 ? 1 : rc == ERR_NOMEM ? rc : damaged(path, err);
}

static int read_into(const char *path, struct server_keys **out, struct err *err)
{
    struct server_keys *k = calloc(1, sizeof *k);
    if (k == NULL) return err_nomem(err);
    int rc = read_file(path, k, err);
    if (rc == 1) *out = k;
    else server_keys_free(k);
    return rc;
}

int server_keys_load(const char *dir, struct server_keys **out, struct err *err)
{
    char path[1024];
    *out = NULL;
    path_of(dir, path, sizeof path);
    int rc = read_into(path, out, err);
    if (rc == 0)
        return err_set(err, ERR_NOT_FOUND, "没有密钥文件 %s：没有它打不开这个数据文件夹，请放回另存的一份（或用 ZHUCUN_KEY_FILE 指明）",
                       "there is no key file %s: without it this data folder does not open; put your copy of it back (or name it by ZHUCUN_KEY_FILE)", path);
    return rc == 1 ? 0 : rc;
}

static int make(const char *path, enum seal_suite suite, const struct env *env, struct server_keys *k, struct err *err)
{
    struct buf text;
    buf_init(&text, FILE_MAX);
    k->suite = suite;
    int rc = key_make(suite, KEY_BOX, env, &k->box, err);
    if (rc == 0) rc = key_make(suite, KEY_SIGN, env, &k->sign, err);
    if (rc == 0 && env->random(env->ctx, k->data, sizeof k->data) != 0)
        rc = err_set(err, ERR_NOMEM, "系统没有可用的随机数", "the system has no randomness to give");
    if (rc == 0) put_text(k, &text);
    if (rc == 0) rc = text.failed ? err_nomem(err) : write_file(path, &text, err);
    if (text.data) secret_forget(text.data, text.cap);
    buf_free(&text);
    return rc;
}

int server_keys_make(const char *dir, enum seal_suite suite, const struct env *env, struct server_keys **out, struct err *err)
{
    char path[1024];
    *out = NULL;
    path_of(dir, path, sizeof path);
    int rc = read_into(path, out, err);
    if (rc == 1 && (*out)->suite != suite) {
        server_keys_free(*out);
        *out = NULL;
        return err_set(err, ERR_REFUSED, "密钥文件 %s 属于另一个密码套件", "the key file %s is of another cipher suite", path);
    }
    if (rc != 0) return rc == 1 ? 0 : rc;
    struct server_keys *k = calloc(1, sizeof *k);
    if (k == NULL) return err_nomem(err);
    rc = make(path, suite, env, k, err);
    if (rc == 0) *out = k;
    else server_keys_free(k);
    return rc;
}
