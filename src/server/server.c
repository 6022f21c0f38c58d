/* server.c - start and stop of the listener. */
#include "server/server.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "server/limits.h"

/* A file in memory that is wiped before it is released. */
typedef struct secret_text {
    char *ptr;
    size_t len;
} secret_text;

static void wipe(secret_text *text)
{
    if (text->ptr)
        toc_mem_wipe(text->ptr, text->len);
    toc_mem_free(text->ptr);
    text->ptr = NULL;
}

static toc_rc read_pem(const char *path, secret_text *text, toc_error *err)
{
    struct stat info;
    TOC_AUTOCLOSE int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info))
        return toc_error_errno(err, errno == ENOENT ? TOC_ENOTFOUND : TOC_EIO, errno, "%s", path);
    if (!S_ISREG(info.st_mode) || info.st_size <= 0 || info.st_size > (off_t)TOC_SERVER_PEM)
        return toc_error_set(err, TOC_EINVAL, "%s is not a PEM file", path);
    size_t size = (size_t)info.st_size;
    TOC_CLEANUP(wipe) secret_text made = {toc_mem_zalloc(size + 1, 1), size};
    if (!made.ptr)
        return toc_error_nomem(err);
    size_t got = 0;
    if (!toc_fd_read(fd, made.ptr, size, &got))
        return toc_error_errno(err, TOC_EIO, errno, "%s", path);
    if (got < size)
        return toc_error_set(err, TOC_EIO, "%s became shorter while it was read", path);
    *text = (secret_text){TOC_TAKE(made.ptr), size};
    return TOC_OK;
}

static unsigned connection_limit(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur == RLIM_INFINITY ||
        files.rlim_cur > TOC_SERVER_CONNECTIONS + TOC_SERVER_SPARE_FILES)
        return TOC_SERVER_CONNECTIONS;
    if (files.rlim_cur < 2 * TOC_SERVER_SPARE_FILES)
        return TOC_SERVER_SPARE_FILES;
    return (unsigned)files.rlim_cur - TOC_SERVER_SPARE_FILES;
}

static unsigned thread_count(unsigned wanted)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (!wanted)
        wanted = processors < 1 ? 1 : (unsigned)processors;
    return wanted > TOC_SERVER_THREADS ? TOC_SERVER_THREADS : wanted;
}

static toc_rc start_http(toc_server *server, const toc_server_options *options, toc_error *err)
{
    TOC_CLEANUP(wipe) secret_text cert = {NULL, 0};
    TOC_CLEANUP(wipe) secret_text key = {NULL, 0};
    toc_rc rc = options->tls_cert ? read_pem(options->tls_cert, &cert, err) : TOC_OK;
    if (!rc && options->tls_key)
        rc = read_pem(options->tls_key, &key, err);
    if (rc)
        return rc;
    if (cert.ptr && MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES)
        return toc_error_set(err, TOC_EUNSUPPORTED, "the HTTP library was built without TLS");
    rc = toc__loops_start(server, thread_count(options->threads), cert.ptr, key.ptr, err);
    if (!rc || !server->complaint[0])
        return rc;
    const char *why = server->complaint;
    if (cert.ptr)
        return toc_error_set(err, TOC_EINVAL, "TLS with %s and %s could not be started: %s",
                             options->tls_cert, options->tls_key, why);
    return toc_error_set(err, TOC_EIO, "the HTTP library could not be started: %s", why);
}

/* --- start and stop ------------------------------------------------------------------------- */

