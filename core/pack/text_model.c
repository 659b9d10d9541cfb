/* text_model: see text_model.h.
 *
 * A token is said by the first of these that knows it; each stage says "not me" at a price learnt by use:
 *
 *   1. what followed the last two tokens the last time they stood in this column
 *   2. what followed the last token the last time it stood in this column, if that is another guess
 *   3. the book's list of likely followers of the last token
 *   4. its class, by the class of the last token (rows start from the book and learn), and its place in the class
 *
 * BOOK_RARE is then followed by its code point: 10 bits and 11 bits. */
#include "text_model.h"

#include <stdlib.h>
#include <string.h>

enum {
    GUESS_SLOTS = 2048, /* a power of two */
    GUESS_ORDERS = 2,
    GUESS_TRUST = 8,
    GUESS_NEW = 2,      /* trust in something seen once */
    BIT_TOTAL = 4096,
    BIT_RATE = 4,       /* a bit's probability moves by 1/16 of the way */
    ROW_STEP = 24,      /* what one sight of a class is worth; a row starts at a sum of about 4096 */
    ROW_LIMIT = 32768,
    RARE_HIGH = 1024, RARE_LOW = 2048
};

struct guess {
    uint16_t check; /* says whose guess this is; slots are shared */
    uint16_t token;
    uint8_t trust;
    bool used;
};

struct row {
    uint32_t sum; /* 0: not taken from the book yet */
    uint16_t freq[BOOK_MAX_CLASSES];
};

struct model {
    const struct book *book;
    uint32_t before, before2; /* the last token and the one before it */
    bool was_hit;             /* the last token had been guessed */
    uint16_t bits[GUESS_ORDERS][2][GUESS_TRUST];
    struct guess guesses[GUESS_ORDERS][GUESS_SLOTS];
    struct row rows[];
};

struct model *model_new(const struct book *book)
{
    static const uint16_t first[GUESS_ORDERS][2][GUESS_TRUST] = {
        {{150, 250, 700, 1500, 2100, 2600, 3000, 3300}, {800, 1400, 2800, 3500, 3700, 3800, 3900, 3950}},
        {{40, 80, 200, 700, 1200, 1700, 2200, 2600}, {100, 200, 600, 1200, 1700, 2200, 2700, 3000}},
    };
    struct model *m = calloc(1, sizeof *m + book->classes * sizeof m->rows[0]);

    if (m == NULL)
        return NULL;
    m->book = book;
    m->before = m->before2 = BOOK_END;
    memcpy(m->bits, first, sizeof first);
    return m;
}

void model_free(struct model *m)
{
    free(m);
}

/* The slot for what follows the last token (order 0: the last two), with its owner's mark. */
static struct guess *guess_slot(struct model *m, int order, uint16_t *check)
{
    const uint32_t key = order == 0 ? m->before * 0x9E3779B1U ^ m->before2 * 0x85EBCA6BU : m->before * 0x9E3779B1U;

    *check = (uint16_t)key;
    return &m->guesses[order][key >> 16 & (GUESS_SLOTS - 1)];
}

static void guess_learn(struct guess *g, uint16_t check, uint32_t token)
{
    if (!g->used || g->check != check) {
        *g = (struct guess){check, (uint16_t)token, GUESS_NEW, true};
    } else if (g->token == token) {
        g->trust = (uint8_t)(g->trust < GUESS_TRUST - 1 ? g->trust + 1 : g->trust);
    } else {
        g->trust = g->trust > 4 ? 1 : 0;
        g->token = (uint16_t)token;
    }
}

static void bit_learn(uint16_t *bit, bool hit)
{
    if (hit)
        *bit = (uint16_t)(*bit + ((BIT_TOTAL - *bit) >> BIT_RATE));
    else
        *bit = (uint16_t)(*bit - (*bit >> BIT_RATE));
    if (*bit < 16)
        *bit = 16;
    if (*bit > BIT_TOTAL - 16)
        *bit = BIT_TOTAL - 16;
}

static struct row *row_of(struct model *m, uint32_t class_id)
{
    struct row *row = &m->rows[class_id];

    if (row->sum == 0) {
        for (size_t i = 0; i < m->book->classes; i++) {
            row->freq[i] = (uint16_t)book_u16(m->book->rows, class_id * m->book->classes + i);
            row->sum += row->freq[i];
        }
    }
    return row;
}

static void row_learn(struct row *row, uint32_t class_id, size_t classes)
{
    row->freq[class_id] = (uint16_t)(row->freq[class_id] + ROW_STEP);
    row->sum += ROW_STEP;
    if (row->sum <= ROW_LIMIT)
        return;
    row->sum = 0;
    for (size_t i = 0; i < classes; i++) {
        row->freq[i] = (uint16_t)(row->freq[i] - (row->freq[i] >> 1));
        row->sum += row->freq[i];
    }
}

/* The guesses of stages 1 and 2 before a token; which of them are asked. */
struct asked {
    struct guess *slot[GUESS_ORDERS];
    uint16_t check[GUESS_ORDERS];
    uint16_t *bit[GUESS_ORDERS]; /* NULL: not asked */
};

static struct asked ask(struct model *m)
{
    struct asked a;

