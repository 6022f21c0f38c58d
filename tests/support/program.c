#include "support/program.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define WORDS 16

int program_tie(void)
{
    return prctl(PR_SET_PDEATHSIG, SIGKILL);
}

pid_t program_start(const char *dir, const char *config, const char *const *words, int *out)
{
    const char *argv[WORDS] = {getenv("TOCSIN")};
    int ends[2] = {-1, -1};
    assert_non_null(argv[0]);
    for (size_t i = 0; words[i]; i++) {
        assert_true(i + 2 < WORDS);
        argv[i + 1] = words[i];
    }
    if (out)
        assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (!pid) {
        if (out)
            (void)dup2(ends[1], STDOUT_FILENO);
        if (program_tie() || chdir(dir) || setenv("TOCSIN_CONFIG", config, 1))
            _exit(126);
        (void)execv(argv[0], (char *const *)argv);
        _exit(127);
    }
    assert_true(pid > 0);
    if (out) {
        (void)close(ends[1]);
        *out = ends[0];
    }
    return pid;
}

int program_finish(pid_t pid)
{
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void program_address(int out, char *url, size_t size)
{
    char line[256] = {0};
    size_t used = 0;
    while (used < sizeof(line) - 1 && read(out, line + used, 1) == 1 && line[used] != '\n')
        used++;
    (void)close(out);
    const char *found = strstr(line, "http://");
    assert_non_null(found);
    (void)snprintf(url, size, "%.*s", (int)strcspn(found, "\n"), found);
}
