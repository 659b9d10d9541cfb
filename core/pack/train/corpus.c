/* corpus: see corpus.h. */
#include "corpus.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LONGEST_RUN = 8, ROUNDS = 8, PRUNE_ROUND = 4 };

static void add_line(struct corpus *c, const char *text, size_t n)
{
    if (n == 0)
        return;
    if (c->count == c->cap) {
        c->cap = c->cap == 0 ? 1024 : 2 * c->cap;
        c->lines = must_have(realloc(c->lines, c->cap * sizeof *c->lines));
        c->lens = must_have(realloc(c->lens, c->cap * sizeof *c->lens));
    }
    c->lines[c->count] = must_have(malloc(n + 1));
    memcpy(c->lines[c->count], text, n);
    c->lines[c->count][n] = 0;
    c->lens[c->count++] = n;
}

static int read_file(struct corpus *c, const char *path)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;

    if (f == NULL)
        return -1;
    while ((n = getline(&line, &cap, f)) >= 0) {
        while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
            n--;
        add_line(c, line, (size_t)n);
    }
    free(line);
    fclose(f);
    return 0;
}

int corpus_read(struct corpus *c, const char *path)
{
    struct dirent **names;
    struct stat st;
    int rc = 0;

    if (stat(path, &st) < 0)
        return -1;
    if (!S_ISDIR(st.st_mode))
        return read_file(c, path);
    const int n = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char file[4096];
        const size_t len = strlen(names[i]->d_name);

        snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
        if (len > 4 && strcmp(names[i]->d_name + len - 4, ".txt") == 0 && read_file(c, file) < 0)
            rc = -1;
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    return n < 0 ? -1 : rc;
}

void corpus_free(struct corpus *c)
{
    for (size_t i = 0; i < c->count; i++)
        free(c->lines[i]);
    free(c->lines);
    free(c->lens);
    free(c->tokens);
}

static size_t width(const char *text)
{
    const uint8_t lead = (uint8_t)*text;

    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

bool word_is_han(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i += 3) {
        const uint8_t lead = (uint8_t)text[i];
        if (n - i < 3 || lead < 0xE4 || lead > 0xE9)
            return false;
    }
    return n > 0;
}

void corpus_candidates(const struct corpus *c, struct words *w, double least)
{
    for (size_t i = 0; i < c->count; i++) {
        const char *text = c->lines[i];

        for (size_t at = 0; at < c->lens[i]; at += width(text + at)) {
            struct word *one = words_entry(w, text + at, width(text + at));
            one->raw++;
            one->keep = one->keep || width(text + at) < 4;
            for (size_t n = 6; n <= 3 * LONGEST_RUN && at + n <= c->lens[i] && word_is_han(text + at, n); n += 3)
                words_entry(w, text + at, n)->raw++;
        }
    }
    for (size_t i = WORD_RARE + 1; i < w->count; i++)
        w->list[i].keep = w->list[i].keep || w->list[i].raw >= least;
}

static double price(const struct word *w)
{
    return w->keep && w->share > 0 ? -log2(w->share) : 1e9;
}

static void push_token(struct corpus *c, uint32_t token)
{
    if (c->token_count == c->token_cap) {
        c->token_cap = c->token_cap == 0 ? 65536 : 2 * c->token_cap;
        c->tokens = must_have(realloc(c->tokens, c->token_cap * sizeof *c->tokens));
    }
    c->tokens[c->token_count++] = token;
}

/* Cheapest parse of one line; its words are appended in order. */
static void parse_line(struct corpus *c, const struct words *w, const char *text, size_t n)
{
    double *cost = must_have(malloc((n + 1) * sizeof *cost));
    uint32_t *last = must_have(malloc((n + 1) * sizeof *last));
    size_t *from = must_have(malloc((n + 1) * sizeof *from));

    for (size_t i = 0; i <= n; i++)
        cost[i] = i == 0 ? 0 : 1e18;
    for (size_t at = 0; at < n; at += width(text + at)) {
        for (size_t end = at + width(text + at); end <= n && end - at <= WORD_MAX_BYTES;) {
            const long found = words_find(w, text + at, end - at);
            double step = found < 0 ? 1e9 : price(&w->list[found]);
            uint32_t token = (uint32_t)found;
            if (end == at + width(text + at) && step >= 1e9) {
                step = 33;
                token = WORD_RARE;
            }
            if (step < 1e9 && cost[at] + step < cost[end]) {
                cost[end] = cost[at] + step;
                last[end] = token;
                from[end] = at;
            }
            if (end == n)
                break;
            end += width(text + end);
        }
    }
    const size_t first = c->token_count;
    for (size_t at = n; at > 0; at = from[at])
        push_token(c, last[at]);
    for (size_t i = first, j = c->token_count - 1; i < j; i++, j--) {
        const uint32_t swap = c->tokens[i];
        c->tokens[i] = c->tokens[j];
        c->tokens[j] = swap;
    }
    push_token(c, WORD_END);
    free(cost);
    free(last);
    free(from);
}

static void parse_all(struct corpus *c, struct words *w)
{
    c->token_count = 0;
    for (size_t i = 0; i < c->count; i++)
        parse_line(c, w, c->lines[i], c->lens[i]);
    for (size_t i = 0; i < w->count; i++)
        w->list[i].seen = 0;
    for (size_t i = 0; i < c->token_count; i++)
        w->list[c->tokens[i]].seen++;
}

static void share_out(const struct corpus *c, struct words *w, double prior_weight)
{
    double sum = 0;

    for (size_t i = 0; i < w->count; i++)
        sum += w->list[i].keep ? w->list[i].prior : 0;
    for (size_t i = 0; i < w->count; i++) {
        struct word *word = &w->list[i];
        const double seen = word->seen + prior_weight * word->prior / sum;
        word->share = seen / ((double)c->token_count + prior_weight);
        if (word->share < 1e-8)
            word->share = 1e-8;
    }
}

void corpus_estimate(struct corpus *c, struct words *w, double prior_weight, double least)
{
    w->list[WORD_END].keep = w->list[WORD_RARE].keep = true;
    for (size_t i = 0; i < w->count; i++) { /* start from raw counts, long runs held down */
        w->list[i].seen = w->list[i].prior > 0 ? w->list[i].raw : w->list[i].raw / 2;
        c->token_count += (size_t)w->list[i].seen;
    }
    for (int round = 0; round < ROUNDS; round++) {
        share_out(c, w, prior_weight);
        parse_all(c, w);
        if (round < PRUNE_ROUND)
            continue;
        for (size_t i = WORD_RARE + 1; i < w->count; i++) {
            struct word *word = &w->list[i];
            if (word->prior == 0 && word->len > 4 && word->seen < least)
                word->keep = false;
        }
    }
    share_out(c, w, prior_weight);
    w->list[WORD_RARE].share = 1e-4;
}
