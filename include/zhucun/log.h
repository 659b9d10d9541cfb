/* log: one line an event on stderr, "time level module: text", control characters escaped. Never personal
 * data: name ids, codes and counts. */
#ifndef ZHUCUN_LOG_H
#define ZHUCUN_LOG_H

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log {
    enum log_level level; /* what is above it is dropped */
    int fd;
};

void log_line(const struct log *log, enum log_level level, const char *module, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
