/* backup: a copy that opens by itself, taken while the server runs. */
#include "cli.h"

int command_backup(struct cli *c, int argc, char **argv)
{
    const char *path = NULL;
    struct store *s;
    size_t words;
    int rc = args_parse(c, argc, argv, NULL, 0, &path, &words, 1);

    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (words == 0)
        return err_set(&c->err, ERR_USAGE, "备份到哪里？zhucun-server backup FILE", "where to? zhucun-server backup FILE");
    if ((rc = open_reader(c, &s)) < 0)
        return rc;
    rc = store_backup(s, path, &c->err);
    store_close(s);
    if (rc >= 0 && !c->json)
        printf("%s %s\n", say(c, "已备份到", "backed up to"), path);
    return rc < 0 ? rc : 0;
}
