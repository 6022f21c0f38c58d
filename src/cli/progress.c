#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define REDRAW_S 0.1
#define LINE_S 10.0 /* where lines stay, in a log */

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

typedef struct line {
    char text[256];
    size_t len;
} line;

static void add(line *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(line *out, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int len = vsnprintf(out->text + out->len, sizeof out->text - out->len, format, list);
    va_end(list);
    out->len += len > 0 ? (size_t)len : 0;
    out->len = out->len < sizeof out->text ? out->len : sizeof out->text - 1;
}

static void add_remaining(line *out, double seconds)
{
    unsigned long whole = (unsigned long)seconds;
    if (seconds < 60)
        add(out, ", %lu s left", whole);
    else if (seconds < 3600)
        add(out, ", %lu min %lu s left", whole / 60, whole % 60);
    else if (seconds < 1e6)
        add(out, ", %lu h %lu min left", whole / 3600, whole % 3600 / 60);
}

void cli_progress_at(cli_progress *progress, uint64_t done, uint64_t total, uint64_t refused)
{
    if (!progress->on)
        return;
    double at = now();
    if (at - progress->last < (progress->terminal ? REDRAW_S : LINE_S))
        return;
    progress->last = at;
    double seconds = at - progress->started;
    double rate = seconds > 0 ? (double)done / seconds : 0;
    line out = {.len = 0};
    add(&out, "%s: %" PRIu64, progress->what, done);
    if (total)
        add(&out, " of %" PRIu64 " (%.0f%%)", total, 100.0 * (double)done / (double)total);
    add(&out, ", %.0f a second", rate);
    if (total > done && rate > 0)
        add_remaining(&out, (double)(total - done) / rate);
    if (refused)
        add(&out, ", %" PRIu64 " refused", refused);
    /* A line that wraps could not be taken back. */
    size_t width = cli_width(stderr);
    if (width && out.len >= width)
        out.len = width - 1;
    (void)fprintf(stderr, "%s%.*s%s", progress->terminal ? "\r\033[K" : "", (int)out.len, out.text,
                  progress->terminal ? "" : "\n");
    progress->shown = progress->terminal;
}

void cli_progress_end(cli_progress *progress)
{
    if (progress->shown)
        (void)fputs("\r\033[K", stderr);
    progress->shown = false;
}