static bool make_locks(toc_server *server)
{
    pthread_condattr_t monotonic;
    if (pthread_condattr_init(&monotonic))
        return false;
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    bool made = !pthread_mutex_init(&server->lock, NULL) &&
                !pthread_mutex_init(&server->worker.lock, NULL) &&
                !pthread_mutex_init(&server->acceptor.lock, NULL) &&
                !pthread_mutex_init(&server->writers.lock, NULL) &&
                !pthread_mutex_init(&server->peers.lock, NULL) &&
                !pthread_cond_init(&server->writers.changed, NULL) &&
                !pthread_cond_init(&server->idle, &monotonic) &&
                !pthread_cond_init(&server->worker.changed, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    server->locks_ready = made;
    return made;
}

static void drop_locks(toc_server *server)
{
    if (!server->locks_ready)
        return;
    (void)pthread_cond_destroy(&server->worker.changed);
    (void)pthread_cond_destroy(&server->writers.changed);
    (void)pthread_mutex_destroy(&server->writers.lock);
    (void)pthread_mutex_destroy(&server->peers.lock);
    (void)pthread_cond_destroy(&server->idle);
    (void)pthread_mutex_destroy(&server->acceptor.lock);
    (void)pthread_mutex_destroy(&server->worker.lock);
    (void)pthread_mutex_destroy(&server->lock);
}

static toc_rc start_all(toc_server *server, const toc_server_options *options, toc_error *err)
{
    if (!make_locks(server))
        return toc_error_nomem(err);
    bool beyond = options->tls_cert || options->plain_http;
    toc_rc rc =
        toc__listen(options->listen, beyond, &server->acceptor.listen_fd, &server->port, err);
    if (!rc)
        rc = toc__peers_start(server, options, err);
    if (!rc)
        rc = toc__writers_start(server, err);
    if (!rc)
        rc = start_http(server, options, err);
    if (!rc)
        rc = toc__worker_start(server, err);
    if (!rc)
        rc = toc__acceptor_start(server, err);
    return rc;
}

toc_rc toc_server_start(toc_platform *platform, const toc_server_options *options,
                        toc_server **server, toc_error *err)
{
    if (!platform || !options || !server || !options->listen)
        return toc_error_set(err, TOC_EINVAL, "platform, options with an address, and server");
    if (options->version != 1)
        return toc_error_set(err, TOC_EINVAL, "version %u of the options is not known",
                             options->version);
    if (!options->tls_cert != !options->tls_key)
        return toc_error_set(err, TOC_EINVAL, "a TLS certificate and its key belong together");
    if (options->idle_s > 3600 || options->address_failures > TOC_SERVER_FAILURES_MAX)
        return toc_error_set(err, TOC_EINVAL, "idle_s or address_failures: too large");
    toc_server *made = toc_mem_zalloc(1, sizeof(*made));
    if (!made)
        return toc_error_nomem(err);
    made->idle_s = options->idle_s ? options->idle_s : TOC_SERVER_IDLE_S;
    made->platform = platform;
    made->log =
        (toc_log){.fn = options->log, .user = options->log_user, .level = options->log_level};
    made->acceptor.listen_fd = -1;
    made->acceptor.wake_fd = -1;
    made->acceptor.limit = connection_limit();
    toc_rc rc = start_all(made, options, err);
    if (rc) {
        toc_server_stop(made);
        return rc;
    }
    toc_log_at(&made->log, TOC_LOG_INFO, "http", "listening on %s, port %u", options->listen,
               made->port);
    *server = made;
    return TOC_OK;
}

unsigned toc_server_port(const toc_server *server)
{
    return server ? server->port : 0;
}

static void wait_until_idle(toc_server *server)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    const time_t end = until.tv_sec + TOC_SERVER_GRACE_S;
    (void)pthread_mutex_lock(&server->lock);
    while (atomic_load(&server->in_flight) && until.tv_sec < end) {
        toc__exchange_sweep(server);
        until.tv_sec += 1;
        int waited = 0;
        while (!waited && atomic_load(&server->in_flight))
            waited = pthread_cond_timedwait(&server->idle, &server->lock, &until);
    }
    (void)pthread_mutex_unlock(&server->lock);
    unsigned left = atomic_load(&server->in_flight);
    if (left)
        toc_log_at(&server->log, TOC_LOG_WARNING, "http",
                   "%u requests were cut off: they took longer than %d s", left,
                   TOC_SERVER_GRACE_S);
}

void toc_server_stop(toc_server *server)
{
    if (!server)
        return;
    toc__acceptor_stop(server);
    if (server->locks_ready)
        toc__worker_halt(server);
    if (server->loops) {
        atomic_store(&server->draining, true);
        wait_until_idle(server);
    }
    /* No connection may sleep any more when the library is told to stop. */
    toc__writers_stop(server);
    toc__loops_stop(server);
    toc__worker_join(server);
    toc__acceptor_done(server);
    drop_locks(server);
    toc__peers_done(server);
    toc_mem_free(server);
}
