/* options: the command line of zhucun-fleet. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet.h"

static void usage(FILE *to)
{
    fputs("usage: zhucun-fleet --server URL --codes FILE [options]\n"
          "Runs N real agents, each with its own database, against a server, and reports what came of it.\n\n"
          "  --server URL      the server\n"
          "  --codes FILE      enrolment codes (zhucun-server enrol --batch LAPTOPS.csv -o FILE)\n"
          "  --devices N       only the first N of them\n"
          "  --visits M        each device writes M random visits (default 10), one commit each\n"
          "  --acts DIR        instead: each device writes DIR/LAPTOP.ndjson (zhucun-seed)\n"
          "  --wave W          only laptops of this wave\n"
          "  --every K         sync after every K changesets (default: once, at the end)\n"
          "  --cut P           cut a request while it is sent, with probability P (0 to 1)\n"
          "  --homes DIR       keep the agents' folders in DIR; without it they are temporary\n"
          "  --sync-only       write nothing: sync the homes of DIR and compare with the server\n"
          "  --threads T       (default 4)\n"
          "  --seed N          of the random visits and cuts\n"
          "  --json            one object instead of the table\n"
          "Exit status: 0 all devices are received and agree with the server, 1 not all, 2 usage.\n",
          to);
}

static int wrong(const char *what)
{
    fprintf(stderr, "zhucun-fleet: %s; see --help\n", what);
    return 3;
}

enum { OPT_SERVER = 1, OPT_CODES, OPT_DEVICES, OPT_VISITS, OPT_ACTS, OPT_WAVE, OPT_EVERY, OPT_CUT, OPT_HOMES,
       OPT_SYNC_ONLY, OPT_THREADS, OPT_SEED, OPT_JSON, OPT_LANG, OPT_HELP };

static const struct option words[] = {
    {"server", 1, NULL, OPT_SERVER},   {"codes", 1, NULL, OPT_CODES}, {"devices", 1, NULL, OPT_DEVICES},
    {"visits", 1, NULL, OPT_VISITS},   {"acts", 1, NULL, OPT_ACTS},   {"wave", 1, NULL, OPT_WAVE},
    {"every", 1, NULL, OPT_EVERY},     {"cut", 1, NULL, OPT_CUT},     {"homes", 1, NULL, OPT_HOMES},
    {"sync-only", 0, NULL, OPT_SYNC_ONLY}, {"threads", 1, NULL, OPT_THREADS}, {"seed", 1, NULL, OPT_SEED},
    {"json", 0, NULL, OPT_JSON},       {"lang", 1, NULL, OPT_LANG},   {"help", 0, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static int number(const char *text, size_t most, size_t *out)
{
    char *end;
    unsigned long long v = strtoull(text, &end, 10);
    if (*text == '\0' || *text == '-' || *end != '\0' || v > most) return -1;
    *out = (size_t)v;
    return 0;
}

static int take(struct fleet_options *o, int option)
{
    size_t n = 0;
    char *end;
    switch (option) {
    case OPT_SERVER: o->server = optarg; return 0;
    case OPT_CODES: o->codes = optarg; return 0;
    case OPT_ACTS: o->acts = optarg; return 0;
    case OPT_HOMES: o->homes = optarg; return 0;
    case OPT_LANG: o->lang = lang_from(optarg); return 0;
    case OPT_JSON: o->json = true; return 0;
    case OPT_SYNC_ONLY: o->sync_only = true; return 0;
    case OPT_DEVICES: return number(optarg, 1000000, &o->devices);
    case OPT_VISITS: return number(optarg, 1000000, &o->visits);
    case OPT_EVERY: return number(optarg, 1000000, &o->every);
    case OPT_SEED: return number(optarg, (size_t)-1, &n) ? -1 : (o->seed = n, 0);
    case OPT_WAVE: return number(optarg, 99, &n) ? -1 : (o->wave = (int)n, 0);
    case OPT_THREADS: return number(optarg, 256, &n) || n == 0 ? -1 : (o->threads = (int)n, 0);
    case OPT_CUT:
        o->cut = strtod(optarg, &end);
        return *end == '\0' && o->cut >= 0 && o->cut <= 1 ? 0 : -1;
    default: return -1;
    }
}

int options_read(struct fleet_options *o, int argc, char **argv)
{
    int option;
    *o = (struct fleet_options){.visits = 10, .threads = 4, .seed = 1, .lang = lang_from(NULL)};
    while ((option = getopt_long(argc, argv, "", words, NULL)) != -1) {
        if (option == OPT_HELP) {
            usage(stdout);
            return 1;
        }
        if (option == '?') return 3;
        if (take(o, option)) return wrong("a number is out of range");
    }
    if (optind != argc) return wrong("there is a word too many");
    if (!o->server || !o->codes) return wrong("--server and --codes are needed");
    if (o->sync_only && !o->homes) return wrong("--sync-only needs --homes");
    return 0;
}
