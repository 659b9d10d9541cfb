/* schema: THE table of tables. Everything that knows a table or column by name, number, type, label or
 * merge policy asks here: DDL of both stores, packing, validation, CSV and NDJSON, `show` and `list`, merge.
 * Adding a column is one line in core/schema/tables.c.
 *
 * Numbers are never reused, as protobuf field numbers are not. A table's number is 1…63, a column's 1…199;
 * SCHEMA_SYSTEM_* are columns that every row has outside its own data and that only pull answers carry. */
#ifndef ZHUCUN_SCHEMA_H
#define ZHUCUN_SCHEMA_H

#include "zhucun/arena.h"
#include "zhucun/buf.h"
#include "zhucun/err.h"
#include "zhucun/utf8.h"
#include "zhucun/value.h"

enum { SCHEMA_VERSION = 3, SCHEMA_MAX_TABLE = 63, SCHEMA_MAX_COLUMN = 199 };

/* Type of a column, and how its values stand in a struct value (NULL is always allowed there). */
enum schema_type {
    TYPE_TEXT,   /* TEXT, valid UTF-8, at most `limit` code points, no control characters but \n and \t */
    TYPE_INT,    /* INT */
    TYPE_BOOL,   /* INT 0 or 1 */
    TYPE_DATE,   /* INT days since 1970-01-01 */
    TYPE_MINUTE, /* INT minutes since midnight, region time */
    TYPE_MONEY,  /* INT fen (1/100 yuan) */
    TYPE_CODE,   /* INT, a code of `codes` */
    TYPE_SET,    /* INT, bit n set: code n (1…62) of `codes` is in the set */
    TYPE_REGION, /* INT 12-digit statistical code (upper levels padded with zeros on the right) */
    TYPE_REF,    /* BLOB 16, id of a row of table `ref` */
    TYPE_REFSET, /* BLOB 16·n, sorted, no doubles: ids of rows of table `ref` */
    TYPE_HASH    /* BLOB 32, SHA-256 */
};

/* What happens when two people wrote the same cell without having seen each other (core/merge). */
enum schema_policy {
    POLICY_APPEND,    /* belongs to an append-only row: only the row's author changes it */
    POLICY_LATEST,    /* the later observed date wins */
    POLICY_SET,       /* union by element; taking out names what it saw */
    POLICY_STICKY,    /* a risk's closing: holds only if it saw the newest finding */
    POLICY_ATOMIC,    /* rows are never mixed: column changes go as one */
    POLICY_AUTHORITY, /* only `level` and above write; others propose */
    POLICY_ORDER      /* only the issuer writes */
};

/* Levels of people, low to high; a worker's role maps to one (codes of `worker_role`). */
enum schema_level { LEVEL_CONTACT = 1, LEVEL_CADRE, LEVEL_TOWNSHIP, LEVEL_COUNTY, LEVEL_CITY };

enum schema_flag {
    COLUMN_REQUIRED = 1, /* a new row without it is refused; and in a new row it counts from anybody */
    COLUMN_KEY = 2,      /* natural key: CSV and the command line may name the row by it */
    COLUMN_PLACE = 4,    /* the row lives at this region (TYPE_REGION) */
    COLUMN_PARENT = 8,   /* the row lives where the row named here lives (TYPE_REF) */
    COLUMN_PERSONAL = 16,/* sensitive: never in public lists or logs */
    COLUMN_TITLE = 32,   /* shown by `list` on a terminal */
    COLUMN_MERGED = 64   /* set: this row is the same as the one named here, which goes by their natural key */
};

struct schema_code {
    int code;
    const char *zh; /* the official term: what CSV, NDJSON and --json carry */
    const char *en;
    int level; /* worker_role only: enum schema_level */
};

struct schema_codes {
    const char *name;
    const struct schema_code *list;
    size_t count;
};

struct schema_column {
    int number;
    const char *name;
    enum schema_type type;
    int limit;                        /* TEXT: code points */
    const struct schema_codes *codes; /* CODE, SET */
    int ref;                          /* REF, REFSET: table number */
    enum schema_policy policy;
    int level; /* AUTHORITY: enum schema_level */
    unsigned flags;
    int since; /* schema version that brought it */
    const char *zh, *en;
};

