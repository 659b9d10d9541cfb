/* book_write: see book_write.h. */
#include "book_write.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../text_book.h"
#include "../text_parse.h"

enum { ROW_SUM = 4096, TOTAL = BOOK_TOTAL };

struct writer {
    const struct words *w;
    const struct pairs *pairs;
    const struct tuning *tuning;
    int classes;
    uint32_t *word_of;  /* token → word */
    uint32_t *token_of; /* word → token */
    size_t tokens;
    double *contexts;   /* word: how many different words stand before it */
    struct buf *out;
};

static void put_u16(struct buf *out, uint32_t v)
{
    buf_put_u8(out, (uint8_t)v);
    buf_put_u8(out, (uint8_t)(v >> 8));
}

static void put_u32(struct buf *out, uint32_t v)
{
    put_u16(out, v & 0xFFFF);
    put_u16(out, v >> 16);
}

/* Spreads `total` over n shares, at least 1 each; what rounding leaves goes to the greatest. */
static void spread(const double *shares, size_t n, uint32_t total, uint32_t *out)
{
    double sum = 0;
    uint32_t given = 0;

    for (size_t i = 0; i < n; i++)
        sum += shares[i];
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint32_t)((double)(total - n) * shares[i] / sum) + 1;
        given += out[i];
    }
    size_t greatest = 0;
    for (size_t i = 1; i < n; i++)
        greatest = out[i] > out[greatest] ? i : greatest;
    out[greatest] += total - given;
}

static const struct words *sorting; /* qsort has no argument for it; the trainer is one thread */

static int by_class(const void *a, const void *b)
{
    const uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    const struct word *x = &sorting->list[i], *y = &sorting->list[j];

    if (x->class_id != y->class_id)
        return x->class_id < y->class_id ? -1 : 1;
    if (x->share > y->share || x->share < y->share)
        return x->share > y->share ? -1 : 1;
    return i < j ? -1 : i > j;
}

static void number_tokens(struct writer *b)
{
    b->word_of = must_have(calloc(b->w->count, sizeof *b->word_of));
    b->token_of = must_have(calloc(b->w->count, sizeof *b->token_of));
    b->contexts = must_have(calloc(b->w->count, sizeof *b->contexts));
    for (size_t i = 0; i < b->w->count; i++) {
        if (b->w->list[i].keep)
            b->word_of[b->tokens++] = (uint32_t)i;
    }
    sorting = b->w;
    qsort(b->word_of, b->tokens, sizeof *b->word_of, by_class);
    for (size_t t = 0; t < b->tokens; t++)
        b->token_of[b->word_of[t]] = (uint32_t)t;
    for (size_t p = 0; p < b->pairs->count; p++)
        b->contexts[b->pairs->list[p].after]++;
}

static const struct word *word_at(const struct writer *b, size_t token)
{
    return &b->w->list[b->word_of[token]];
}

static void write_class_first(struct writer *b)
{
    size_t t = 0;

    for (int k = 0; k <= b->classes; k++) {
        while (t < b->tokens && word_at(b, t)->class_id < k)
            t++;
        put_u16(b->out, (uint32_t)t);
    }
}

/* How likely a word is when the list of followers did not have it: by the number of its contexts. */
static double lower_share(const struct writer *b, size_t token)
{
    const struct word *w = word_at(b, token);
    const double prior = w->share - w->seen / ((double)b->pairs->count + b->tuning->prior_weight);

    return b->contexts[b->word_of[token]] + (prior > 0 ? prior : 0) * b->tuning->prior_weight +
           w->share * b->tuning->prior_weight * 0.1 + 1e-4;
}

static void write_starts(struct writer *b)
{
    double *shares = must_have(malloc(b->tokens * sizeof *shares));
    uint32_t *spans = must_have(malloc(b->tokens * sizeof *spans));
    size_t from = 0;

    while (from < b->tokens) {
        size_t to = from;
        uint32_t at = 0;

        for (; to < b->tokens && word_at(b, to)->class_id == word_at(b, from)->class_id; to++)
            shares[to - from] = lower_share(b, to);
        spread(shares, to - from, TOTAL, spans);
        for (size_t t = from; t < to; t++) {
            put_u16(b->out, at);
            at += spans[t - from];
        }
        from = to;
    }
    free(shares);
    free(spans);
}

