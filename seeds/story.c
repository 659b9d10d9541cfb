/* story: see story.h. */
#include "story.h"

#include <stdio.h>
#include <string.h>

int story_begin(struct story *s, const struct city *city, struct prose *prose, struct tally *tally,
                struct acts *acts, struct err *err)
{
    if (!city || !prose || !acts) return err_nomem(err);
    s->city = city;
    s->prose = prose;
    s->acts = acts;
    acts_init(acts, tally);
    buf_init(&s->line, 16384);
    return 0;
}

void story_end(struct story *s)
{
    acts_free(s->acts);
    buf_free(&s->line);
}

/* Cuts after the last 。 that leaves at most `limit` code points. */
static void cut(char *text, size_t limit)
{
    size_t points = 0;
    char *stop = NULL, *at = text;
    for (; *at && points < limit; points++) {
        bool mark = strncmp(at, "。", 3) == 0;
        at++;
        while (((unsigned char)*at & 0xc0) == 0x80)
            at++;
        if (mark) stop = at;
    }
    if (*at) *(stop ? stop : at) = '\0';
}

void story_say(struct story *s, const char *column, const char *section, const struct scene *scene,
               struct dice *dice, size_t limit)
{
    buf_reset(&s->line);
    prose_say(s->prose, section, scene, dice, &s->line);
    if (s->line.len == 0) return;
    buf_put_u8(&s->line, 0);
    if (s->line.failed) return;
    cut((char *)s->line.data, limit);
    acts_text(s->acts, column, (const char *)s->line.data);
}

void story_say_of(struct story *s, const char *column, const char *section, int number,
                  const struct scene *scene, struct dice *dice, size_t limit)
{
    char name[40];
    snprintf(name, sizeof name, "%s_%d", section, number);
    story_say(s, column, name, scene, dice, limit);
}

int story_minute(struct dice *dice)
{
    return dice_chance(dice, 80) ? dice_between(dice, 18 * 60, 20 * 60 + 40)
                                 : dice_between(dice, 8 * 60 + 10, 17 * 60 + 20);
}
