/* listener.h - a socket that answers by script, one thread; for tests of what goes over the wire.
 */
#ifndef TESTS_SUPPORT_LISTENER_H
#define TESTS_SUPPORT_LISTENER_H
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#define LISTENER_MAX 8

typedef struct listener_reply {
    const char *raw;  /* NULL: silence until the client goes away */
    size_t filler;    /* so many bytes 'x' behind it */
    unsigned slow_ms; /* between single bytes of raw's body; 0: all at once */
    bool close;       /* the connection, afterwards */
} listener_reply;

typedef struct listener {
    int fd;
    unsigned port;
    pthread_t thread;
    const listener_reply *replies;
    size_t count;
    unsigned connections, served;
    char heads[LISTENER_MAX][8192]; /* head and body as they came */
} listener;

/* On 127.0.0.1; false when the machine does not let it. */
bool listener_start(listener *self, const listener_reply *replies, size_t count);
void listener_stop(listener *self); /* the replies that nobody asked for are not waited for */
#endif
