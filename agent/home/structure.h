/* structure: the DDL of HOME/zhucun.db apart from the synced tables, and these tables' system columns. */
#ifndef ZHUCUN_HOME_STRUCTURE_H
#define ZHUCUN_HOME_STRUCTURE_H

#include "home.h"

extern const char *const home_migrations[];
extern const int home_migration_count;
extern const struct table_side home_side;

#endif
