/* prose: sentences from phrase books (prose/…txt), so that no two notes read alike.
 *
 * A book is a grammar. "[name]" opens a section; each further line is one way to say it:
 *
 *   @tag,!tag words {section} words (this|that|) {3-8} {50-300/50} {fact}
 *
 * `@` restricts a line to scenes that have (or, with !, lack) the tags. {name} is replaced by a fact of the
 * scene or by another section; (a|b|) by one of its options; {a-b/step} by a number. '#' opens a comment
 * line.
 *
 * Lines of a section that were used lately are passed over: of n ways, half must be used before one
 * returns. Unknown tags and sections are errors when the book is read, not when it is first needed. */
#ifndef ZHUCUN_SEEDS_PROSE_H
#define ZHUCUN_SEEDS_PROSE_H

#include <stdint.h>

#include "dice.h"
#include "zhucun/buf.h"
#include "zhucun/err.h"

struct prose;

enum { PROSE_FACTS = 16 };

struct scene {
    uint64_t tags; /* bit n: tag_names[n] */
    size_t facts;
    struct {
        const char *name; /* one of fact_names */
        char text[400];
    } fact[PROSE_FACTS];
};

/* Names of tags (at most 64) and facts end with NULL; they stay borrowed. */
int prose_load(struct prose **prose, const char *const *tag_names, const char *const *fact_names,
               struct err *err);
void prose_free(struct prose *prose);

/* Appends one way of saying `section`; nothing when no line fits the scene. Doubled punctuation is mended. */
void prose_say(struct prose *prose, const char *section, const struct scene *scene, struct dice *dice,
               struct buf *out);

#endif
