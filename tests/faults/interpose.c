/* interpose.c - for tests: a library to be loaded in front of the others (LD_PRELOAD), in which one
 * system call fails. It goes to the kernel itself and so stands beside the sanitizers' own.
 *
 * TOC_FAULT=CALL:ERROR:NTH:HOW   the NTH call of a class (see calls below) fails (HOW is once), or
 *                                each one from it on (on), or each NTH one (every). ERROR: a name
 *                                of errors below; SHORT does half of what it was asked for, BYTE a
 *                                single byte; TIGHT makes a socket's buffer for sending small.
 *
 * TOC_FAULT_COUNTS=FILE          how often each class was called, written at the end
 *
 * TOC_FAULT_CLOCK=FILE           eight bytes: seconds that the clock of the day is ahead; may
 *                                change at any time */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "place.h"

#define KERNEL_SIGNALS 8 /* bytes of the kernel's sigset_t */

typedef enum call_class {
    CALL_WRITE, /* write, pwrite: to files only */
    CALL_READ,  /* read, pread: from files only */
    CALL_SYNC,
    CALL_RENAME,
    CALL_TRUNCATE,
    CALL_CREATE, /* open with O_CREAT or O_TMPFILE, mkstemp, fopen for writing */
    CALL_UNLINK,
    CALL_MKDIR,
    CALL_SOCKET,
    CALL_CONNECT,
    CALL_SEND,
    CALL_RECV,
    CALL_ACCEPT,
    CALL_POLL, /* poll and epoll_wait */
    CALL_RESOLVE,
    CALL_TRAFFIC, /* send and recv */
    CALL_EVENTFD,
    CALL_EPOLL, /* epoll_create1 */
    CALL_WATCH, /* epoll_ctl that adds */
    CALL_THREAD,
    CALL_MEMORY, /* memory.c says what is counted; builds with sanitizers do without */
    CALL_COUNT
} call_class;

static const char *const calls[CALL_COUNT] = {
    "write",   "read",    "sync",    "rename", "truncate", "create", "unlink",
    "mkdir",   "socket",  "connect", "send",   "recv",     "accept", "poll",
    "resolve", "traffic", "eventfd", "epoll",  "watch",    "thread", "memory"};

/* What is no error. */
#define SHORT (-101)
#define BYTE (-102)
#define TIGHT (-103)
static const struct {
    const char *name;
    int number;
} errors[] = {
    {"EIO", EIO},
    {"EINTR", EINTR},
    {"EAGAIN", EAGAIN},
    {"ECONNRESET", ECONNRESET},
    {"ECONNREFUSED", ECONNREFUSED},
    {"EPIPE", EPIPE},
    {"EMFILE", EMFILE},
    {"ENOMEM", ENOMEM},
    {"EACCES", EACCES},
    {"ECONNABORTED", ECONNABORTED},
    {"ENOSPC", ENOSPC},
    {"SHORT", SHORT},
    {"BYTE", BYTE},
    {"TIGHT", TIGHT},
    {"AGAIN", EAI_AGAIN},
    {"NONAME", EAI_NONAME},
    {"MEMORY", EAI_MEMORY},
};

static struct {
    bool set, lasting, every;
    call_class call;
    int error;
    unsigned long nth;
} rule;
static atomic_ulong counts[CALL_COUNT];
static const volatile int64_t *clock_ahead;

static bool take(const char **text, char *word, size_t size)
{
    size_t len = strcspn(*text, ":");
    if (!len || len >= size)
        return false;
    memcpy(word, *text, len);
    word[len] = '\0';
    *text += len + ((*text)[len] == ':');
    return true;
}

static void read_rule(const char *text)
{
    char call[16], error[16], nth[24], how[8];
    if (!text || !take(&text, call, sizeof call) || !take(&text, error, sizeof error) ||
        !take(&text, nth, sizeof nth) || !take(&text, how, sizeof how))
        return;
    bool known = false;
    for (size_t i = 0; i < CALL_COUNT; i++)
        if (!strcmp(call, calls[i])) {
            rule.call = (call_class)i;
            known = true;
        }
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (!strcmp(error, errors[i].name))
            rule.error = errors[i].number;
    for (const char *at = nth; *at >= '0' && *at <= '9'; at++)
        rule.nth = rule.nth * 10 + (unsigned long)(*at - '0');
    rule.lasting = !strcmp(how, "on");
    rule.every = !strcmp(how, "every");
    rule.set = known && rule.error && rule.nth;
}

