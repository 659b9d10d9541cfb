/* process: see process.h. */
#include "process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

/* execv does not write through its arguments; its signature is older than const. */
static char **writable(const char *const *argv, char *copy[PROCESS_MAX_ARGS + 1])
{
    size_t n = 0;
    for (; argv[n] && n < PROCESS_MAX_ARGS; n++)
        copy[n] = strdup(argv[n]);
    copy[n] = NULL;
    return copy;
}

/* In the child: never returns. */
static void become(const char *const *argv, int out, const char *log)
{
    char *copy[PROCESS_MAX_ARGS + 1];
    int file = log ? open(log, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out >= 0 ? out : file, STDOUT_FILENO);
    if (file >= 0) dup2(file, STDERR_FILENO);
    setenv("LC_ALL", "C.UTF-8", 1);
    execv(argv[0], writable(argv, copy));
    fprintf(stderr, "bench: cannot start %s\n", argv[0]);
    _exit(127);
}

static void read_all(int fd, struct buf *out)
{
    uint8_t block[4096];
    ssize_t n;
    while ((n = read(fd, block, sizeof block)) > 0)
        if (out) buf_put(out, block, (size_t)n);
}

long process_run(const char *const *argv, struct buf *out)
{
    int ends[2], status = -1;
    struct rusage used = {0};
    if (pipe2(ends, O_CLOEXEC)) die("no pipe", NULL);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) become(argv, ends[1], NULL);
    close(ends[1]);
    if (pid < 0) die("cannot fork", NULL);
    read_all(ends[0], out);
    close(ends[0]);
    if (wait4(pid, &status, 0, &used) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "bench: %s %s failed\n", argv[0], argv[1] ? argv[1] : "");
        exit(1);
    }
    return used.ru_maxrss;
}

pid_t process_start(const char *const *argv, const char *log)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) become(argv, -1, log);
    if (pid < 0) die("cannot fork", NULL);
    return pid;
}

void process_stop(pid_t pid)
{
    int status;
    if (pid <= 0) return;
    kill(pid, SIGTERM);
    waitpid(pid, &status, 0);
}

long process_kb(pid_t pid, const char *field)
{
    char path[64], line[256];
    size_t n = strlen(field);
    long kb = -1;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    FILE *f = fopen(path, "r");
    while (f && kb < 0 && fgets(line, sizeof line, f))
        if (strncmp(line, field, n) == 0 && line[n] == ':') kb = strtol(line + n + 1, NULL, 10);
    if (f) fclose(f);
    return kb;
}

void process_forget_peak(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/clear_refs", (long)pid);
    FILE *f = fopen(path, "w");
    if (!f || fputs("5", f) < 0 || fclose(f)) die(path, NULL);
}
