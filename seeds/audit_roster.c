/* audit_roster: a small RFC 4180 reader, and the roster's rows: every reference must be there, every code be
 * one of the code book, every person and key be unique. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "codes.h"

/* Cuts one line into fields, in place. Returns how many, or 0 when quotes do not close. */
static size_t cut_line(char *line, char **field)
{
    size_t n = 0;
    char *at = line;
    while (n < CSV_FIELDS) {
        char *out = at;
        bool quoted = *at == '"';
        field[n++] = out;
        if (quoted) at++;
        for (; *at; at++) {
            if (quoted && *at == '"' && at[1] != '"') break;
            if (!quoted && (*at == ',' || *at == '\n' || *at == '\r')) break;
            if (quoted && *at == '"') at++;
            *out++ = *at;
        }
        if (quoted && *at++ != '"') return 0;
        bool more = *at == ',';
        *out = '\0';
        if (!more) return n;
        at++;
    }
    return 0;
}

int audit_csv(const char *path, size_t fields, int (*row)(struct audit *a, char **field, struct err *err),
              struct audit *a, struct err *err)
{
    char *line = NULL, *field[CSV_FIELDS];
    size_t cap = 0;
    int rc = 0, number = 0;
    FILE *file = fopen(path, "r");
    if (!file) return err_set(err, ERR_REFUSED, "没有 %s", "there is no %s", path);
    while (rc == 0 && getline(&line, &cap, file) > 0) {
        if (number++ == 0) continue;
        if (cut_line(line, field) != fields)
            rc = err_set(err, ERR_REFUSED, "列数不对", "wrong number of columns");
        else
            rc = row(a, field, err);
    }
    if (rc != 0) err_where(err, rc, "%s 第 %d 行", "%s line %d", path, number);
    free(line);
    fclose(file);
    return rc;
}

static int unknown(struct err *err, const char *what, const char *key)
{
    return err_set(err, ERR_REFUSED, "%s 不存在：%s", "no such %s: %s", what, key);
}

static int add_key(struct keyset *set, const char *key, struct err *err)
{
    bool fresh;
    keyset_add(set, key, &fresh);
    return fresh ? 0 : err_set(err, ERR_REFUSED, "重复：%s", "twice: %s", key);
}

static int region_row(struct audit *a, char **field, struct err *err)
{
    return add_key(&a->regions, field[0], err);
}

static int worker_row(struct audit *a, char **field, struct err *err)
{
    int role = schema_code_find(&codes_worker_role, field[2], strlen(field[2]));
    if (role == 0) return unknown(err, "worker_role", field[2]);
    if (keyset_find(&a->regions, field[5]) < 0) return unknown(err, "region", field[5]);
    a->seen.contacts += role == 1;
    a->seen.resident_cadres += role >= 2 && role <= 4;
    return add_key(&a->workers, field[0], err);
}

static int household_row(struct audit *a, char **field, struct err *err)
{
    if (keyset_find(&a->regions, field[1]) < 0) return unknown(err, "region", field[1]);
    if (a->households.count % 65536 == 0) {
        struct audit_household *more = realloc(a->household, (a->households.count + 65536) * sizeof *more);
        if (!more) return err_nomem(err);
        memset(more + a->households.count, 0, 65536 * sizeof *more);
        a->household = more;
    }
    return add_key(&a->households, field[0], err);
}

/* GB 11643: the check digit, and the birth date within. */
static bool id_valid(const char *id, const char *birth)
{
    static const int weight[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    if (strlen(id) != 18 || strlen(birth) != 10) return false;
    for (int i = 0; i < 17; i++)
        sum += (id[i] - '0') * weight[i];
    return id[17] == "10X98765432"[sum % 11] && strncmp(id + 6, birth, 4) == 0 &&
           strncmp(id + 10, birth + 5, 2) == 0 && strncmp(id + 12, birth + 8, 2) == 0;
}

static int member_row(struct audit *a, char **field, struct err *err)
{
    int64_t household = keyset_find(&a->households, field[0]);
    if (household < 0) return unknown(err, "household", field[0]);
    if (!id_valid(field[2], field[10]))
        return err_set(err, ERR_REFUSED, "证件号码不对：%s", "bad ID number: %s", field[2]);
    a->household[household].people++;
    return add_key(&a->members, field[2], err);
}

static int assignment_row(struct audit *a, char **field, struct err *err)
{
    if (keyset_find(&a->households, field[0]) < 0) return unknown(err, "household", field[0]);
    return keyset_find(&a->workers, field[1]) < 0 ? unknown(err, "worker", field[1]) : 0;
}

int audit_roster(struct audit *a, const char *folder, struct err *err)
{
    static const struct {
        const char *name;
        size_t fields;
        int (*row)(struct audit *a, char **field, struct err *err);
    } files[] = {{"regions", 4, region_row},
                 {"workers", 7, worker_row},
                 {"households", 8, household_row},
                 {"members", 11, member_row},
                 {"assignments", 5, assignment_row}};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof files / sizeof files[0]; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/roster/%s.csv", folder, files[i].name);
        rc = audit_csv(path, files[i].fields, files[i].row, a, err);
    }
    return rc;
}
