/* wrongclock HOME DAYS: makes a laptop believe what a receipt would have told it if its clock were DAYS slow (negative:
 * fast) — the server's clock at the last contact, and how far off its own was. */
#include <stdio.h>
#include <stdlib.h>

#include "home.h"

int main(int argc, char **argv)
{
    struct home *h = NULL;
    struct err err = {0};
    if (argc != 3) return 2;
    int64_t skew_ms = strtoll(argv[2], NULL, 10) * INT64_C(86400000);
    int rc = home_open(&h, argv[1], DB_WRITE, NULL, env_system(), &err);
    if (rc == 0) rc = home_meta_set_int(h, META_SKEW, skew_ms, &err);
    if (rc == 0) rc = home_meta_set_int(h, META_LAST_CONTACT, env_system()->now_ms(NULL) + skew_ms, &err);
    if (rc) fprintf(stderr, "wrongclock: %s\n", err_text(&err, LANG_EN));
    home_close(h);
    return rc ? 1 : 0;
}
