/* meddle: SQL on a database behind the programs' back, as a broken disk or a meddler with the keys would. A server's file is
 * opened with the keys beside it; its guard is told that all is well. 0, or negative with the reason in err. */
#ifndef ZHUCUN_TEST_MEDDLE_H
#define ZHUCUN_TEST_MEDDLE_H

#include "zhucun/err.h"

int meddle(const char *file, const char *sql, struct err *err);

#endif
