/* laptops: the list of devices with their enrolment codes, as `zhucun-server enrol --batch` writes it. */
#include <stdlib.h>
#include <string.h>

#include "fleet.h"
#include "zhucun/csv.h"

static const struct csv_field *field(const struct csv_record *r, const char *name)
{
    for (size_t i = 0; i < r->count; i++) {
        if (strcmp(r->names[i].text, name) == 0) return &r->fields[i];
    }
    return NULL;
}

static int add(struct laptops *l, const struct csv_record *r, const struct fleet_options *o, struct err *err)
{
    const struct csv_field *name = field(r, "laptop"), *code = field(r, "code"), *wave = field(r, "wave");
    struct laptop one = {.wave = wave ? atoi(wave->text) : 1};
    if (!name || !code || name->n >= sizeof one.name || code->n >= sizeof one.code)
        return err_set(err, ERR_REFUSED, "第 %zu 行：缺少 laptop 或 code 列", "line %zu: column laptop or code is missing", r->line);
    if (o->wave && one.wave != o->wave) return 0;
    memcpy(one.name, name->text, name->n);
    memcpy(one.code, code->text, code->n);
    if ((l->count & (l->count - 1)) == 0) {
        struct laptop *list = realloc(l->list, (l->count ? l->count * 2 : 1) * sizeof *list);
        if (!list) return err_nomem(err);
        l->list = list;
    }
    l->list[l->count++] = one;
    return 0;
}

int laptops_read(struct laptops *l, const struct fleet_options *o, struct err *err)
{
    struct csv_reader *reader;
    struct csv_record record;
    *l = (struct laptops){0};
    FILE *in = fopen(o->codes, "rb");
    if (!in) return err_set(err, ERR_DISK, "打不开 %s", "cannot open %s", o->codes);
    int rc = csv_open(&reader, in, csv_format_of(o->codes), err);
    if (rc == 0) {
        while (rc == 0 && (rc = csv_next(reader, &record, err)) == 1)
            rc = o->devices && l->count == o->devices ? 0 : add(l, &record, o, err);
        csv_close(reader);
    }
    fclose(in);
    if (rc == 0 && l->count == 0)
        rc = err_set(err, ERR_REFUSED, "%s 中没有要用的设备", "there is no device to run in %s", o->codes);
    return rc;
}

void laptops_free(struct laptops *l)
{
    free(l->list);
}