static void map_clock(const char *path)
{
    int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0) : -1;
    if (fd < 0)
        return;
    void *map = mmap(NULL, sizeof *clock_ahead, PROT_READ, MAP_SHARED, fd, 0);
    (void)syscall(SYS_close, fd);
    if (map != MAP_FAILED)
        clock_ahead = map;
}

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("TOC_FAULT");
    read_rule(text);
    if (text && !rule.set) { /* a test with it would try nothing */
        (void)fprintf(stderr, "TOC_FAULT: %s is no rule\n", text);
        _exit(98);
    }
    map_clock(getenv("TOC_FAULT_CLOCK"));
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("TOC_FAULT_COUNTS");
    int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path,
                                 O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)
                  : -1;
    for (size_t i = 0; fd >= 0 && i < CALL_COUNT; i++) {
        char line[64];
        int len = snprintf(line, sizeof line, "%s %lu\n", calls[i], atomic_load(&counts[i]));
        (void)syscall(SYS_write, fd, line, len);
    }
    if (fd >= 0)
        (void)syscall(SYS_close, fd);
}

/* 0: nothing happens; SHORT and the like; or what errno becomes. */
static int fault_of(call_class call)
{
    unsigned long number = atomic_fetch_add(&counts[call], 1) + 1;
    if (!rule.set || rule.call != call)
        return 0;
    if (rule.every)
        return number % rule.nth ? 0 : rule.error;
    return number == rule.nth || (rule.lasting && number > rule.nth) ? rule.error : 0;
}

bool fault_of_place(unsigned number, bool fresh)
{
    if (fresh)
        (void)atomic_fetch_add(&counts[CALL_MEMORY], 1);
    if (!rule.set || rule.call != CALL_MEMORY)
        return false;
    return rule.lasting ? number >= rule.nth : fresh && number == rule.nth;
}

/* True when the call fails; else *len is what it does. */
static bool does_fail(int error, size_t *len)
{
    if (error == SHORT && *len > 1)
        *len = *len / 2;
    if (error == BYTE && *len > 1)
        *len = 1;
    if (error <= 0)
        return false;
    errno = error;
    return true;
}

static bool fails(call_class call, size_t *len)
{
    return does_fail(fault_of(call), len);
}

static bool fails_whole(call_class call)
{
    size_t len = 1;
    return fails(call, &len);
}

static bool is_file(int fd)
{
    struct stat info;
    int before = errno;
    bool file = !fstat(fd, &info) && S_ISREG(info.st_mode);
    errno = before;
    return file;
}

/* --- files ---------------------------------------------------------------------------------- */

ssize_t write(int fd, const void *data, size_t len)
{
    if (is_file(fd) && fails(CALL_WRITE, &len))
        return -1;
    return syscall(SYS_write, fd, data, len);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
    if (is_file(fd) && fails(CALL_WRITE, &len))
        return -1;
    return syscall(SYS_pwrite64, fd, data, len, at);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
    return pwrite(fd, data, len, at);
}

ssize_t read(int fd, void *data, size_t len)
{
    if (is_file(fd) && fails(CALL_READ, &len))
        return -1;
    return syscall(SYS_read, fd, data, len);
}

ssize_t pread(int fd, void *data, size_t len, off_t at)
{
    if (is_file(fd) && fails(CALL_READ, &len))
        return -1;
    return syscall(SYS_pread64, fd, data, len, at);
}

ssize_t pread64(int fd, void *data, size_t len, off64_t at)
{
    return pread(fd, data, len, at);
}

int fsync(int fd)
{
    return fails_whole(CALL_SYNC) ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return fails_whole(CALL_SYNC) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int rename(const char *from, const char *to)
{
    if (fails_whole(CALL_RENAME))
        return -1;
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
    if (fails_whole(CALL_RENAME))
        return -1;
    return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}

int ftruncate(int fd, off_t len)
{
    return fails_whole(CALL_TRUNCATE) ? -1 : (int)syscall(SYS_ftruncate, fd, len);
}

int ftruncate64(int fd, off64_t len)
{
    return ftruncate(fd, len);
}

/* The counters of a coverage build are not the program's. */
static bool is_coverage(const char *path)
{
    size_t len = strlen(path);
    return len > 5 && !strcmp(path + len - 5, ".gcda");
}

static int open_at(int dir, const char *path, int flags, mode_t mode)
{
    bool creates = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE;
    if (creates && !is_coverage(path) && fails_whole(CALL_CREATE))
        return -1;
    return (int)syscall(SYS_openat, dir, path, flags, mode);
}

#define MODE_ARGUMENT(mode)                                                                        \
    mode_t mode = 0;                                                                               \
    if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) {                                     \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        mode = va_arg(list, mode_t);                                                               \
        va_end(list);                                                                              \
    }