struct schema_table {
    int number;
    const char *name;
    const char *zh, *en;
    int level; /* who may make and delete rows: LEVEL_CONTACT means anybody who works here */
    enum schema_policy policy; /* of the row: APPEND, LATEST, ATOMIC, STICKY, AUTHORITY, ORDER */
    const struct schema_column *columns;
    size_t count;
    int since; /* schema version that brought it */
};

/* A schema is passed, not global, so that tests can build one with a column more or fewer. */
struct schema {
    int version;
    const struct schema_table *tables;
    size_t count;
};

const struct schema *schema_current(void);
/* The schema as a program of that version has it (1…SCHEMA_VERSION), made from the tables' and columns' `since`:
 * for tests, so that old laptops can be tried against today's server. Lives in the arena; NULL: no memory. */
const struct schema *schema_at(int version, struct arena *arena);
const struct schema_table *schema_table(const struct schema *s, int number);
const struct schema_table *schema_table_named(const struct schema *s, const char *name); /* name or Chinese label */
const struct schema_column *schema_column(const struct schema_table *t, int number);
const struct schema_column *schema_column_named(const struct schema_table *t, const char *name);
const struct schema_column *schema_flagged(const struct schema_table *t, unsigned flag); /* first with it, or NULL */
int schema_column_index(const struct schema_table *t, const struct schema_column *c);
const char *schema_code_label(const struct schema_codes *codes, int64_t code, enum lang lang); /* NULL: unknown */
int schema_code_level(const struct schema_codes *codes, int64_t code); /* enum schema_level; 0: unknown, or none */
int schema_code_find(const struct schema_codes *codes, const char *text, size_t n); /* by zh, en or number; 0: none */

/* What a program itself says where a person's words could stand: why an entry was settled without a ruling, who "the
 * office" is. Stored in Chinese, read in the reader's language. */
enum schema_said { SAID_WRITTEN = 1, SAID_ANEW, SAID_OFFICE };
struct value schema_said(enum schema_said which);                        /* as it is stored */
struct value schema_heard(const struct value *text, enum lang lang);     /* as it is shown; a person's words as they are */

/* Text form ⇄ value, by type. TYPE_REF accepts only UUIDs here: natural keys need a store (see keys.h of each
 * side). A set is "大病,残疾"; a refset "uuid,uuid". Money is yuan with at most two decimals. An empty text is
 * NULL. Parsed text is borrowed from the input; sets of refs are written to `scratch`. */
int schema_parse(const struct schema_column *c, const char *text, size_t n, struct buf *scratch,
                 struct value *out, struct err *err);
/* Appends the text form; codes as labels in `lang`. NULL appends nothing. */
void schema_format(const struct schema_column *c, const struct value *v, enum lang lang, struct buf *out);

/* Is this value one the column can hold? Used on everything that comes from outside, network included. */
int schema_check(const struct schema_table *t, const struct schema_column *c, const struct value *v, struct err *err);

/* For people who type: what a table's columns take, with their codes, one a line; and the list of tables. */
enum { SCHEMA_DESCRIBE_MAX = 32 * 1024 };
void schema_describe(const struct schema *s, const struct schema_table *t, enum lang lang, struct buf *out);
void schema_describe_all(const struct schema *s, enum lang lang, struct buf *out);

/* DDL. `schema_ddl_columns` appends ", name TYPE" for each data column, in order; the stores add their own
 * system columns around them. */
void schema_ddl_columns(const struct schema_table *t, struct buf *sql);
/* Appends the quoted names of all data columns: "a", "b" */
void schema_column_list(const struct schema_table *t, struct buf *sql);

/* Regions. A scope is a set of 12-digit codes; a code covers all below it. */
int64_t region_code(const char *digits, size_t n);   /* 4, 6, 9 or 12 digits → padded 12-digit code; -1: not one */
int64_t region_last(int64_t code);                   /* greatest code that `code` covers */
int64_t region_parent(int64_t code);                 /* one level up; 0 above the prefecture */
bool region_covers(int64_t upper, int64_t code);
/* The private place of one installation: negative, so that no region's code covers it. */
int64_t region_private(uint64_t origin);

#endif
