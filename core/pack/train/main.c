/* zhucun-train: makes the data of dictionaries/N from training texts, and measures what they are worth.
 *
 *   zhucun-train build CORPUS… -w words.tsv -c chars.txt -o text.bin
 *   zhucun-train measure FILE [CORPUS]
 *
 * Neighbours: words.c, corpus.c, classes.c, book_write.c (build); measure.c, and the product's own text.c with the
 * data embedded in it. Invariant: the same input makes the same bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "book_write.h"
#include "measure.h"

static const struct tuning usual = {
    .prior_weight = 12000, .class_weight = 150, .discount = {0.75, 1.1, 1.4},
    .run_least = 8, .pair_least = 1, .classes = 64,
};

static int fail(const char *what, const char *of)
{
    fprintf(stderr, "zhucun-train: %s: %s\n", what, of);
    return 1;
}

static int write_file(const char *path, const struct buf *bytes)
{
    FILE *f = fopen(path, "wb");

    if (f == NULL)
        return -1;
    const size_t n = fwrite(bytes->data, 1, bytes->len, f);
    return fclose(f) == 0 && n == bytes->len ? 0 : -1;
}

/* name=value, to try out other estimates */
static void tune(struct tuning *t, const char *setting)
{
    const double v = atof(strchr(setting, '=') + 1);

    switch (setting[0]) {
    case 'p': t->prior_weight = v; break;
    case 'k': t->class_weight = v; break;
    case '1': t->discount[0] = v; break;
    case '2': t->discount[1] = v; break;
    case '3': t->discount[2] = v; break;
    case 'r': t->run_least = v; break;
    case 'l': t->pair_least = v; break;
    case 'c': t->classes = (int)v; break;
    default: break;
    }
}

static void train(struct corpus *corpus, struct words *words, const struct tuning *t, struct buf *out)
{
    corpus_candidates(corpus, words, t->run_least);
    corpus_estimate(corpus, words, t->prior_weight, t->run_least);
    struct pairs pairs = pairs_count(corpus);
    const int classes = classes_make(words, &pairs, t->classes);
    book_write(words, &pairs, classes, t, out);
    printf("%zu texts, %zu words in them, %zu pairs, %d classes, %zu bytes\n", corpus->count, corpus->token_count,
           pairs.count, classes, out->len);
    free(pairs.list);
}

static int build(int argc, char **argv)
{
    const char *list = "words.tsv", *characters = "chars.txt", *to = "text.bin";
    struct tuning t = usual;
    struct corpus corpus = {0};
    struct words words;
    struct buf out;

    words_init(&words);
    buf_init(&out, 64 << 20);
    for (int i = 0; i < argc; i++) {
        if (argv[i][0] == '-' && i + 1 < argc)
            *(argv[i][1] == 'w' ? &list : argv[i][1] == 'c' ? &characters : &to) = argv[i + 1], i++;
        else if (strchr(argv[i], '=') != NULL)
            tune(&t, argv[i]);
        else if (corpus_read(&corpus, argv[i]) < 0)
            return fail("cannot read", argv[i]);
    }
    if (words_read_characters(&words, characters) < 0)
        return fail("cannot read", characters);
    if (words_read_list(&words, list) < 0)
        return fail("cannot read", list);
    train(&corpus, &words, &t, &out);
    const int rc = out.failed || write_file(to, &out) < 0 ? fail("cannot write", to) : 0;
    corpus_free(&corpus);
    words_free(&words);
    buf_free(&out);
    return rc;
}

static int measure_file(int argc, char **argv)
{
    struct corpus texts = {0}, samples = {0};

    if (argc < 1 || corpus_read(&texts, argv[0]) < 0)
        return fail("cannot read", argc < 1 ? "(no file named)" : argv[0]);
    if (argc > 1 && corpus_read(&samples, argv[1]) < 0)
        return fail("cannot read", argv[1]);
    const int rc = measure(&texts, &samples);
    corpus_free(&texts);
    corpus_free(&samples);
    return rc < 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "build") == 0)
        return build(argc - 2, argv + 2);
    if (argc > 2 && strcmp(argv[1], "measure") == 0)
        return measure_file(argc - 2, argv + 2);
    fputs("usage: zhucun-train build CORPUS... -w WORDS -c CHARACTERS -o BOOK\n"
          "       zhucun-train measure FILE [CORPUS]\n", stderr);
    return 2;
}
