/* log: one escaped line an event, written with one write(2) so that threads do not mix. */
#include "zhucun/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "zhucun/env.h"

void log_line(const struct log *log, enum log_level level, const char *module, const char *fmt, ...)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    if (!log || level > log->level) return;
    char text[800], line[1024], when[30];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    for (char *c = text; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F) *c = '?';
    }
    time_format(env_system()->now_ms(NULL), when);
    int n = snprintf(line, sizeof line, "%s %s %s: %s\n", when, names[level], module, text);
    if (n > 0 && write(log->fd, line, (size_t)n) < 0) return; /* a log that cannot be written has no one to tell */
}
