/* env: time and randomness, passed in, so that tests and the simulation can replace them. */
#ifndef ZHUCUN_ENV_H
#define ZHUCUN_ENV_H

#include <stddef.h>
#include <stdint.h>

struct env {
    int64_t (*now_ms)(void *ctx);                     /* milliseconds since 1970-01-01 UTC, by this machine's clock */
    int (*random)(void *ctx, void *out, size_t n);    /* 0, or negative when there is no entropy */
    void *ctx;
};

const struct env *env_system(void); /* CLOCK_REALTIME and getrandom(2) */

/* Civil dates, proleptic Gregorian, as days since 1970-01-01. Local time of the region is UTC+8 without
 * daylight saving, always: a laptop set to another zone must not move a visit to another day. */
enum { ENV_REGION_UTC_OFFSET_MS = 8 * 3600 * 1000 };
int date_parse(const char *text, int64_t *days);      /* "YYYY-MM-DD", 1900…2199; 0 or negative */
void date_format(int64_t days, char out[11]);
int64_t date_of_ms(int64_t ms);                       /* the region's day of a UTC instant */
void time_format(int64_t ms, char out[30]);           /* "2026-11-24T15:04:05+08:00" */
int time_parse(const char *text, int64_t *ms);        /* the same form, or a bare date (its first instant) */

#endif
