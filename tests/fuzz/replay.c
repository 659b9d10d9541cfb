/* replay: runs every file of a corpus folder through a fuzz target. An empty folder fails: a corpus that went
 * missing must not look like a pass. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

enum { INPUT_MOST = 8 * 1024 * 1024 };

static int replay(const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    uint8_t *bytes = f ? malloc(INPUT_MOST) : NULL;
    size_t n = bytes ? fread(bytes, 1, INPUT_MOST, f) : 0;
    if (f) fclose(f);
    if (!bytes) return -1;
    /* an exact copy, so that AddressSanitizer sees a read behind its end */
    uint8_t *exact = malloc(n ? n : 1);
    for (size_t i = 0; exact && i < n; i++)
        exact[i] = bytes[i];
    free(bytes);
    if (!exact) return -1;
    LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    return 0;
}

int main(int argc, char **argv)
{
    DIR *d = argc == 2 ? opendir(argv[1]) : NULL;
    if (!d) {
        fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
        return 2;
    }
    int count = 0, failed = 0;
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        failed += replay(argv[1], e->d_name) != 0;
        count++;
    }
    closedir(d);
    printf("%d inputs replayed, %d unreadable\n", count, failed);
    return count == 0 || failed ? 1 : 0;
}
