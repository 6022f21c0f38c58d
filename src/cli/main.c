#include <stdarg.h>
#include <string.h>

#include "cli.h"

int cli_fail(const toc_error *err)
{
    (void)fprintf(stderr, "tocsin: %s\n",
                  err->message[0] ? err->message : toc_error_find(err->code)->text);
    return toc_error_find(err->code)->exit_status;
}

int cli_usage(const char *format, ...)
{
    va_list list;
    (void)fputs("tocsin: ", stderr);
    va_start(list, format);
    (void)vfprintf(stderr, format, list);
    va_end(list);
    (void)fputc('\n', stderr);
    return EXIT_USAGE;
}

void cli_note(const cli_args *args, const char *format, ...)
{
    if (cli_has(args, OPT_QUIET))
        return;
    va_list list;
    va_start(list, format);
    (void)vfprintf(stderr, format, list);
    va_end(list);
    (void)fputc('\n', stderr);
}

void cli_log(void *user, toc_log_level level, const char *area, const char *text)
{
    static const char *const names[TOC_LOG_COUNT] = {"debug", "info", "warning", "error"};
    (void)user;
    (void)fprintf(stderr, "%s: %s: %s\n", names[level], area, text);
}

int main(int argc, char **argv)
{
    cli_args args;
    memset(&args, 0, sizeof args);
    const cli_verb *verb = NULL;
    int status = cli_parse(argc, argv, &verb, &args);
    if (status < 0)
        status = verb->run(&args);
    if (fflush(stdout) || ferror(stdout)) {
        perror("tocsin: standard output");
        if (status == EXIT_OK)
            status = EXIT_FAILED;
    }
    return status;
}