    for (int order = 0; order < GUESS_ORDERS; order++) {
        struct guess *g = a.slot[order] = guess_slot(m, order, &a.check[order]);

        a.bit[order] = g->used && g->check == a.check[order] ? &m->bits[order][m->was_hit][g->trust] : NULL;
    }
    if (a.bit[0] != NULL && a.bit[1] != NULL && a.slot[0]->token == a.slot[1]->token)
        a.bit[1] = NULL;
    return a;
}

static void learn(struct model *m, const struct asked *a, uint32_t token, bool hit)
{
    for (int order = 0; order < GUESS_ORDERS; order++)
        guess_learn(a->slot[order], a->check[order], token);
    m->was_hit = hit;
    m->before2 = m->before;
    m->before = token;
}

static bool encode_guess(struct asked *a, struct range_encoder *e, uint32_t token)
{
    for (int order = 0; order < GUESS_ORDERS; order++) {
        if (a->bit[order] == NULL)
            continue;
        const bool hit = a->slot[order]->token == token;
        const uint32_t p = *a->bit[order];
        range_encode(e, hit ? 0 : p, hit ? p : BIT_TOTAL - p, BIT_TOTAL);
        bit_learn(a->bit[order], hit);
        if (hit)
            return true;
    }
    return false;
}

static bool encode_follower(const struct model *m, struct range_encoder *e, uint32_t token)
{
    uint32_t found;

    if (!book_has_followers(m->book, m->before))
        return false;
    const struct book_span span = book_follow_span(m->book, m->before, token, &found);
    range_encode(e, span.start, span.freq, BOOK_TOTAL);
    return found != BOOK_NONE;
}

static void encode_by_class(struct model *m, struct range_encoder *e, uint32_t token, uint32_t code_point)
{
    const uint32_t class_id = m->book->class_of[token];
    struct row *row = row_of(m, m->book->class_of[m->before]);
    uint32_t start = 0;

    for (uint32_t i = 0; i < class_id; i++)
        start += row->freq[i];
    range_encode(e, start, row->freq[class_id], row->sum);
    row_learn(row, class_id, m->book->classes);
    const struct book_span span = book_token_span(m->book, token);
    if (span.freq < BOOK_TOTAL)
        range_encode(e, span.start, span.freq, BOOK_TOTAL);
    if (token == BOOK_RARE) {
        range_encode(e, code_point / RARE_LOW, 1, RARE_HIGH);
        range_encode(e, code_point % RARE_LOW, 1, RARE_LOW);
    }
}

void model_encode(struct model *m, struct range_encoder *e, uint32_t token, uint32_t code_point)
{
    struct asked a = ask(m);
    const bool hit = token != BOOK_RARE && encode_guess(&a, e, token);

    if (token == BOOK_RARE)
        encode_guess(&a, e, BOOK_NONE);
    if (!hit && !encode_follower(m, e, token))
        encode_by_class(m, e, token, code_point);
    learn(m, &a, token, hit);
}

static bool decode_guess(struct asked *a, struct range_decoder *d, uint32_t *token)
{
    for (int order = 0; order < GUESS_ORDERS; order++) {
        if (a->bit[order] == NULL)
            continue;
        const uint32_t p = *a->bit[order];
        const bool hit = range_decode_at(d, BIT_TOTAL) < p;
        range_decode_take(d, hit ? 0 : p, hit ? p : BIT_TOTAL - p);
        bit_learn(a->bit[order], hit);
        if (hit) {
            *token = a->slot[order]->token;
            return true;
        }
    }
    return false;
}

static uint32_t decode_follower(const struct model *m, struct range_decoder *d)
{
    struct book_span span;

    if (!book_has_followers(m->book, m->before))
        return BOOK_NONE;
    const uint32_t token = book_follow_at(m->book, m->before, range_decode_at(d, BOOK_TOTAL), &span);
    range_decode_take(d, span.start, span.freq);
    return token;
}

static uint32_t decode_code_point(struct range_decoder *d)
{
    const uint32_t high = range_decode_at(d, RARE_HIGH);

    range_decode_take(d, high, 1);
    const uint32_t low = range_decode_at(d, RARE_LOW);
    range_decode_take(d, low, 1);
    return high * RARE_LOW + low;
}

static uint32_t decode_by_class(struct model *m, struct range_decoder *d)
{
    struct row *row = row_of(m, m->book->class_of[m->before]);
    const uint32_t at = range_decode_at(d, row->sum);
    uint32_t class_id = 0;
    uint32_t start = 0;

    while (start + row->freq[class_id] <= at)
        start += row->freq[class_id++];
    range_decode_take(d, start, row->freq[class_id]);
    row_learn(row, class_id, m->book->classes);
    const uint32_t only = book_u16(m->book->class_first, class_id);
    if (only + 1 == book_u16(m->book->class_first, class_id + 1))
        return only;
    const uint32_t token = book_token_at(m->book, class_id, range_decode_at(d, BOOK_TOTAL));
    const struct book_span span = book_token_span(m->book, token);
    range_decode_take(d, span.start, span.freq);
    return token;
}

uint32_t model_decode(struct model *m, struct range_decoder *d, uint32_t *code_point)
{
    struct asked a = ask(m);
    uint32_t token;
    const bool hit = decode_guess(&a, d, &token);

    if (!hit) {
        token = decode_follower(m, d);
        if (token == BOOK_NONE)
            token = decode_by_class(m, d);
    }
    if (token == BOOK_RARE)
        *code_point = decode_code_point(d);
    learn(m, &a, token, hit);
    return d->past > RANGE_TAIL ? BOOK_NONE : token;
}
