/* names: draws from word lists "key: word word …" (a word may carry its weight: 王*72), see names.h. */
#include "names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "places.h"

enum list {
    SURNAME,
    OLD_MALE,
    OLD_FEMALE,
    MID_MALE,
    MID_FEMALE,
    NEW_MALE,
    NEW_FEMALE,
    HAMLET_FIRST,
    HAMLET_LAST,
    HAMLET_WHOLE,
    CITY_UNIT,
    COUNTY_UNIT,
    LISTS
};
static const char *const keys[LISTS] = {"surname",     "old_male",     "old_female", "mid_male",
                                        "mid_female",  "new_male",     "new_female", "hamlet_first",
                                        "hamlet_last", "hamlet_whole", "city_unit",  "county_unit"};
enum { WORDS_MAX = 200 };

struct names {
    char *text; /* a copy of the file, cut into words */
    char *word[LISTS][WORDS_MAX];
    int weight[LISTS][WORDS_MAX];
    size_t count[LISTS];
};

static void add_word(struct names *n, int list, char *word)
{
    if (n->count[list] >= WORDS_MAX) return;
    size_t i = n->count[list]++;
    char *star = strchr(word, '*');
    n->weight[list][i] = star ? atoi(star + 1) : 1;
    if (star) *star = '\0';
    n->word[list][i] = word;
}

static void read_line(struct names *n, char *line)
{
    char *colon = strchr(line, ':'), *save = NULL;
    if (line[0] == '#' || !colon) return;
    *colon = '\0';
    for (int list = 0; list < LISTS; list++) {
        if (strcmp(line, keys[list]) != 0) continue;
        for (char *w = strtok_r(colon + 1, " ", &save); w; w = strtok_r(NULL, " ", &save))
            add_word(n, list, w);
    }
}

int names_load(struct names **names, struct err *err)
{
    size_t len;
    const char *text = places_data("prose/names.txt", &len);
    struct names *n = calloc(1, sizeof *n);
    if (!text || !n || !(n->text = strdup(text))) {
        names_free(n);
        return err_nomem(err);
    }
    char *save = NULL;
    for (char *line = strtok_r(n->text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
        read_line(n, line);
    for (int i = 0; i < LISTS; i++) {
        if (n->count[i] > 0) continue;
        names_free(n);
        return err_set(err, ERR_CORRUPT, "prose/names.txt 缺少词表 %s", "prose/names.txt has no list %s",
                       keys[i]);
    }
    *names = n;
    return 0;
}

void names_free(struct names *n)
{
    if (!n) return;
    free(n->text);
    free(n);
}

static const char *draw(const struct names *n, struct dice *d, int list)
{
    return n->word[list][dice_weighted(d, n->weight[list], n->count[list])];
}

const char *names_surname(const struct names *n, struct dice *d)
{
    return draw(n, d, SURNAME);
}

void names_person(const struct names *n, struct dice *d, const char *surname, bool female, int birth_year,
                  char out[24])
{
    int list = birth_year < 1968 ? OLD_MALE : birth_year < 1992 ? MID_MALE : NEW_MALE;
    if (female) list++;
    const char *first = draw(n, d, list), *second = "";
    /* Words of the lists are single characters or whole given names; a single one is often followed by
     * another. */
    if (strlen(first) == 3 && dice_chance(d, birth_year < 1992 ? 780 : 620)) second = draw(n, d, list);
    if (strlen(second) > 3 || strcmp(first, second) == 0) second = "";
    snprintf(out, 24, "%s%s%s", surname, first, second);
}

void names_hamlet(const struct names *n, struct dice *d, char out[40])
{
    if (dice_chance(d, 350)) {
        snprintf(out, 40, "%s", draw(n, d, HAMLET_WHOLE));
        return;
    }
    const char *first = dice_chance(d, 550) ? draw(n, d, HAMLET_FIRST) : "";
    const char *surname = names_surname(n, d);
    snprintf(out, 40, "%s%s家%s", first, surname, draw(n, d, HAMLET_LAST));
}

void names_unit(const struct names *n, struct dice *d, const char *county, char out[64])
{
    if (dice_chance(d, 260)) {
        snprintf(out, 64, "绥化市%s", draw(n, d, CITY_UNIT));
    } else {
        snprintf(out, 64, "%s%s", county, draw(n, d, COUNTY_UNIT));
    }
}

void names_phone(struct dice *d, char out[12])
{
    snprintf(out, 12, "154%08u", dice_below(d, 100000000));
}

void names_id_no(int prefix, const char birth[11], int serial, char out[20])
{
    static const int weight[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    snprintf(out, 20, "%06d%.4s%.2s%.2s%03d", prefix % 1000000, birth, birth + 5, birth + 8, serial % 1000);
    for (int i = 0; i < 17; i++)
        sum += (out[i] - '0') * weight[i];
    out[17] = "10X98765432"[sum % 11];
    out[18] = '\0';
}
