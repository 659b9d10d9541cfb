/* clock: which day it is on a laptop whose clock may be wrong, sometimes by years. Stamps in the log stay raw (the
 * server corrects them); what people read and what defaults to "today" follows the server's clock:
 *
 *   now + skew at the last contact, and never before that contact
 *   but now as it stands, when somebody has set the clock right since: then the corrected time would lie before the
 *   last contact, or more than half a year after it, and the plain time does not */
#include <stdlib.h>

#include "cli.h"

enum { DAY_MS = 86400000, SLACK_MS = 3600000 };
static const int64_t half_year_ms = INT64_C(182) * DAY_MS;

static bool set_right(int64_t plain, int64_t corrected)
{
    return plain >= -SLACK_MS && (corrected < -SLACK_MS || corrected > half_year_ms);
}

int64_t cli_clock_correct(int64_t now_ms, int64_t skew_ms, int64_t contact_ms)
{
    if (contact_ms <= 0) return now_ms;
    int64_t corrected = now_ms + skew_ms;
    if (llabs(skew_ms) > DAY_MS && set_right(now_ms - contact_ms, corrected - contact_ms)) corrected = now_ms;
    return corrected < contact_ms ? contact_ms : corrected;
}

int cli_clock_read(struct cli *c, struct err *err)
{
    int64_t skew_ms, contact_ms;
    int rc = home_meta_int(c->home, META_SKEW, 0, &skew_ms, err);
    if (rc == 0) rc = home_meta_int(c->home, META_LAST_CONTACT, 0, &contact_ms, err);
    if (rc) return rc;
    int64_t now_ms = cli_now_ms(c);
    c->clock_off_ms = cli_clock_correct(now_ms, skew_ms, contact_ms) - now_ms;
    return 0;
}

int64_t cli_now_ms(const struct cli *c)
{
    return c->env->now_ms(c->env->ctx);
}

int64_t cli_today(const struct cli *c)
{
    return date_of_ms(cli_now_ms(c) + c->clock_off_ms);
}

void cli_clock_warn(struct cli *c)
{
    char day[11];
    int64_t off_ms = c->clock_off_ms;
    if (llabs(off_ms) <= DAY_MS) return;
    long long days = llabs(off_ms) / DAY_MS;
    date_format(cli_today(c), day);
    if (off_ms > 0)
        cli_warn(c, "本机时钟慢 %lld 天：日期按服务器时间计算，今天是 %s；请校准时钟",
                 "this laptop's clock is %lld days slow: dates follow the server's clock, today is %s; please set the clock",
                 days, day);
    else
        cli_warn(c, "本机时钟快 %lld 天：日期按服务器时间计算，今天是 %s；请校准时钟",
                 "this laptop's clock is %lld days fast: dates follow the server's clock, today is %s; please set the clock",
                 days, day);
}
