#include "prompt.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
static volatile sig_atomic_t signalled;

static void caught(int number)
{
    signalled = number;
}

/* One byte a time: what is behind the line belongs to whoever reads next. */
static size_t read_line(char *text, size_t size)
{
    size_t len = 0;
    while (!signalled) {
        char c = '\0';
        ssize_t got = read(STDIN_FILENO, &c, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || c == '\n')
            break;
        if (len + 1 < size)
            text[len] = c;
        len++;
    }
    text[len < size ? len : 0] = '\0';
    return len;
}

static size_t ask_hidden(const char *question, const struct termios *before, char *secret,
                         size_t size)
{
    struct sigaction action = {.sa_handler = caught}; /* no SA_RESTART: the read must end */
    struct sigaction saved[COUNT_OF(ends)];
    struct termios hidden = *before;
    signalled = 0;
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        (void)sigaction(ends[i], &action, &saved[i]);
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    cli_print_clean(stderr, question, strlen(question));
    size_t len = read_line(secret, size);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, before);
    (void)fputc('\n', stderr);
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        (void)sigaction(ends[i], &saved[i], NULL);
    return len;
}

toc_rc cli_prompt_secret(const char *question, char *secret, size_t size, toc_error *err)
{
    struct termios before;
    size_t len = 0;
    if (!tcgetattr(STDIN_FILENO, &before))
        len = ask_hidden(question, &before, secret, size);
    if (signalled)
        (void)raise(signalled);
    if (len && len < size && !signalled)
        return TOC_OK;
    explicit_bzero(secret, size);
    return cli_error(err, TOC_ECANCELED, "%s",
                     len >= size ? "the secret key is too long" : "no secret key was given");
}
