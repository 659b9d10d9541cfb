/* err: formats the one sentence of a failure in both languages and maps codes to exit statuses. */
#include "zhucun/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A cut sentence must not end inside a UTF-8 sequence. */
static void trim_utf8(char *text)
{
    size_t n = strlen(text);
    size_t lead = n;
    while (lead > 0 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80)
        lead--;
    if (lead == 0) return;
    unsigned char c = (unsigned char)text[lead - 1];
    size_t want = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
    if (c >= 0xC0 && n - (lead - 1) < want) text[lead - 1] = '\0';
}

int err_set(struct err *err, int code, const char *zh, const char *en, ...)
{
    if (!err) return code;
    va_list args;
    va_start(args, en);
    va_list again;
    va_copy(again, args);
    vsnprintf(err->zh, sizeof err->zh, zh, args);
    vsnprintf(err->en, sizeof err->en, en, again);
    va_end(again);
    va_end(args);
    trim_utf8(err->zh);
    trim_utf8(err->en);
    err->code = code;
    return code;
}

int err_words(struct err *err, int code, const char *zh, const char *en)
{
    if (!err) return code;
    snprintf(err->zh, sizeof err->zh, "%s", zh);
    snprintf(err->en, sizeof err->en, "%s", en);
    trim_utf8(err->zh);
    trim_utf8(err->en);
    err->code = code;
    return code;
}

static void prefix(char *text, size_t size, const char *where, const char *colon)
{
    char whole[1024];
    snprintf(whole, sizeof whole, "%s%s%s", where, colon, text);
    size_t n = strlen(whole);
    if (n >= size) n = size - 1;
    memcpy(text, whole, n);
    text[n] = '\0';
    trim_utf8(text);
}

int err_where(struct err *err, int code, const char *zh, const char *en, ...)
{
    if (!err) return code;
    char where[400];
    va_list args;
    va_start(args, en);
    va_list again;
    va_copy(again, args);
    vsnprintf(where, sizeof where, zh, args);
    prefix(err->zh, sizeof err->zh, where, "：");
    vsnprintf(where, sizeof where, en, again);
    prefix(err->en, sizeof err->en, where, ": ");
    va_end(again);
    va_end(args);
    return code;
}

int err_nomem(struct err *err)
{
    return err_set(err, ERR_NOMEM, "内存不够，或超过了上限%s", "out of memory, or above a limit%s", "");
}

int err_exit_status(int code)
{
    switch (code) {
    case 0: return 0;
    case ERR_USAGE: return 2;
    case ERR_PEER: return 69;
    case ERR_DISK: return 73;
    case ERR_OFFLINE: return 75;
    case ERR_DENIED: return 77;
    default: return 1;
    }
}

enum lang lang_from(const char *option)
{
    if (option && strcmp(option, "zh") == 0) return LANG_ZH;
    if (option && strcmp(option, "en") == 0) return LANG_EN;
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *v = getenv(names[i]);
        if (v && *v) return strncmp(v, "zh", 2) == 0 ? LANG_ZH : LANG_EN;
    }
    return LANG_EN;
}

const char *err_text(const struct err *err, enum lang lang)
{
    return lang == LANG_ZH ? err->zh : err->en;
}
