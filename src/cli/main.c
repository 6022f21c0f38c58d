#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* A reader that went away ends the program without a word, as with other programs. Other pipes
 * and sockets that break are the business of who writes to them. */
static void broken_pipe(int number)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    int saved = errno;
    if (poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP))) {
        (void)signal(number, SIG_DFL);
        (void)raise(number);
    }
    errno = saved;
}

static void watch_output(void)
{
    struct sigaction action = {.sa_handler = broken_pipe, .sa_flags = SA_RESTART};
    (void)sigaction(SIGPIPE, &action, NULL);
    /* A file that may not grow (ulimit -f) is a failed write like that of a full disk. */
    (void)signal(SIGXFSZ, SIG_IGN);
}

/* The next file that is opened would take the place of a standard one that is closed, and what is
 * meant for that would be written into it. In the wrong direction, so that use still fails. */
static bool hold_places(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return false;
    return true;
}

int main(int argc, char **argv)
{
    cli_args args;
    memset(&args, 0, sizeof args);
    const cli_verb *verb = NULL;
    if (!hold_places())
        return EXIT_FAILED;
    watch_output();
    int status = cli_parse(argc, argv, &verb, &args);
    if (status < 0)
        status = verb->run(&args);
    errno = 0;
    if (fflush(stdout) || ferror(stdout)) {
        (void)fprintf(stderr, "tocsin: standard output: %s\n",
                      errno ? strerror(errno) : "it could not be written whole");
        if (status == EXIT_OK)
            status = EXIT_FAILED;
    }
    return status;
}