int open(const char *path, int flags, ...)
{
    MODE_ARGUMENT(mode)
    return open_at(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    MODE_ARGUMENT(mode)
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
    MODE_ARGUMENT(mode)
    return open_at(dir, path, flags, mode);
}

int openat64(int dir, const char *path, int flags, ...)
{
    MODE_ARGUMENT(mode)
    return open_at(dir, path, flags, mode);
}

/* The C library's own function behind one of ours. */
static void next(const char *name, void *function, size_t size)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found)
        abort();
    memcpy(function, &found, size);
}

int mkostemp(char *pattern, int flags)
{
    int (*real)(char *, int) = NULL;
    if (fails_whole(CALL_CREATE))
        return -1;
    next("mkostemp", &real, sizeof real);
    return real(pattern, flags);
}

int mkostemp64(char *pattern, int flags)
{
    return mkostemp(pattern, flags);
}

int mkstemp(char *pattern)
{
    return mkostemp(pattern, 0);
}

int mkstemp64(char *pattern)
{
    return mkostemp(pattern, 0);
}

/* The C library's streams do not come by our write; these do. */
static ssize_t cookie_write(void *cookie, const char *data, size_t len)
{
    ssize_t done = write((int)(intptr_t)cookie, data, len);
    return done < 0 ? 0 : done;
}

static int cookie_close(void *cookie)
{
    return (int)syscall(SYS_close, (int)(intptr_t)cookie);
}

FILE *fopen(const char *path, const char *mode)
{
    FILE *(*real)(const char *, const char *) = NULL;
    if (*mode != 'r') {
        int how = *mode == 'a' ? O_APPEND : O_TRUNC;
        int fd = open_at(AT_FDCWD, path, O_WRONLY | O_CREAT | O_CLOEXEC | how, 0666);
        cookie_io_functions_t io = {.write = cookie_write, .close = cookie_close};
        return fd < 0 ? NULL : fopencookie((void *)(intptr_t)fd, "w", io);
    }
    next("fopen", &real, sizeof real);
    return real(path, mode);
}

/* What the system does with a short count is the same as for a stream: the rest is written. */
static int print(int fd, const char *format, va_list list)
{
    char text[4096];
    int len = vsnprintf(text, sizeof text, format, list);
    for (int at = 0; at < len;) {
        ssize_t done = write(fd, text + at, (size_t)(len - at));
        if (done < 0)
            return -1;
        at += (int)done;
    }
    return len;
}

int dprintf(int fd, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int len = print(fd, format, list);
    va_end(list);
    return len;
}

int __dprintf_chk(int fd, int flag, const char *format, ...);

/* What programs built with the checking headers call. */
int __dprintf_chk(int fd, int flag, const char *format, ...)
{
    va_list list;
    (void)flag;
    va_start(list, format);
    int len = print(fd, format, list);
    va_end(list);
    return len;
}

FILE *fopen64(const char *path, const char *mode)
{
    return fopen(path, mode);
}

FILE *tmpfile(void)
{
    FILE *(*real)(void) = NULL;
    if (fails_whole(CALL_CREATE))
        return NULL;
    next("tmpfile", &real, sizeof real);
    return real();
}

FILE *tmpfile64(void)
{
    return tmpfile();
}

