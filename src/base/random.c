/* random.c - bytes of the system's generator. */
#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

#include "base/error.h"

toc_rc toc_random(void *room, size_t size, toc_error *err)
{
    ssize_t got;
    /* A signal may end the wait for a generator that has just been started. */
    do {
        got = getrandom(room, size, 0);
    } while (got < 0 && errno == EINTR);
    return got == (ssize_t)size ? TOC_OK
                                : toc_error_set(err, TOC_EIO, "no random bytes are to be had");
}
