/* home: the laptop's folder — lock, database, identity. HOME/zhucun.db holds the synced tables (shown state:
 * what the server said, with unreceived local changes over it), the journal, receipts and the overlay.
 *
 * Agent-side system columns of every synced table (table_row.system, in this order). */
#ifndef ZHUCUN_HOME_H
#define ZHUCUN_HOME_H

#include "zhucun/db.h"
#include "zhucun/env.h"
#include "zhucun/table.h"

enum home_system {
    HOME_SEQ,      /* _seq: last local changeset that touched the row; NULL: never */
    HOME_CSN,      /* _csn: server's number of the state below the overlay; 0: the server has not told it yet */
    HOME_HASH,     /* _hash: row_hash of that state (as int64); NULL when the server has not told it */
    HOME_AUTHOR,   /* _author: worker id (16 bytes) or NULL */
    HOME_AUTHORED, /* _authored: ms, author's raw clock */
    HOME_RECEIVED, /* _received: ms, server's clock; NULL: not told */
    HOME_SYSTEM_COUNT
};

/* Each module keeps its SQL in one const table and its prepared statements here, for as long as the home is open. */
enum home_module { HOME_SQL_META, HOME_SQL_JOURNAL, HOME_SQL_APPLY, HOME_SQL_INBOX, HOME_SQL_MODULES };

struct home {
    struct db *db;
    struct table_set *tables;
    struct statements *sql[HOME_SQL_MODULES]; /* prepared at first use: home_statement */
    const struct schema *schema;
    const struct env *env;
    uint64_t origin;
    char dir[512];
};

enum { HOME_APPLICATION_ID = 0x5a435541 }; /* "ZCUA" */

/* Makes a home: DIR (0700), database, a fresh origin. ERR_REFUSED when there is one already. */
int home_create(struct home **out, const char *dir, const struct env *env, struct err *err);
/* Opens one. DB_READ beside a writer, DB_WRITE takes the lock (waits up to 5 s). `schema` NULL: current. */
int home_open(struct home **out, const char *dir, enum db_mode mode, const struct schema *schema, const struct env *env,
              struct err *err);
void home_close(struct home *h);

/* Statement `which` of a module's table, reset and unbound. */
int home_statement(struct home *h, enum home_module module, const char *const *sql, size_t count, size_t which,
                   sqlite3_stmt **out, struct err *err);

/* Small facts, table meta(key TEXT PRIMARY KEY, value). Keys are the constants below, nothing else. */
#define META_ORIGIN       "origin"
#define META_SERVER       "server"          /* URL */
#define META_SUITE        "suite"           /* of the server that it is enrolled at; pairing.h has these five */
#define META_SIGN         "sign_key"
#define META_BOX          "box_key"
#define META_SERVER_SIGN  "server_sign_key"
#define META_SERVER_BOX   "server_box_key"
#define META_DEVICE       "device"
#define META_EPOCH        "epoch"
#define META_CURSOR       "cursor"          /* csn applied: `base` of new changesets */
#define META_PLACES       "places"          /* ascending codes, comma separated */
#define META_HOUSEHOLDS   "households"      /* ascending ids, comma separated: of a scope by household */
#define META_WORKERS      "workers"
#define META_LAST_CONTACT "last_contact_ms" /* server's clock at the last answer */
#define META_SKEW         "skew_ms"
#define META_SCOPE_COUNT  "scope_count"     /* rows the server has told, and the sum of their hashes */
#define META_SCOPE_SUM    "scope_sum"
#define META_VERIFIED     "verified_csn"    /* cursor at which count and fingerprint last agreed */
#define META_REFUSAL      "refusal"         /* why the server refused the last round, Chinese \n English; "": it did not */
#define META_SCHEMA       "schema"          /* schema version of the program that wrote last */
#define META_SNAPSHOT     "snapshot"        /* enum home_snapshot */
#define META_MENDED       "mended_csn"      /* cursor at which rows were last compared because sums differed */
#define META_RENEWED      "renewed"         /* 1: comparing did not mend, a snapshot was asked for, and sums never agreed since */
#define META_TALLIED      "tallied_seq"     /* own visits up to here are tallied (agent/journal/tally.c) */
#define META_CHECKED      "checked_ms"      /* when all rows here were last hashed anew */

enum home_snapshot {
    SNAPSHOT_NONE,
    SNAPSHOT_WANTED,  /* the next pull asks for everything anew */
    SNAPSHOT_RUNNING, /* some of its pages are applied, or rows were compared; the last page of a pull is not applied */
    SNAPSHOT_MENDING  /* rows are compared with the server's before the next pull (agent/apply/mend.h) */
};
int home_meta_int(struct home *h, const char *key, int64_t fallback, int64_t *out, struct err *err);
int home_meta_text(struct home *h, const char *key, char *out, size_t n, struct err *err); /* "" when missing */
int home_meta_set_int(struct home *h, const char *key, int64_t value, struct err *err);
int home_meta_set_text(struct home *h, const char *key, const char *value, struct err *err);

#endif