static void write_costs(struct writer *b)
{
    for (size_t t = 0; t < b->tokens; t++) {
        const double bits = -256 * log2(word_at(b, t)->share);
        put_u16(b->out, bits > 65535 ? 65535 : (uint32_t)bits);
    }
}

static void write_rows(struct writer *b)
{
    const size_t k = (size_t)b->classes;
    double *n = must_have(calloc(k * k, sizeof *n));
    double *overall = must_have(calloc(k, sizeof *overall));
    uint32_t *row = must_have(malloc(k * sizeof *row));
    double sum = 0;

    for (size_t p = 0; p < b->pairs->count; p++) {
        const struct pair *pair = &b->pairs->list[p];
        n[(size_t)b->w->list[pair->before].class_id * k + (size_t)b->w->list[pair->after].class_id]++;
    }
    for (size_t t = 0; t < b->tokens; t++) {
        overall[word_at(b, t)->class_id] += lower_share(b, t);
        sum += lower_share(b, t);
    }
    for (size_t i = 0; i < k; i++) {
        for (size_t j = 0; j < k; j++)
            n[i * k + j] += b->tuning->class_weight * overall[j] / sum;
        spread(n + i * k, k, ROW_SUM, row);
        for (size_t j = 0; j < k; j++)
            put_u16(b->out, row[j]);
    }
    free(n);
    free(overall);
    free(row);
}

static double discount(const struct tuning *t, double count)
{
    return t->discount[count < 1.5 ? 0 : count < 2.5 ? 1 : 2];
}

/* A list stands by ascending token, so that the encoder can search it. */
static const uint32_t *numbering;

static int by_token(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    const uint32_t i = numbering[x->after], j = numbering[y->after];

    return i < j ? -1 : i > j;
}

/* The list of one word: share 0 is leaving it. Returns how many followers it keeps. */
static size_t list_of(const struct writer *b, struct pair *pairs, size_t n, double *shares)
{
    size_t kept = 0;

    numbering = b->token_of;
    qsort(pairs, n, sizeof *pairs, by_token);
    shares[0] = 0.02;
    for (size_t i = 0; i < n; i++) {
        const double off = discount(b->tuning, pairs[i].count);
        shares[0] += off;
        if (pairs[i].count >= b->tuning->pair_least && pairs[i].after != WORD_RARE) {
            pairs[kept] = pairs[i];
            shares[++kept] = pairs[i].count - off;
        } else {
            shares[0] += pairs[i].count - off;
        }
    }
    return kept;
}

static void write_followers(struct writer *b, struct buf *first, struct buf *token, struct buf *start)
{
    struct pair *own = must_have(malloc((b->pairs->count + 1) * sizeof *own));
    double *shares = must_have(malloc((b->pairs->count + 1) * sizeof *shares));
    uint32_t *spans = must_have(malloc((b->pairs->count + 1) * sizeof *spans));
    size_t *place = must_have(calloc(b->w->count + 1, sizeof *place));

    for (size_t p = b->pairs->count; p-- > 0;)
        place[b->pairs->list[p].before] = p;
    for (size_t t = 0; t < b->tokens; t++) {
        size_t n = 0;

        put_u32(first, (uint32_t)(token->len / 2));
        for (size_t p = place[b->word_of[t]];
             p < b->pairs->count && b->pairs->list[p].before == b->word_of[t]; p++)
            own[n++] = b->pairs->list[p];
        n = list_of(b, own, n, shares);
        if (n == 0)
            continue;
        spread(shares, n + 1, TOTAL, spans);
        uint32_t at = spans[0];
        for (size_t i = 0; i < n; i++) {
            put_u16(token, b->token_of[own[i].after]);
            put_u16(start, at);
            at += spans[i + 1];
        }
    }
    put_u32(first, (uint32_t)(token->len / 2));
    free(own);
    free(shares);
    free(spans);
    free(place);
}

static void write_texts(struct writer *b, struct buf *text)
{
    for (size_t t = 0; t < b->tokens; t++) {
        put_u32(b->out, (uint32_t)text->len);
        if (b->word_of[t] > WORD_RARE)
            buf_put(text, word_at(b, t)->text, word_at(b, t)->len);
    }
    put_u32(b->out, (uint32_t)text->len);
}

