/* env: the real clock and entropy, and civil dates of the region (UTC+8, always). */
#include "zhucun/env.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { DAY_MS = 86400000, FIRST_YEAR = 1900, LAST_YEAR = 2199 };

static int64_t system_now_ms(void *ctx)
{
    (void)ctx;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int system_random(void *ctx, void *out, size_t n)
{
    (void)ctx;
    unsigned char *to = out;
    while (n > 0) {
        ssize_t got = getrandom(to, n, 0);
        if (got <= 0) return -1;
        to += got;
        n -= (size_t)got;
    }
    return 0;
}

const struct env *env_system(void)
{
    static const struct env system_env = {system_now_ms, system_random, NULL};
    return &system_env;
}

/* Days from civil and back: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", with years that begin
 * in March, so that the leap day is the last of its year. */
static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

static void civil_from_days(int64_t days, int64_t *y, int *m, int *d)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *d = (int)(doy - (153 * mp + 2) / 5 + 1);
    *m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *y = yoe + era * 400 + (*m <= 2);
}

static int digits(const char *text, size_t n, int *out)
{
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') return -1;
        *out = *out * 10 + (text[i] - '0');
    }
    return 0;
}

int date_parse(const char *text, int64_t *days)
{
    int y, m, d;
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-') return -1;
    if (digits(text, 4, &y) || digits(text + 5, 2, &m) || digits(text + 8, 2, &d)) return -1;
    if (y < FIRST_YEAR || y > LAST_YEAR || m < 1 || m > 12 || d < 1) return -1;
    int64_t first = days_from_civil(y, m, 1);
    int64_t next = m == 12 ? days_from_civil(y + 1, 1, 1) : days_from_civil(y, m + 1, 1);
    if (d > next - first) return -1;
    *days = first + d - 1;
    return 0;
}

void date_format(int64_t days, char out[11])
{
    int64_t y;
    int m, d;
    /* outside four-digit years a date is not one of ours: show the limit rather than overrun */
    if (days < -719528) days = -719528;
    if (days > 2932896) days = 2932896;
    civil_from_days(days, &y, &m, &d);
    unsigned year = (unsigned)y % 10000u;
    out[0] = (char)('0' + year / 1000);
    out[1] = (char)('0' + year / 100 % 10);
    out[2] = (char)('0' + year / 10 % 10);
    out[3] = (char)('0' + year % 10);
    out[4] = out[7] = '-';
    out[5] = (char)('0' + m / 10);
    out[6] = (char)('0' + m % 10);
    out[8] = (char)('0' + d / 10);
    out[9] = (char)('0' + d % 10);
    out[10] = '\0';
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int64_t date_of_ms(int64_t ms)
{
    return floor_div(ms, DAY_MS) + (ms - floor_div(ms, DAY_MS) * DAY_MS >= DAY_MS - ENV_REGION_UTC_OFFSET_MS);
}

void time_format(int64_t ms, char out[30])
{
    char date[11];
    int64_t day = date_of_ms(ms);
    date_format(day, date);
    int64_t in_day = ms - (day * DAY_MS - ENV_REGION_UTC_OFFSET_MS);
    int seconds = in_day < 0 || in_day >= DAY_MS ? 0 : (int)(in_day / 1000);
    snprintf(out, 30, "%sT%02d:%02d:%02d+08:00", date, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
}

int time_parse(const char *text, int64_t *ms)
{
    char date[11];
    size_t n = strlen(text);
    if (n < 10) return -1;
    memcpy(date, text, 10);
    date[10] = '\0';
    int64_t day;
    int h = 0, m = 0, s = 0;
    if (date_parse(date, &day)) return -1;
    if (n != 10) {
        if (n != 25 || text[10] != 'T' || text[13] != ':' || text[16] != ':' || strcmp(text + 19, "+08:00") != 0)
            return -1;
        if (digits(text + 11, 2, &h) || digits(text + 14, 2, &m) || digits(text + 17, 2, &s)) return -1;
        if (h > 23 || m > 59 || s > 59) return -1;
    }
    *ms = day * DAY_MS - ENV_REGION_UTC_OFFSET_MS + ((h * 60 + m) * 60 + s) * (int64_t)1000;
    return 0;
}
