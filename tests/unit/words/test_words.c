/* Every sentence in the code, by its punctuation: English has none of the full-width kind, Chinese none of the
 * half-width kind beside an ideograph. Reads the source's string literals; a literal is English when it has an English
 * word between its codes, Chinese when it has an ideograph and no such word. Column labels are left out: they stand in
 * people's sheets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { LITERAL_MAX = 4096, PATH_MAX_HERE = 600 };

struct reading {
    size_t literals, wrong;
};

static uint32_t point(const char **at)
{
    const unsigned char *p = (const unsigned char *)*at;
    int more = *p >= 0xF0 ? 3 : *p >= 0xE0 ? 2 : *p >= 0xC0 ? 1 : 0;
    uint32_t c = more == 3 ? *p & 7u : more == 2 ? *p & 15u : more == 1 ? *p & 31u : *p;
    for (p++; more > 0 && (*p & 0xC0) == 0x80; more--, p++)
        c = c << 6 | (*p & 0x3Fu);
    *at = (const char *)p;
    return c;
}

static bool ideograph(uint32_t c)
{
    return c >= 0x4E00 && c <= 0x9FFF;
}

static bool full_width(uint32_t c)
{
    return (c >= 0x3000 && c <= 0x303F) || (c >= 0xFF01 && c <= 0xFF5E) || c == 0x201C || c == 0x201D;
}

static bool english(const char *text)
{
    static const char *const words[] = {" the ", "the ", " is ", " a ", " an ", " of ", " and ", " to ", " with ", " or ", " not ", " no ",
                                        " in ", " on ", " by ", " for ", " has ", " are ", " it ", " at ", " was "};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strstr(text, words[i])) return true;
    }
    return false;
}

static bool has(const char *text, bool (*kind)(uint32_t))
{
    while (*text) {
        if (kind(point(&text))) return true;
    }
    return false;
}

static bool letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Three letters in a row that are not a format's: a word. */
static bool has_word(const char *text)
{
    for (int run = 0; *text; text++) {
        bool format = *text == '%';
        if (format) text += strspn(text, "%.*0123456789-lzh");
        if (!*text) return false;
        run = !format && letter((unsigned char)*text) ? run + 1 : 0;
        if (run == 3) return true;
    }
    return false;
}

static bool glued(const char *text)
{
    uint32_t before = 0;
    while (*text) {
        uint32_t c = point(&text);
        const char *next = text;
        uint32_t after = *next ? point(&next) : 0;
        if (c < 0x80 && c && strchr(",:;?!()", (int)c) && ideograph(before)) return true;
        if (c < 0x80 && c && strchr(",:;()", (int)c) && ideograph(after)) return true;
        before = c;
    }
    return false;
}

static bool wrong(const char *text)
{
    bool in_chinese = has(text, ideograph) && !english(text);
    return in_chinese ? glued(text) : (has_word(text) || english(text)) && has(text, full_width);
}

static void judge(struct reading *r, const char *path, int number, const char *text)
{
    r->literals++;
    if (!wrong(text)) return;
    r->wrong++;
    print_error("%s:%d: \"%s\"\n", path, number, text);
}

static void read_line(struct reading *r, const char *path, int number, const char *line)
{
    char text[LITERAL_MAX];
    while ((line = strchr(line, '"')) != NULL) {
        size_t n = 0;
        for (line++; *line && *line != '"' && n + 2 < sizeof text; line++) {
            if (*line == '\\' && line[1]) text[n++] = *line++;
            text[n++] = *line;
        }
        text[n] = '\0';
        judge(r, path, number, text);
        if (*line) line++;
    }
}

static bool comment(const char *line)
{
    line += strspn(line, " ");
    return strncmp(line, "/*", 2) == 0 || *line == '*' || strncmp(line, "#include", 8) == 0;
}

static void read_file(struct reading *r, const char *path)
{
    char line[LITERAL_MAX];
    int number = 0;
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        number++;
        if (!comment(line)) read_line(r, path, number, line);
    }
    fclose(f);
}

static bool is_code(const char *name)
{
    size_t n = strlen(name);
    return n > 2 && name[n - 2] == '.' && name[n - 1] == 'c' && strcmp(name, "tables.c") != 0 && strcmp(name, "text_book.c") != 0;
}

static void read_folder(struct reading *r, const char *path)
{
    DIR *d = opendir(path);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        char below[PATH_MAX_HERE];
        snprintf(below, sizeof below, "%s/%s", path, e->d_name);
        if (e->d_name[0] == '.') continue;
        if (e->d_type == DT_DIR) read_folder(r, below);
        else if (is_code(e->d_name)) read_file(r, below);
    }
    closedir(d);
}

static void each_language_keeps_its_punctuation(void **state)
{
    (void)state;
    struct reading r = {0};
    read_folder(&r, ZHUCUN_SOURCE_DIR "/core");
    read_folder(&r, ZHUCUN_SOURCE_DIR "/agent");
    read_folder(&r, ZHUCUN_SOURCE_DIR "/server-stub");
    assert_true(r.literals > 3000);
    assert_int_equal(r.wrong, 0);
}

static void the_eye_sees(void **state)
{
    (void)state;
    assert_true(wrong("没有命令:%s"));
    assert_true(wrong("缺少范围(--scope)"));
    assert_true(wrong("there is no command：%s"));
    assert_true(wrong("for orders (提示单，督办单) of the county"));
    assert_false(wrong("没有命令：%s"));
    assert_false(wrong("列：household,to[,from]"));
    assert_false(wrong("for orders (提示单, 督办单) of the county"));
    assert_false(wrong("%s：%s"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_eye_sees),
        cmocka_unit_test(each_language_keeps_its_punctuation),
    };
    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