int unlink(const char *path)
{
    return fails_whole(CALL_UNLINK) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int mkdir(const char *path, mode_t mode)
{
    return fails_whole(CALL_MKDIR) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

/* --- sockets -------------------------------------------------------------------------------- */

/* A short count and EAGAIN tell whoever waits for edges (epoll(7)) that nothing is left to read, or
 * no room to write, until the next edge. The kernel keeps to that: the rest of the data comes
 * behind the call, and so does an edge. A lie alone would leave the connection waiting for good,
 * which no kernel does; so what is watched is made to say again what it is ready for, as if the
 * rest had come (or the room) just now. Nobody is owed that who asks with poll. */
#define WATCHED_MAX 1024
static struct {
    int epoll;
    bool set;
    struct epoll_event event;
} watched[WATCHED_MAX];

static void make_edge(int fd)
{
    int before = errno;
    if (fd >= 0 && fd < WATCHED_MAX && watched[fd].set)
        (void)syscall(SYS_epoll_ctl, watched[fd].epoll, EPOLL_CTL_MOD, fd, &watched[fd].event);
    errno = before;
}

int epoll_ctl(int epoll, int how, int fd, struct epoll_event *event)
{
    if (how == EPOLL_CTL_ADD && fails_whole(CALL_WATCH))
        return -1;
    int rc = (int)syscall(SYS_epoll_ctl, epoll, how, fd, event);
    if (rc || fd < 0 || fd >= WATCHED_MAX)
        return rc;
    watched[fd].set = how != EPOLL_CTL_DEL;
    watched[fd].epoll = epoll;
    if (event)
        watched[fd].event = *event;
    return rc;
}

static bool is_stream(int fd)
{
    int type = 0, before = errno;
    socklen_t size = sizeof type;
    bool stream = !getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) && type == SOCK_STREAM;
    errno = before;
    return stream;
}

static bool may_block(int fd, int flags)
{
    int before = errno, set = fcntl(fd, F_GETFL);
    errno = before;
    return !(flags & MSG_DONTWAIT) && !(set >= 0 && set & O_NONBLOCK);
}

typedef struct transfer {
    size_t len;
    bool fails, changed;
} transfer;

/* A datagram is whole or not there, and who waits for a blocking socket does not hear EAGAIN. */
static transfer transfer_of(call_class call, int fd, size_t len, int flags)
{
    transfer made = {.len = len};
    int both = fault_of(CALL_TRAFFIC), one = fault_of(call), error = one ? one : both;
    if (error <= 0 && !is_stream(fd))
        return made;
    if (error == EAGAIN && may_block(fd, flags))
        return made;
    made.fails = does_fail(error, &made.len);
    made.changed = made.len < len || error == EAGAIN;
    return made;
}

static ssize_t transferred(const transfer *made, int fd, ssize_t done)
{
    if (made->changed)
        make_edge(fd);
    return done;
}

/* The smallest that the kernel allows: what is then sent short is its own doing. Not that for what
 * is received: less than a segment of the loopback, and set when more was promised to the other
 * end, it makes the kernel drop segments until they come in time by chance. */
static int tighten(int fd)
{
    static const int size = 1;
    int before = errno;
    if (fd >= 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    errno = before;
    return fd;
}

int socket(int domain, int type, int protocol)
{
    size_t one = 1;
    int error = fault_of(CALL_SOCKET);
    if (does_fail(error, &one))
        return -1;
    int fd = (int)syscall(SYS_socket, domain, type, protocol);
    return error == TIGHT ? tighten(fd) : fd;
}

/* The C library declares addresses as a union of pointers. */
int connect(int fd, __CONST_SOCKADDR_ARG name, socklen_t len)
{
    return fails_whole(CALL_CONNECT) ? -1 : (int)syscall(SYS_connect, fd, name.__sockaddr__, len);
}

ssize_t sendto(int fd, const void *data, size_t len, int flags, __CONST_SOCKADDR_ARG name,
               socklen_t name_len)
{
    transfer made = transfer_of(CALL_SEND, fd, len, flags);
    return transferred(
        &made, fd,
        made.fails ? -1
                   : syscall(SYS_sendto, fd, data, made.len, flags, name.__sockaddr__, name_len));
}

ssize_t send(int fd, const void *data, size_t len, int flags)
{
    transfer made = transfer_of(CALL_SEND, fd, len, flags);
    return transferred(&made, fd,
                       made.fails ? -1 : syscall(SYS_sendto, fd, data, made.len, flags, NULL, 0));
}

#define PARTS_MAX 64

static size_t size_of(const struct msghdr *message)
{
    size_t size = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++)
        size += message->msg_iov[i].iov_len;
    return size;
}

/* The message with its first bytes alone. */
static struct msghdr cut(const struct msghdr *message, size_t len, struct iovec parts[PARTS_MAX])
{
    struct msghdr made = *message;
    size_t used = 0;
    while (len && used < made.msg_iovlen && used < PARTS_MAX) {
        parts[used] = message->msg_iov[used];
        if (parts[used].iov_len > len)
            parts[used].iov_len = len;
        len -= parts[used++].iov_len;
    }
    made.msg_iov = parts;
    made.msg_iovlen = used;
    return made;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    struct iovec parts[PARTS_MAX];
    size_t len = size_of(message);
    transfer made = transfer_of(CALL_SEND, fd, len, flags);
    struct msghdr sent = made.len < len ? cut(message, made.len, parts) : *message;
    return transferred(&made, fd, made.fails ? -1 : syscall(SYS_sendmsg, fd, &sent, flags));
}

ssize_t sendfile(int out, int in, off_t *at, size_t len)
{
    transfer made = transfer_of(CALL_SEND, out, len, 0);
    return transferred(&made, out, made.fails ? -1 : syscall(SYS_sendfile, out, in, at, made.len));
}

ssize_t sendfile64(int out, int in, off64_t *at, size_t len)
{
    return sendfile(out, in, at, len);
}

ssize_t recvfrom(int fd, void *data, size_t len, int flags, __SOCKADDR_ARG name,
                 socklen_t *name_len)
{
    transfer made = transfer_of(CALL_RECV, fd, len, flags);
    return transferred(
        &made, fd,
        made.fails ? -1
                   : syscall(SYS_recvfrom, fd, data, made.len, flags, name.__sockaddr__, name_len));
}

ssize_t recv(int fd, void *data, size_t len, int flags)
{
    transfer made = transfer_of(CALL_RECV, fd, len, flags);
    return transferred(
        &made, fd, made.fails ? -1 : syscall(SYS_recvfrom, fd, data, made.len, flags, NULL, NULL));
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    return fails_whole(CALL_RECV) ? -1 : syscall(SYS_recvmsg, fd, message, flags);
}

int accept4(int fd, __SOCKADDR_ARG name, socklen_t *len, int flags)
{
    size_t one = 1;
    int error = fault_of(CALL_ACCEPT);
    if (does_fail(error, &one))
        return -1;
    int made = (int)syscall(SYS_accept4, fd, name.__sockaddr__, len, flags);
    return error == TIGHT ? tighten(made) : made;
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    struct timespec time = {.tv_sec = timeout / 1000, .tv_nsec = timeout % 1000 * 1000000L};
    if (fails_whole(CALL_POLL))
        return -1;
    return (int)syscall(SYS_ppoll, fds, count, timeout < 0 ? NULL : &time, NULL, KERNEL_SIGNALS);
}

int epoll_wait(int fd, struct epoll_event *events, int count, int timeout)
{
    if (fails_whole(CALL_POLL))
        return -1;
    return (int)syscall(SYS_epoll_pwait, fd, events, count, timeout, NULL, KERNEL_SIGNALS);
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **result)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = NULL;
    int error = fault_of(CALL_RESOLVE);
    if (error)
        return error;
    next("getaddrinfo", &real, sizeof real);
    return real(name, service, hints, result);
}

/* --- what a server starts with -------------------------------------------------------------- */

int eventfd(unsigned start, int flags)
{
    return fails_whole(CALL_EVENTFD) ? -1 : (int)syscall(SYS_eventfd2, start, flags);
}

int epoll_create1(int flags)
{
    return fails_whole(CALL_EPOLL) ? -1 : (int)syscall(SYS_epoll_create1, flags);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *user)
{
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = NULL;
    int error = fault_of(CALL_THREAD);
    if (error > 0)
        return error;
    next("pthread_create", &real, sizeof real);
    return real(thread, attributes, run, user);
}

/* --- the clock of the day ------------------------------------------------------------------- */

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int rc = (int)syscall(SYS_clock_gettime, clock, now);
    if (!rc && clock_ahead && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += (time_t)*clock_ahead;
    return rc;
}

time_t time(time_t *place)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (place)
        *place = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *now, void *zone)
{
    struct timespec time = {0};
    (void)zone;
    (void)clock_gettime(CLOCK_REALTIME, &time);
    *now = (struct timeval){.tv_sec = time.tv_sec, .tv_usec = time.tv_nsec / 1000};
    return 0;
}