/* A trie node while it is built: tokens from…to−1 of the sorted list share its first `depth` bytes. */
struct branch {
    size_t from, to, depth;
    uint32_t code_point, token, first;
};

static int by_text(const void *a, const void *b)
{
    const struct word *x = &sorting->list[*(const uint32_t *)a], *y = &sorting->list[*(const uint32_t *)b];

    return strcmp(x->text, y->text);
}

static size_t grow(const struct writer *b, const uint32_t *sorted, struct branch *nodes, size_t node, size_t count)
{
    size_t at = nodes[node].from;

    nodes[node].first = (uint32_t)count;
    nodes[node].token = BOOK_NONE;
    if (node > 0 && b->w->list[sorted[at]].len == nodes[node].depth)
        nodes[node].token = b->token_of[sorted[at++]];
    while (at < nodes[node].to) {
        size_t wide, other;
        const size_t depth = nodes[node].depth;
        const uint32_t c = parse_code_point((const uint8_t *)b->w->list[sorted[at]].text + depth, &wide);
        struct branch child = {at, at, depth + wide, c, BOOK_NONE, 0};

        while (child.to < nodes[node].to &&
               parse_code_point((const uint8_t *)b->w->list[sorted[child.to]].text + depth, &other) == c)
            child.to++;
        at = child.to;
        nodes[count++] = child;
    }
    return count;
}

static size_t write_trie(struct writer *b, struct buf *out)
{
    uint32_t *sorted = must_have(malloc(b->tokens * sizeof *sorted));
    struct branch *nodes = must_have(calloc(b->tokens * 10, sizeof *nodes));
    size_t n = 0, count = 1;
    uint32_t child = 1;

    for (size_t t = 0; t < b->tokens; t++) {
        if (b->word_of[t] > WORD_RARE)
            sorted[n++] = b->word_of[t];
    }
    sorting = b->w;
    qsort(sorted, n, sizeof *sorted, by_text);
    nodes[0] = (struct branch){0, n, 0, 0, BOOK_NONE, 0};
    for (size_t i = 0; i < count; i++)
        count = grow(b, sorted, nodes, i, count);
    for (size_t i = 0; i <= count; i++) {
        put_u16(out, nodes[i].code_point);
        put_u16(out, i < count ? nodes[i].token : BOOK_NONE);
        put_u16(out, i < count ? nodes[i].first : (uint32_t)count);
    }
    for (uint32_t page = 0; page <= 256; page++) {
        while (child < nodes[1].first && nodes[child].code_point >> 8 < page)
            child++;
        put_u16(out, child);
    }
    free(sorted);
    free(nodes);
    return count;
}

void book_write(const struct words *w, const struct pairs *pairs, int classes, const struct tuning *t,
                struct buf *out)
{
    struct writer b = {.w = w, .pairs = pairs, .tuning = t, .classes = classes, .out = out};
    struct buf parts[5];

    for (int i = 0; i < 5; i++)
        buf_init(&parts[i], 16 << 20);
    number_tokens(&b);
    write_followers(&b, &parts[0], &parts[1], &parts[2]);
    const size_t nodes = write_trie(&b, &parts[3]);
    b.out = &parts[4];
    buf_put_text(out, "ZCB1");
    put_u32(out, (uint32_t)b.tokens);
    put_u32(out, (uint32_t)classes);
    put_u32(out, (uint32_t)nodes);
    put_u32(out, (uint32_t)(parts[1].len / 2));
    struct buf text, text_at;
    buf_init(&text, 16 << 20);
    buf_init(&text_at, 16 << 20);
    b.out = &text_at;
    write_texts(&b, &text);
    put_u32(out, (uint32_t)text.len);
    b.out = out;
    write_class_first(&b);
    write_starts(&b);
    write_costs(&b);
    write_rows(&b);
    for (int i = 0; i < 3; i++)
        buf_put(out, parts[i].data, parts[i].len);
    buf_put(out, text_at.data, text_at.len);
    buf_put(out, parts[3].data, parts[3].len);
    for (size_t i = 0; i < b.tokens; i++)
        buf_put_u8(out, (uint8_t)word_at(&b, i)->class_id);
    buf_put(out, text.data, text.len);
    for (int i = 0; i < 5; i++)
        buf_free(&parts[i]);
    buf_free(&text);
    buf_free(&text_at);
    free(b.word_of);
    free(b.token_of);
    free(b.contexts);
}
