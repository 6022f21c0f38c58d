#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "cli.h"

/* What a person can do about a failure that says nothing of it. */
static const struct {
    toc_rc code;
    int status;       /* of the answer; 0: any, or none */
    const char *said; /* in the message; NULL: whatever it says */
    const char *text;
} hints[] = {
    {TOC_EAUTH, 401, NULL,
     "check the access id, its secret, its role and this machine's clock; -v shows the requests"},
    {TOC_EAUTH, 403, NULL,
     "'tocsin owners' lists the owners that can be read, 'tocsin whoami' the role"},
    {TOC_ENET, 0, NULL, "check --api (or api_base_url in the settings), the network and the proxy"},
    {TOC_EPROTO, 0, NULL, "check that --api is the address of an API: it usually ends in /api"},
    {TOC_ENOMEM, 0, NULL, "free some memory, or give less at a time"},
    {TOC_ENOTFOUND, 0, "no user with this access id", "'tocsin user list' lists the store's users"},
};

static const char *hint_for(const toc_error *err)
{
    /* A list that breaks off came from an API. */
    if (err->code == TOC_EPROTO && (err->flags & TOC_ERROR_FATAL))
        return NULL;
    for (size_t i = 0; i < COUNT_OF(hints); i++)
        if (hints[i].code == err->code &&
            (!hints[i].status || hints[i].status == err->http_status) &&
            (!hints[i].said || strstr(err->message, hints[i].said)))
            return hints[i].text;
    return NULL;
}

/* Answers 4xx blame the request, which is the same the next time. These ask for patience. */
static bool is_patience(const toc_error *err)
{
    static const int statuses[] = {408, 425, 429};
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        if (err->http_status == statuses[i])
            return true;
    return (err->flags & TOC_ERROR_RETRYABLE) || strstr(err->message, "Batch still in ");
}

static int exit_of(const toc_error *err)
{
    bool refused = err->code == TOC_EHTTP && err->http_status >= 400 && err->http_status < 500;
    return refused && !is_patience(err) ? EXIT_HOPELESS : toc_error_find(err->code)->exit_status;
}

toc_rc cli_error(toc_error *err, toc_rc code, const char *format, ...)
{
    va_list list;
    *err = (toc_error){.code = code};
    va_start(list, format);
    (void)vsnprintf(err->message, sizeof err->message, format, list);
    va_end(list);
    return code;
}

static void begin(void)
{
    bool colour = cli_colour(stderr);
    (void)fprintf(stderr, "%stocsin:%s ", colour ? CLI_RED : "", colour ? CLI_PLAIN : "");
}

int cli_fail(const toc_error *err)
{
    const char *text = err->message[0] ? err->message : toc_error_find(err->code)->text;
    const char *hint = hint_for(err);
    begin();
    cli_print_clean(stderr, text, strlen(text));
    (void)fputc('\n', stderr);
    if (hint)
        (void)fprintf(stderr, "  %s\n", hint);
    return exit_of(err);
}

/* What is formatted may hold text from outside. */
static void print_line(const char *format, va_list list) __attribute__((format(printf, 1, 0)));

static void print_line(const char *format, va_list list)
{
    char text[2048];
    int length = vsnprintf(text, sizeof text, format, list);
    if (length > 0)
        cli_print_clean(stderr, text, strlen(text));
    (void)fputc('\n', stderr);
}

void cli_say(const char *format, ...)
{
    va_list list;
    begin();
    va_start(list, format);
    print_line(format, list);
    va_end(list);
}

int cli_say_errno(const char *path)
{
    cli_say("%s: %s", path, strerror(errno));
    return EXIT_FAILED;
}

int cli_usage(const char *format, ...)
{
    va_list list;
    begin();
    va_start(list, format);
    print_line(format, list);
    va_end(list);
    return EXIT_USAGE;
}

void cli_note(const cli_args *args, const char *format, ...)
{
    if (cli_has(args, OPT_QUIET))
        return;
    va_list list;
    va_start(list, format);
    print_line(format, list);
    va_end(list);
}

void cli_log(void *user, toc_log_level level, const char *area, const char *text)
{
    static const char *const names[TOC_LOG_COUNT] = {"debug", "info", "warning", "error"};
    (void)user;
    if (!strcmp(area, "call")) /* the same request as the line "curl", at length */
        return;
    if (strcmp(area, "curl") != 0)
        (void)fprintf(stderr, "%s: %s: ", names[level], area);
    cli_print_clean(stderr, text, strlen(text));
    (void)fputc('\n', stderr);
}
