#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

static double now(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void cli_progress_start(cli_progress *progress, const cli_args *args, const char *what)
{
    *progress = (cli_progress){.on = !cli_has(args, OPT_QUIET),
                               .terminal = isatty(STDERR_FILENO) == 1,
                               .what = what,
                               .started = now()};
    progress->last = progress->started;
}

void cli_progress_at(cli_progress *progress, uint64_t done, uint64_t total, uint64_t refused)
{
    if (!progress->on)
        return;
    double at = now();
    if (at - progress->last < (progress->terminal ? 0.1 : 5.0))
        return;
    progress->last = at;
    double seconds = at - progress->started;
    double rate = seconds > 0 ? (double)done / seconds : 0;
    (void)fprintf(stderr, "%s%s: %" PRIu64, progress->terminal ? "\r\033[K" : "", progress->what,
                  done);
    if (total)
        (void)fprintf(stderr, " of %" PRIu64 " (%.0f%%)", total,
                      100.0 * (double)done / (double)total);
    (void)fprintf(stderr, ", %.0f a second", rate);
    if (total > done && rate > 0)
        (void)fprintf(stderr, ", %.0f s left", (double)(total - done) / rate);
    if (refused)
        (void)fprintf(stderr, ", %" PRIu64 " refused", refused);
    if (!progress->terminal)
        (void)fputc('\n', stderr);
    progress->shown = progress->terminal;
}

void cli_progress_end(cli_progress *progress)
{
    if (progress->shown)
        (void)fputs("\r\033[K", stderr);
    progress->shown = false;
}
