/* visits: see visits.h. */
#include "visits.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "capture.h"
#include "journal.h"

enum { MAX_ARENA = 512 * 1024 * 1024, MAX_LINE = 4096 };

/* ---- texts ---- */

void texts_read(struct texts *t, const char *file)
{
    char line[MAX_LINE];
    size_t room = 0;
    FILE *in = fopen(file, "r");
    *t = (struct texts){0};
    if (!in) die(file, NULL);
    while (fgets(line, sizeof line, in)) {
        line[strcspn(line, "\r\n")] = '\0';
        if (!line[0] || line[0] == '#') continue;
        if (t->count == room) t->list = realloc(t->list, (room = room ? 2 * room : 256) * sizeof *t->list);
        if (!t->list) die("no memory", NULL);
        t->list[t->count++] = strdup(line);
    }
    fclose(in);
}

void texts_free(struct texts *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->list[i]);
    free(t->list);
}

/* ---- acts ---- */

static bool is_visit(const json_t *change)
{
    const char *table = json_string_value(json_object_get(change, "table"));
    const char *op = json_string_value(json_object_get(change, "op"));
    return table && op && strcmp(table, "visit") == 0 && strcmp(op, "put") == 0;
}

/* Leaves only the first visit; false: there is none. */
static bool keep_visit(json_t *act, const char *summary)
{
    json_t *changes = json_object_get(act, "changes"), *visit = NULL;
    for (size_t i = 0; i < json_array_size(changes) && !visit; i++)
        if (is_visit(json_array_get(changes, i))) visit = json_incref(json_array_get(changes, i));
    if (!visit) return false;
    json_object_del(visit, "tag");
    if (summary) json_object_set_new(json_object_get(visit, "values"), "summary", json_string(summary));
    json_array_clear(changes);
    json_array_append_new(changes, visit);
    return true;
}

size_t visits_filter(const char *from, FILE *to, size_t most, const struct texts *texts, size_t *next)
{
    size_t count = 0;
    FILE *in = fopen(from, "r");
    if (!in) die(from, NULL);
    while (count < most && (!texts || *next < texts->count)) {
        json_error_t why;
        json_t *act = json_loadf(in, JSON_DISABLE_EOF_CHECK, &why);
        if (!act) break;
        if (keep_visit(act, texts ? texts->list[*next] : NULL)) {
            json_dumpf(act, to, JSON_COMPACT);
            fputc('\n', to);
            count++;
            if (texts) ++*next;
        }
        json_decref(act);
    }
    fclose(in);
    return count;
}

/* ---- changesets ---- */

static void read_back(struct visits *v, struct home *h, uint64_t first)
{
    struct journal_head head;
    struct err err = {0};
    must(journal_head(h, &head, &err), "journal", &err);
    must(journal_hash(h, first - 1, &v->before, &err), "journal", &err);
    size_t want = (size_t)(head.seq - first + 1);
    must(journal_read(h, first, want, SIZE_MAX, &v->arena, &v->list, &v->count, &err), "journal", &err);
    if (v->count != want) die("the journal is shorter than its head", NULL);
}

void visits_import(struct visits *v, struct laptop *l, FILE *acts)
{
    struct journal_head head;
    struct acts_report report = {0};
    struct err err = {0};
    arena_init(&v->arena, MAX_ARENA);
    must(journal_head(l->home, &head, &err), "journal", &err);
    rewind(acts);
    must(acts_import(l->home, acts, &report, &err), "acts", &err);
    read_back(v, l->home, head.seq + 1);
}

static int teams_only(const struct dirent *e)
{
    return e->d_name[0] == 'T' && !strstr(e->d_name, ".w3");
}

void visits_of_city(struct visits *v, const struct stage *s, struct laptop *l, size_t most)
{
    char folder[300], path[600];
    struct dirent **names;
    size_t count = 0;
    FILE *acts = tmpfile();
    snprintf(folder, sizeof folder, "%s/acts", s->city);
    int n = scandir(folder, &names, teams_only, alphasort);
    if (!acts || n <= 0) die(folder, NULL);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        if (count < most) count += visits_filter(path, acts, most - count, NULL, NULL);
        free(names[i]);
    }
    free(names);
    visits_import(v, l, acts);
    fclose(acts);
}

void visits_free(struct visits *v)
{
    arena_free(&v->arena);
}

void visits_put(struct capture *c, const struct home *h, const struct changeset *visit, struct row_id *id)
{
    const struct change *change = &visit->changes[0];
    const struct schema_table *t = schema_table(h->schema, change->table);
    struct err err = {0};
    must(capture_put(c, t, change->cells, change->count, id, &err), "capture", &err);
}
