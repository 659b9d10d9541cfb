/* prose: reads the phrase books and expands them, see prose.h for the grammar. */
#include "prose.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"

enum { SECTIONS_MAX = 300, DEPTH_MAX = 24, TEXT_MAX_BYTES = 8192 };

struct way {
    const char *text; /* borrowed from the built-in file */
    uint32_t len;
    uint32_t last; /* the section's count when it was last said; 0: never */
    uint64_t with, without;
};

struct section {
    char name[32];
    struct way *ways;
    uint32_t count, cap, said;
};

struct prose {
    const char *const *tags, *const *facts;
    struct section section[SECTIONS_MAX];
    size_t sections;
    struct buf work;
};

/* What one expansion needs all the way down. */
struct saying {
    struct prose *prose;
    const struct scene *scene;
    struct dice *dice;
    struct buf *out;
    int depth;
};

static struct section *find_section(struct prose *p, const char *name, size_t n)
{
    for (size_t i = 0; i < p->sections; i++) {
        if (strlen(p->section[i].name) == n && memcmp(p->section[i].name, name, n) == 0)
            return &p->section[i];
    }
    return NULL;
}

static int find_name(const char *const *names, const char *name, size_t n)
{
    for (int i = 0; names[i]; i++) {
        if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0) return i;
    }
    return -1;
}

/* "@ill,!phone " at the start of a line. Returns what follows, or NULL for an unknown tag. */
static const char *read_tags(const struct prose *p, const char *at, const char *end, struct way *way)
{
    if (at == end || *at != '@') return at;
    at++;
    while (at < end && *at != ' ') {
        bool not = *at == '!';
        at += not ;
        size_t n = strcspn(at, ", ");
        int bit = find_name(p->tags, at, n);
        if (bit < 0) return NULL;
        *(not ? &way->without : &way->with) |= UINT64_C(1) << bit;
        at += n;
        if (*at == ',') at++;
    }
    return at < end ? at + 1 : end;
}

static int add_way(struct prose *p, struct section *s, const char *at, const char *end, struct err *err)
{
    struct way way = {NULL, 0, 0, 0, 0};
    const char *text = read_tags(p, at, end, &way);
    if (!text)
        return err_set(err, ERR_CORRUPT, "短语 %.*s：没有这个标签", "phrase %.*s: no such tag",
                       (int)(end - at), at);
    if (s->count == s->cap) {
        uint32_t cap = s->cap ? 2 * s->cap : 16;
        struct way *more = realloc(s->ways, cap * sizeof *more);
        if (!more) return err_nomem(err);
        s->ways = more;
        s->cap = cap;
    }
    way.text = text;
    way.len = (uint32_t)(end - text);
    s->ways[s->count++] = way;
    return 0;
}

static int read_book(struct prose *p, const struct data_file *file, struct err *err)
{
    struct section *s = NULL;
    for (const char *at = file->text; *at;) {
        const char *end = at + strcspn(at, "\n");
        if (*at == '[') {
            size_t n = strcspn(at + 1, "]\n");
            if (p->sections == SECTIONS_MAX || n >= sizeof s->name) {
                return err_set(err, ERR_CORRUPT, "%s：小节过多或名称过长",
                               "%s: too many sections or too long a name", file->name);
            }
            s = find_section(p, at + 1, n);
            if (!s) s = &p->section[p->sections++];
            memcpy(s->name, at + 1, n);
        } else if (end > at && *at != '#' && s) {
            int rc = add_way(p, s, at, end, err);
            if (rc != 0) return rc;
        }
        at = *end ? end + 1 : end;
    }
    return 0;
}

/* Each {name} of a way must be a number, a fact or a section. */
static int check_way(struct prose *p, const struct way *way, struct err *err)
{
    const char *end = way->text + way->len;
    for (const char *at = way->text; at < end; at++) {
        if (*at != '{') continue;
        const char *name = at + 1;
        size_t n = strcspn(name, "}\n");
        if (isdigit((unsigned char)*name)) continue;
        if (find_name(p->facts, name, n) >= 0 || find_section(p, name, n)) continue;
        return err_set(err, ERR_CORRUPT, "短语里的 {%.*s} 不存在",
                       "a phrase names {%.*s}, which is not there", (int)n, name);
    }
    return 0;
}

int prose_load(struct prose **prose, const char *const *tag_names, const char *const *fact_names,
               struct err *err)
{
    struct prose *p = calloc(1, sizeof *p);
    int rc = p ? 0 : err_nomem(err);
    if (p) {
        p->tags = tag_names;
        p->facts = fact_names;
        buf_init(&p->work, TEXT_MAX_BYTES);
    }
    for (size_t i = 0; rc == 0 && i < data_count; i++) {
        bool book = strncmp(data_files[i].name, "prose/", 6) == 0 &&
                    strcmp(data_files[i].name, "prose/names.txt") != 0;
        if (book) rc = read_book(p, &data_files[i], err);
    }
    for (size_t i = 0; rc == 0 && p && i < p->sections; i++) {
        for (uint32_t k = 0; rc == 0 && k < p->section[i].count; k++)
            rc = check_way(p, &p->section[i].ways[k], err);
    }
    if (rc != 0) {
        prose_free(p);
        return rc;
    }
    *prose = p;
    return 0;
}

