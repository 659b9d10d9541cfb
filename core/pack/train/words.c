/* words: see words.h. */
#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *must_have(void *memory)
{
    if (memory == NULL) {
        fputs("zhucun-train: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static size_t slot_of(const struct words *w, const char *text, size_t n)
{
    uint32_t h = 2166136261U;

    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)text[i]) * 16777619U;
    size_t slot = h & (w->slot_count - 1);
    while (w->slots[slot] != 0) {
        const struct word *there = &w->list[w->slots[slot] - 1];
        if (there->len == n && memcmp(there->text, text, n) == 0)
            break;
        slot = (slot + 1) & (w->slot_count - 1);
    }
    return slot;
}

static void rehash(struct words *w)
{
    free(w->slots);
    w->slot_count *= 2;
    w->slots = must_have(calloc(w->slot_count, sizeof *w->slots));
    for (size_t i = 0; i < w->count; i++)
        w->slots[slot_of(w, w->list[i].text, w->list[i].len)] = (uint32_t)i + 1;
}

void words_init(struct words *w)
{
    *w = (struct words){.slot_count = 1 << 16};
    w->slots = must_have(calloc(w->slot_count, sizeof *w->slots));
    words_add(w, "\xFF" "end", 4); /* no UTF-8 text can be these */
    words_add(w, "\xFF" "rare", 5);
}

void words_free(struct words *w)
{
    for (size_t i = 0; i < w->count; i++)
        free(w->list[i].text);
    free(w->list);
    free(w->slots);
}

long words_find(const struct words *w, const char *text, size_t n)
{
    return (long)w->slots[slot_of(w, text, n)] - 1;
}

size_t words_add(struct words *w, const char *text, size_t n)
{
    const size_t slot = slot_of(w, text, n);

    if (w->slots[slot] != 0)
        return w->slots[slot] - 1;
    if (w->count == w->cap) {
        w->cap = w->cap == 0 ? 1024 : 2 * w->cap;
        w->list = must_have(realloc(w->list, w->cap * sizeof *w->list));
    }
    struct word *word = &w->list[w->count++];
    *word = (struct word){.text = must_have(malloc(n + 1)), .len = n};
    memcpy(word->text, text, n);
    word->text[n] = 0;
    w->slots[slot] = (uint32_t)w->count;
    if (2 * w->count > w->slot_count)
        rehash(w);
    return w->count - 1;
}

struct word *words_entry(struct words *w, const char *text, size_t n)
{
    const size_t i = words_add(w, text, n);

    return &w->list[i];
}

int words_read_list(struct words *w, const char *path)
{
    FILE *f = fopen(path, "r");
    char line[256];

    if (f == NULL)
        return -1;
    while (fgets(line, sizeof line, f) != NULL) {
        char text[64], kind[16];
        double frequency;

        if (sscanf(line, "%63s %lf %15s", text, &frequency, kind) != 3 || strlen(text) > WORD_MAX_BYTES)
            continue;
        if (strlen(text) == 3 && words_find(w, text, 3) < 0)
            continue; /* a character that the character list does not have */
        struct word *word = words_entry(w, text, strlen(text));
        word->prior = frequency;
        snprintf(word->kind, sizeof word->kind, "%.3s", kind);
        word->keep = true;
    }
    fclose(f);
    return 0;
}

int words_read_characters(struct words *w, const char *path)
{
    FILE *f = fopen(path, "r");
    int level = 0;
    char c[3];

    if (f == NULL)
        return -1;
    while (fread(c, 1, 1, f) == 1) {
        if (c[0] == '\n') {
            level++;
            continue;
        }
        if (fread(c + 1, 2, 1, f) != 1)
            break;
        struct word *word = words_entry(w, c, 3);
        word->prior = level == 0 ? 2 : 0.2;
        memcpy(word->kind, level == 0 ? "z1" : "z2", 3);
        word->keep = true;
    }
    fclose(f);
    return 0;
}
