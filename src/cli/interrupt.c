#include "cli.h"

#include <signal.h>

/* SIGHUP: the terminal was closed. */
static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
static volatile sig_atomic_t mark;

static void caught(int number)
{
    (void)number;
    mark = 1;
}

void cli_interrupt_catch(void)
{
    static bool caught_already;
    if (caught_already) /* a second call must not bring the second Ctrl-C back to a mark */
        return;
    caught_already = true;
    struct sigaction action = {.sa_handler = caught, .sa_flags = (int)SA_RESETHAND | SA_RESTART};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct sigaction before;
        /* What the parent ignores (nohup, a background job) stays ignored. */
        if (!sigaction(ends[i], NULL, &before) && before.sa_handler != SIG_IGN)
            (void)sigaction(ends[i], &action, NULL);
    }
}

bool cli_interrupted(void)
{
    return mark != 0;
}

bool cli_is_stopped(void *user)
{
    (void)user;
    return cli_interrupted();
}

void cli_interrupt_reads(bool on)
{
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct sigaction action;
        if (sigaction(ends[i], NULL, &action) || action.sa_handler != caught)
            continue;
        action.sa_flags = on ? action.sa_flags & ~SA_RESTART : action.sa_flags | SA_RESTART;
        (void)sigaction(ends[i], &action, NULL);
    }
}

int cli_stopped(uint64_t done)
{
    return done ? EXIT_PARTIAL : EXIT_FAILED;
}