void prose_free(struct prose *prose)
{
    if (!prose) return;
    for (size_t i = 0; i < prose->sections; i++)
        free(prose->section[i].ways);
    buf_free(&prose->work);
    free(prose);
}

static bool way_fits(const struct way *w, const struct scene *scene)
{
    return (w->with & ~scene->tags) == 0 && (w->without & scene->tags) == 0;
}

/* A random way among those that fit; when most of them were said lately, the one that rested longest. */
static struct way *choose_way(struct section *s, const struct scene *scene, struct dice *dice)
{
    uint32_t fit = 0, rested = 0, rest;
    struct way *oldest = NULL;
    for (uint32_t i = 0; i < s->count; i++)
        fit += way_fits(&s->ways[i], scene);
    rest = fit / 2;
    for (uint32_t i = 0; i < s->count; i++) {
        struct way *w = &s->ways[i];
        if (!way_fits(w, scene)) continue;
        if (!oldest || w->last < oldest->last) oldest = w;
        rested += w->last == 0 || s->said - w->last >= rest;
    }
    if (rested < 2) return oldest;
    uint32_t k = dice_below(dice, rested);
    for (uint32_t i = 0; i < s->count; i++) {
        struct way *w = &s->ways[i];
        if (!way_fits(w, scene) || !(w->last == 0 || s->said - w->last >= rest)) continue;
        if (k-- == 0) return w;
    }
    return oldest;
}

static void expand(struct saying *say, const char *at, const char *end);

static void say_section(struct saying *say, struct section *s)
{
    struct way *w = choose_way(s, say->scene, say->dice);
    if (!w || say->depth >= DEPTH_MAX) return;
    w->last = ++s->said;
    say->depth++;
    expand(say, w->text, w->text + w->len);
    say->depth--;
}

/* {a-b} or {a-b/step}. */
static void say_number(struct saying *say, const char *text)
{
    int low = 0, high = 0, step = 1;
    if (sscanf(text, "%d-%d/%d", &low, &high, &step) < 2 || step < 1 || high < low) return;
    buf_printf(say->out, "%d", low + step * dice_between(say->dice, 0, (high - low) / step));
}

static void say_slot(struct saying *say, const char *name, size_t n)
{
    if (isdigit((unsigned char)*name)) {
        say_number(say, name);
        return;
    }
    for (size_t i = 0; i < say->scene->facts; i++) {
        const char *fact = say->scene->fact[i].name;
        if (strlen(fact) != n || memcmp(fact, name, n) != 0) continue;
        buf_put_text(say->out, say->scene->fact[i].text);
        return;
    }
    struct section *s = find_section(say->prose, name, n);
    if (s) say_section(say, s);
}

/* `at` stands behind '('. Finds the options at this depth, expands one, returns the place behind ')'. */
static const char *say_options(struct saying *say, const char *at, const char *end)
{
    const char *start[24], *stop[24];
    int depth = 1, n = 0;
    start[0] = at;
    for (; at < end && depth > 0; at++) {
        if (*at == '(') depth++;
        if (*at == ')') depth--;
        if (depth == 0 || (depth == 1 && *at == '|')) {
            stop[n++] = at;
            if (depth == 0 || n == 24) break;
            start[n] = at + 1;
        }
    }
    if (n > 0) {
        int k = (int)dice_below(say->dice, (uint32_t)n);
        expand(say, start[k], stop[k]);
    }
    return at < end ? at + 1 : end;
}

static void expand(struct saying *say, const char *at, const char *end)
{
    while (at < end) {
        size_t plain = 0;
        while (at + plain < end && at[plain] != '{' && at[plain] != '(')
            plain++;
        buf_put(say->out, at, plain);
        at += plain;
        if (at >= end) break;
        if (*at == '(') {
            at = say_options(say, at + 1, end);
        } else {
            size_t n = strcspn(at + 1, "}\n");
            say_slot(say, at + 1, n);
            at += n + 2;
        }
    }
}

static bool is_mark(const char *at)
{
    static const char *const marks[] = {"，", "。", "；", "、", "：", "！"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (strncmp(at, marks[i], 3) == 0) return true;
    }
    return false;
}

/* An optional part that stayed empty leaves two marks side by side, or one at the start: the stronger (。) of
 * two stays, a leading one goes. */
static void mend(const char *text, struct buf *out)
{
    bool first = true;
    for (; *text; text++) {
        if (!is_mark(text)) {
            buf_put_u8(out, (uint8_t)*text);
            first = false;
            continue;
        }
        const char *keep = text;
        while (is_mark(text + 3)) {
            text += 3;
            if (strncmp(keep, "。", 3) != 0) keep = text;
        }
        if (!first) buf_put(out, keep, 3);
        text += 2;
    }
}

void prose_say(struct prose *prose, const char *section, const struct scene *scene, struct dice *dice,
               struct buf *out)
{
    struct section *s = find_section(prose, section, strlen(section));
    struct saying say = {prose, scene, dice, &prose->work, 0};
    if (!s) return;
    buf_reset(&prose->work);
    say_section(&say, s);
    mend(buf_text(&prose->work), out);
}
