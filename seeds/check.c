#include "check.h"
int check_folder(const char *folder, struct err *err) { return err_set(err, ERR_REFUSED, "%s", "%s", folder); }
