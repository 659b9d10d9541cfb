/* err: one error, in both languages, recorded once where it is first known.
 *
 * A function that can fail returns 0 or one of the negative codes below; the code says what the caller
 * does next, not what went wrong. The human sentence is in the struct err that the caller passed (NULL is
 * allowed everywhere: the code is then all there is). Both languages are formatted at the spot, because
 * the depths do not know who reads; the edge (cli, http) picks one. */
#ifndef ZHUCUN_ERR_H
#define ZHUCUN_ERR_H

#include <stdbool.h>
#include <stddef.h>

enum err_code {
    ERR_REFUSED = -1,   /* the input is wrong: say why, do not retry          exit 1 */
    ERR_USAGE = -2,     /* the command line is wrong                          exit 2 */
    ERR_PEER = -3,      /* the other side answered, with an error             exit 69 */
    ERR_DISK = -4,      /* cannot write or read the disk                      exit 73 */
    ERR_OFFLINE = -5,   /* nobody answers; everything is queued; retry later  exit 75 */
    ERR_DENIED = -6,    /* not allowed to this person or device               exit 77 */
    ERR_CORRUPT = -7,   /* bytes from disk or network that are not what they claim to be   exit 1 */
    ERR_BUSY = -8,      /* somebody else holds the lock: retry later          exit 1 */
    ERR_NOMEM = -9,     /* no memory, or a buffer's mandatory maximum reached exit 1 */
    ERR_NOT_FOUND = -10, /* there is no such thing                            exit 1 */
    ERR_FORMAT = -11    /* whole, but of a format that this program does not speak: one side is older   exit 1 */
};

struct err {
    int code;
    char zh[480];
    char en[480];
};

/* Records a failure and returns `code`, so that `return err_set(…)` reads as one act. Both formats take the
 * same arguments in the same order. */
int err_set(struct err *err, int code, const char *zh, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

/* The same with the two sentences ready-made, for when their words differ (labels, lists). */
int err_words(struct err *err, int code, const char *zh, const char *en);

/* Puts "where: " before the sentence already recorded ("第 12 行", "line 12"). Returns err's code. */
int err_where(struct err *err, int code, const char *zh, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

int err_nomem(struct err *err);

/* The process exit status that surface.md promises for a code (0 for 0). */
int err_exit_status(int code);

/* Languages. `lang_from` reads "zh" or "en" (NULL or anything else: by LC_ALL, LC_MESSAGES, LANG; English
 * when those say nothing Chinese). */
enum lang { LANG_ZH, LANG_EN };
enum lang lang_from(const char *option);
const char *err_text(const struct err *err, enum lang lang);

#endif
