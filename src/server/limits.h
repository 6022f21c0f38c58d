/* limits.h - every maximum of the listener, named, with its reason. */
#ifndef TOC_SERVER_LIMITS_H
#define TOC_SERVER_LIMITS_H
#include "base/limits.h"

/* Open connections; fewer where the process may open fewer files. */
#define TOC_SERVER_CONNECTIONS 4096u
/* Files that are left to the store, the spool files and the program itself. */
#define TOC_SERVER_SPARE_FILES 128u
#define TOC_SERVER_THREADS 256u
/* Runs of the HTTP library from which nothing came, after which it has to pause, and for how long.
 */
#define TOC_SERVER_QUIET_RUNS 64u
#define TOC_SERVER_QUIET_MS 20
/* Seconds without a byte in either direction after which a connection is closed. A head may take
 * twice as long; a body and an answer have this long and the time that they take at the slowest. */
#define TOC_SERVER_IDLE_S 60u
#define TOC_SERVER_SLOWEST 8u /* bytes in a millisecond */
/* How often slow ones are looked for, in milliseconds: at the most, and a part of the idle time. */
#define TOC_SERVER_LOOK_MS 10000
#define TOC_SERVER_LOOKS 4u
/* Failures to say who one is that an address gets answered at once; it is forgiven one a second.
 * A client with a wrong key says so in its first answer; more than that is guessing. */
#define TOC_SERVER_FAILURES 20u
#define TOC_SERVER_FAILURES_MAX 1000000u
#define TOC_SERVER_FORGET_MS 1000u
/* How long the refusals beyond that wait, and how many at one time; others get none. */
#define TOC_SERVER_HOLD_MS 1000
#define TOC_SERVER_HELD 256
/* Memory of one connection for request line and headers: the longest target and a little beside it.
 * The HTTP library clears one and a half times as much after every request, which takes about as
 * long as the platform needs for a small answer: so it is no more. */
#define TOC_SERVER_HEAD (TOC_MAX_TARGET + 8u * 1024u)
/* What the HTTP library keeps of a line of it, and the room for the head of the answer. */
#define TOC_SERVER_HEAD_ENTRY 64u
#define TOC_SERVER_ANSWER_HEAD (8u * 1024u)
/* A body that stays in memory; a longer one goes to a file. */
#define TOC_SERVER_BODY_MEMORY (1u * 1024u * 1024u)
/* Bytes of a refused body that are read and dropped so that the client gets to see the answer. */
#define TOC_SERVER_DRAIN (64u * 1024u * 1024u)
/* Refused uploads whose connections are drained at one time, and for how long. */
#define TOC_SERVER_LINGERING 32
#define TOC_SERVER_LINGER_MS 5000
/* A buffer that grew beyond this is given back instead of being kept for the next request. */
#define TOC_SERVER_KEEP (64u * 1024u)
/* Seconds that a stop waits for the requests in flight, and for a client that says no more of one;
 * less where the idle time is shorter. */
#define TOC_SERVER_GRACE_S 30
#define TOC_SERVER_SILENCE_S 5u
/* Requests that may write and are served at the same time. Their transactions follow one another,
 * what is around them does not. */
#define TOC_SERVER_WRITERS 4
/* Queues for them; users have one each unless two fall together. */
#define TOC_SERVER_LANES 64
/* Seconds after which the worker looks for jobs without having been woken, and after a failure. It
 * also tends the store then, which keeps snapshots no longer than that for readers that are idle.
 */
#define TOC_SERVER_POLL_S 2
#define TOC_SERVER_RETRY_S 5
/* Pause of the acceptor when no connection can be taken, in milliseconds. */
#define TOC_SERVER_PAUSE_MS 50
/* A certificate chain or a key. */
#define TOC_SERVER_PEM (1u * 1024u * 1024u)
#define TOC_SERVER_BACKLOG 512
/* Connections that wait for one thread to take them up. */
#define TOC_SERVER_ARRIVING TOC_SERVER_BACKLOG
#endif
