/* damage: meddle.h as a program, for stories: damage FILE SQL. */
#include <stdio.h>

#include "meddle.h"

int main(int argc, char **argv)
{
    struct err err = {0};
    if (argc != 3) {
        fprintf(stderr, "usage: damage FILE SQL\n");
        return 2;
    }
    if (meddle(argv[1], argv[2], &err) == 0) return 0;
    fprintf(stderr, "damage: %s\n", err.en);
    return 1;
}
