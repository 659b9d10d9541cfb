/* reading: see reading.h. */
#include "reading.h"

int report_db(struct store *reader, struct db **db, struct err *err)
{
    *db = store_db(reader);
    if (!*db)
        return err_set(err, ERR_REFUSED, "此存储不支持报表", "this store has no reports");
    if (table_set_older(store_tables(reader)))
        return err_set(err, ERR_REFUSED, "数据是旧版本的结构：请先用会写入的命令打开一次（serve 或 load）",
                       "the data has the structure of an older version: open it once with a command that writes (serve or load)");
    return 0;
}

int report_begin(struct store *reader, const char *const *texts, size_t count, struct db **db, struct statements **sql,
                 struct err *err)
{
    int rc = report_db(reader, db, err);

    if (rc < 0 || (rc = statements_open(*db, texts, count, sql, err)) < 0)
        return rc;
    if ((rc = store_begin_read(reader, err)) < 0)
        statements_close(*sql);
    return rc < 0 ? rc : 0;
}

void report_end(struct store *reader, struct statements *sql)
{
    store_end(reader);
    statements_close(sql);
}
