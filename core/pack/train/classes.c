/* classes: see classes.h. */
#include "classes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CLASSES = 255, EXCHANGE_ROUNDS = 8, EXCHANGE_LEAST = 4 };

static int by_words(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;

    if (x->before != y->before)
        return x->before < y->before ? -1 : 1;
    return x->after < y->after ? -1 : x->after > y->after;
}

struct pairs pairs_count(const struct corpus *c)
{
    struct pairs p = {.list = must_have(malloc((c->token_count + 1) * sizeof *p.list))};
    uint32_t before = WORD_END;
    size_t kept = 0;

    for (size_t i = 0; i < c->token_count; i++) {
        p.list[p.count++] = (struct pair){before, c->tokens[i], 1};
        before = c->tokens[i];
    }
    qsort(p.list, p.count, sizeof *p.list, by_words);
    for (size_t i = 0; i < p.count; i++) {
        if (kept > 0 && by_words(&p.list[kept - 1], &p.list[i]) == 0)
            p.list[kept - 1].count++;
        else
            p.list[kept++] = p.list[i];
    }
    p.count = kept;
    return p;
}

/* The class a word starts in: what it is made of, else its part of speech and whether it is one character. */
static void first_kind(const struct word *w, char kind[8])
{
    static const char numerals[] = "一二三四五六七八九十百千万亿零两半几";

    memset(kind, 0, 8);
    if (w->len == 1 && *w->text >= '0' && *w->text <= '9')
        memcpy(kind, "digit", 5);
    else if (w->len == 1)
        memcpy(kind, "ascii", 5);
    else if (!word_is_han(w->text, w->len))
        memcpy(kind, w->seen >= 20 ? w->text : "point", w->seen >= 20 && w->len < 6 ? w->len : 5);
    else if (w->len == 3 && strstr(numerals, w->text) != NULL)
        memcpy(kind, "numeral", 7);
    else if (strcmp(w->kind, "z2") == 0)
        memcpy(kind, "z2", 2);
    else if (strcmp(w->kind, "z1") == 0 || w->kind[0] == 0)
        memcpy(kind, w->len == 3 ? "z1" : "run", 3);
    else {
        kind[0] = w->len == 3 ? '1' : '2';
        memcpy(kind + 1, w->kind, strstr("n v a d m q r p c u f t", w->kind) != NULL || w->kind[0] != 'n' ? 1 : 2);
    }
}

static int first_classes(struct words *w, int most)
{
    char kinds[MOST_CLASSES][8];
    int count = 2;

    for (size_t i = 0; i < w->count; i++) {
        char kind[8];
        int k = 2;

        if (i <= WORD_RARE) {
            w->list[i].class_id = (int)i;
            continue;
        }
        if (!w->list[i].keep)
            continue;
        first_kind(&w->list[i], kind);
        while (k < count && memcmp(kinds[k], kind, 8) != 0)
            k++;
        if (k == count && count < most)
            memcpy(kinds[count++], kind, 8);
        w->list[i].class_id = k < count ? k : count - 1;
    }
    return count;
}

struct exchange {
    const struct words *w;
    const struct pairs *pairs;
    double n[MOST_CLASSES][MOST_CLASSES]; /* class after class */
    double left[MOST_CLASSES], right[MOST_CLASSES];
    int classes;
    size_t *by_after; /* pairs sorted by their second word */
    size_t *first_before, *first_after;
};

static double xlogx(double x)
{
    return x > 0 ? x * log(x) : 0;
}

/* The corpus's likelihood, but for what no exchange changes. */
static double gain_of(const struct exchange *x, const double *to, const double *from, double self, double total,
                      int k)
{
    double gain = 0;

    for (int j = 0; j < x->classes; j++) {
        if (j == k)
            continue;
        if (to[j] > 0)
            gain += xlogx(x->n[k][j] + to[j]) - xlogx(x->n[k][j]);
        if (from[j] > 0)
            gain += xlogx(x->n[j][k] + from[j]) - xlogx(x->n[j][k]);
    }
    gain += xlogx(x->n[k][k] + to[k] + from[k] + self) - xlogx(x->n[k][k]);
    gain -= xlogx(x->left[k] + total) - xlogx(x->left[k]);
    gain -= xlogx(x->right[k] + total) - xlogx(x->right[k]);
    return gain;
}

