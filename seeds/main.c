/* zhucun-seed: writes the synthetic city, prints the source's figures, checks what was written.
 * Exit codes as everywhere: 0, 1 refused, 2 usage, 73 disk. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "write.h"

struct options {
    const char *out, *check;
    bool figures, help;
    int64_t per_million;
    uint64_t seed;
    enum lang lang;
};

static const char usage_en[] =
    "zhucun-seed: the synthetic city of Suihua, its roster and a year of field work\n\n"
    "  zhucun-seed --out DIR [--scale F] [--seed N]   write it into DIR (new or empty); F from 0.01 to 1 "
    "(default)\n"
    "  zhucun-seed --check DIR                        read it again and count\n"
    "  zhucun-seed --figures [--scale F]              print the figures that the bulletin must give\n"
    "  --lang zh|en                                   language of messages\n";
static const char usage_zh[] =
    "zhucun-seed：合成的绥化市数据，包括名册和一年的驻村工作记录\n\n"
    "  zhucun-seed --out 目录 [--scale 比例] [--seed 种子]   写入新目录或空目录；比例 0.01 到 1,默认 1\n"
    "  zhucun-seed --check 目录                              重新读取并核对\n"
    "  zhucun-seed --figures [--scale 比例]                  打印通报应有的数字\n"
    "  --lang zh|en                                          提示语言\n";

static int read_scale(const char *text, int64_t *per_million, struct err *err)
{
    char *end;
    double f = strtod(text, &end);
    if (*end || end == text || !(f >= 0.01 && f <= 1)) {
        return err_set(err, ERR_USAGE, "--scale 应在 0.01 到 1 之间，不是“%s”",
                       "--scale must be from 0.01 to 1, not \"%s\"", text);
    }
    *per_million = (int64_t)(f * 1e6 + 0.5);
    return 0;
}

static int read_seed(const char *text, uint64_t *seed, struct err *err)
{
    char *end;
    errno = 0;
    *seed = strtoull(text, &end, 10);
    if (*end || end == text || errno || *text == '-') {
        return err_set(err, ERR_USAGE, "--seed 应是非负整数，不是“%s”",
                       "--seed must be a whole number, not \"%s\"", text);
    }
    return 0;
}

static int read_options(int argc, char **argv, struct options *o, struct err *err)
{
    static const struct option names[] = {
        {"out", required_argument, NULL, 'o'},  {"scale", required_argument, NULL, 's'},
        {"seed", required_argument, NULL, 'n'}, {"check", required_argument, NULL, 'c'},
        {"figures", no_argument, NULL, 'f'},    {"lang", required_argument, NULL, 'l'},
        {"help", no_argument, NULL, 'h'},       {NULL, 0, NULL, 0}};
    int c, rc = 0;
    opterr = 0;
    while (rc == 0 && (c = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        switch (c) {
        case 'o':
            o->out = optarg;
            break;
        case 's':
            rc = read_scale(optarg, &o->per_million, err);
            break;
        case 'n':
            rc = read_seed(optarg, &o->seed, err);
            break;
        case 'c':
            o->check = optarg;
            break;
        case 'f':
            o->figures = true;
            break;
        case 'l':
            o->lang = lang_from(optarg);
            break;
        case 'h':
            o->help = true;
            break;
        default:
            rc = err_set(err, ERR_USAGE, "不认识的参数 %s，见 --help",
                         "unknown or incomplete option %s, see --help", argv[optind - 1]);
        }
    }
    if (rc == 0 && optind < argc)
        rc = err_set(err, ERR_USAGE, "多余的参数 %s", "unexpected argument %s", argv[optind]);
    if (rc == 0 && !o->out + !o->check + !o->figures != 2 && !o->help) {
        rc = err_set(err, ERR_USAGE, "--out、--check、--figures 应给出其中一个，见 --help",
                     "give one of --out, --check, --figures, see --help");
    }
    return rc;
}

static int print_figures(const struct options *o)
{
    struct figures f = figures_scaled(o->per_million);
    struct buf text;
    buf_init(&text, 65536);
    figures_json(&f, &text);
    fwrite(text.data, 1, text.len, stdout);
    buf_free(&text);
    return 0;
}

static int run(const struct options *o, struct err *err)
{
    struct city city;
    if (o->help) {
        fputs(o->lang == LANG_ZH ? usage_zh : usage_en, stdout);
        return 0;
    }
    if (o->figures) return print_figures(o);
    if (o->check) return check_folder(o->check, err);
    int rc = write_folder(o->out, err);
    if (rc != 0) return rc;
    rc = city_make(&city, o->per_million, o->seed, err);
    if (rc == 0) rc = write_city(&city, o->out, err);
    city_free(&city);
    return rc;
}

int main(int argc, char **argv)
{
    struct options o = {.per_million = 1000000, .seed = 2022, .lang = lang_from(NULL)};
    struct err err = {0};
    int rc = read_options(argc, argv, &o, &err);
    if (rc == 0) rc = run(&o, &err);
    if (rc != 0) fprintf(stderr, "zhucun-seed: %s\n", err_text(&err, o.lang));
    return err_exit_status(rc);
}
