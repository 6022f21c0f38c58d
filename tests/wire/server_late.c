/* What comes when the server has stopped waiting for requests and its threads still run. */
#include <dirent.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "server/limits.h"
#include "support/patience.h"
#include "support/wire.h"

#define OWNERS "/api/v2/owners"
#define HOSTS "/api/v2/indicators/hosts"

static sem_t caught, released;
static atomic_uint traps;

/* Keeps the only thread of the listener where it says something, as often as traps says. */
static void hear(void *user, toc_log_level level, const char *source, const char *message)
{
    (void)user;
    (void)level;
    unsigned left = atomic_load(&traps);
    if (!left || strcmp(source, "http") != 0 || !strstr(message, "Error processing request"))
        return;
    atomic_store(&traps, left - 1);
    assert_int_equal(sem_post(&caught), 0);
    assert_int_equal(sem_wait(&released), 0);
}

static void *stop_server(void *user)
{
    wire_stop(user);
    return NULL;
}

static unsigned count_threads(void)
{
    unsigned count = 0;
    DIR *dir = opendir("/proc/self/task");
    assert_non_null(dir);
    for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
        count += entry->d_name[0] != '.';
    (void)closedir(dir);
    return count;
}

/* No request begins with that, so that none is in flight; the library says so. */
static void talk_nonsense(wire_conn *conn)
{
    wire_text(conn, "GET / HTTP/7.7\r\n\r\n");
}

static void known(const wire_server *server, wire_conn *conn)
{
    *conn = wire_connect(server);
    wire_head(server, conn, "GET", OWNERS, NULL);
    wire_expect(conn, 200, WIRE_OWNER);
}

/* The writers have ended, and the loop that they would wake is told of another write. */
static void test_write_behind_the_writers(void **state)
{
    (void)state;
    wire_server server;
    wire_conn one, two, late;
    pthread_t stopper;
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    options.listen = "127.0.0.1:0";
    options.threads = 1;
    options.log = hear;
    options.log_level = TOC_LOG_DEBUG;
    assert_int_equal(sem_init(&caught, 0, 0), 0);
    assert_int_equal(sem_init(&released, 0, 0), 0);
    wire_start(&server, &options);
    /* The loop is done with this one before the others are: it comes behind them later on. */
    known(&server, &late);
    known(&server, &two);
    known(&server, &one);
    wire_head(&server, &one, "POST", HOSTS,
              "Content-Type: application/json\r\nContent-Length: 27\r\n");
    wire_text(&one, "{\"hostName\":\"late.example\"}");
    wire_expect(&one, 201, NULL);
    atomic_store(&traps, 2);
    talk_nonsense(&one);
    assert_int_equal(sem_wait(&caught), 0);
    /* Both are there when the loop looks next: it serves the one behind the other. */
    talk_nonsense(&two);
    wire_head(&server, &late, "DELETE", HOSTS "/late.example", NULL);
    assert_int_equal(sem_post(&released), 0);
    assert_int_equal(sem_wait(&caught), 0);
    unsigned threads = count_threads();
    assert_int_equal(pthread_create(&stopper, NULL, stop_server, &server), 0);
    /* The one that stops is new; acceptor, worker and writers go. */
    wait_until(count_threads() <= threads + 1 - 2 - TOC_SERVER_WRITERS);
    assert_int_equal(sem_post(&released), 0);
    (void)pthread_join(stopper, NULL);
    assert_true(wire_closed(&late));
    wire_close(&one);
    wire_close(&two);
    wire_close(&late);
    /* Nobody was told that it is gone, so it is there. */
    assert_int_equal(toc_server_start(server.platform, &options, &server.server, NULL), TOC_OK);
    server.port = toc_server_port(server.server);
    late = wire_connect(&server);
    wire_head(&server, &late, "GET", HOSTS "/late.example", NULL);
    wire_expect(&late, 200, "late.example");
    wire_close(&late);
    wire_done(&server);
    (void)sem_destroy(&caught);
    (void)sem_destroy(&released);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_write_behind_the_writers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