static void apply(struct exchange *x, const double *to, const double *from, double self, double total, int k,
                  double sign)
{
    for (int j = 0; j < x->classes; j++) {
        x->n[k][j] += sign * to[j];
        x->n[j][k] += sign * from[j];
    }
    x->n[k][k] += sign * self;
    x->left[k] += sign * total;
    x->right[k] += sign * total;
}

static int exchange_word(struct exchange *x, struct words *w, size_t i)
{
    double to[MOST_CLASSES] = {0}, from[MOST_CLASSES] = {0};
    double self = 0, total = 0, best = -1e300;
    const int was = w->list[i].class_id;
    int chosen = was;

    for (size_t p = x->first_before[i]; p < x->first_before[i + 1]; p++) {
        const struct pair *pair = &x->pairs->list[p];
        total += pair->count;
        if (pair->after == i)
            self += pair->count;
        else
            to[w->list[pair->after].class_id] += pair->count;
    }
    for (size_t p = x->first_after[i]; p < x->first_after[i + 1]; p++) {
        const struct pair *pair = &x->pairs->list[x->by_after[p]];
        if (pair->before != i)
            from[w->list[pair->before].class_id] += pair->count;
    }
    apply(x, to, from, self, total, was, -1);
    for (int k = 2; k < x->classes; k++) {
        const double gain = gain_of(x, to, from, self, total, k);
        if (gain > best + 1e-9) {
            best = gain;
            chosen = k;
        }
    }
    apply(x, to, from, self, total, chosen, 1);
    w->list[i].class_id = chosen;
    return chosen != was;
}

static void index_pairs(struct exchange *x, size_t words)
{
    x->first_before = must_have(calloc(words + 2, sizeof *x->first_before));
    x->first_after = must_have(calloc(words + 2, sizeof *x->first_after));
    x->by_after = must_have(malloc((x->pairs->count + 1) * sizeof *x->by_after));
    for (size_t p = 0; p < x->pairs->count; p++) {
        x->first_before[x->pairs->list[p].before + 1]++;
        x->first_after[x->pairs->list[p].after + 2]++;
    }
    for (size_t i = 1; i <= words + 1; i++) {
        x->first_before[i] += x->first_before[i - 1];
        x->first_after[i] += x->first_after[i - 1];
    }
    for (size_t p = 0; p < x->pairs->count; p++)
        x->by_after[x->first_after[x->pairs->list[p].after + 1]++] = p;
}

int classes_make(struct words *w, const struct pairs *pairs, int most)
{
    struct exchange *x = must_have(calloc(1, sizeof *x));

    x->w = w;
    x->pairs = pairs;
    x->classes = first_classes(w, most < MOST_CLASSES ? most : MOST_CLASSES);
    index_pairs(x, w->count);
    for (size_t p = 0; p < pairs->count; p++) {
        const int a = w->list[pairs->list[p].before].class_id, b = w->list[pairs->list[p].after].class_id;
        x->n[a][b] += pairs->list[p].count;
        x->left[a] += pairs->list[p].count;
        x->right[b] += pairs->list[p].count;
    }
    for (int round = 0, moved = 1; round < EXCHANGE_ROUNDS && moved > 0; round++) {
        moved = 0;
        for (size_t i = WORD_RARE + 1; i < w->count; i++) {
            if (w->list[i].keep && w->list[i].seen >= EXCHANGE_LEAST)
                moved += exchange_word(x, w, i);
        }
    }
    const int classes = x->classes;
    free(x->first_before);
    free(x->first_after);
    free(x->by_after);
    free(x);
    return classes;
}
