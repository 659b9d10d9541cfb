/* damage: runs SQL on a database behind the programs' back, as a broken disk or a meddler would: damage FILE SQL. The
 * guard's function is faked, or its triggers would refuse. */
#include <sqlite3.h>
#include <stdio.h>

static void always(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    (void)argc;
    (void)argv;
    sqlite3_result_int(ctx, 1);
}

int main(int argc, char **argv)
{
    sqlite3 *db = NULL;
    char *why = NULL;
    if (argc != 3) {
        fprintf(stderr, "usage: damage FILE SQL\n");
        return 2;
    }
    int rc = sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_function(db, "zhucun_writing", 0, SQLITE_UTF8 | SQLITE_INNOCUOUS, NULL, always, NULL, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_exec(db, argv[2], NULL, NULL, &why);
    if (rc != SQLITE_OK) fprintf(stderr, "damage: %s\n", why ? why : sqlite3_errmsg(db));
    sqlite3_free(why);
    sqlite3_close(db);
    return rc != SQLITE_OK;
}
