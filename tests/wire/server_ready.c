/* Many connections that have something to say at the same moment: the HTTP library takes them up in
 * portions of 128, and none may be left over, however many they are. */
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "support/wire.h"

#define OWNERS "/api/v2/owners"
#define PORTION 128
#define MOST (2 * PORTION + 1)

static sem_t caught, released;
static atomic_bool trap;

/* Keeps the only thread busy while the others write. */
static void hear(void *user, toc_log_level level, const char *source, const char *message)
{
    (void)user;
    (void)level;
    if (strcmp(source, "http") != 0 || !strstr(message, OWNERS) || !atomic_exchange(&trap, false))
        return;
    assert_int_equal(sem_post(&caught), 0);
    assert_int_equal(sem_wait(&released), 0);
}

static void ask(const wire_server *server, wire_conn *conn)
{
    wire_head(server, conn, "GET", OWNERS, NULL);
}

static void answer_at_once(const wire_server *server, size_t count)
{
    static wire_conn conns[MOST];
    wire_conn first = wire_connect(server);
    for (size_t i = 0; i < count; i++) {
        conns[i] = wire_connect(server);
        ask(server, &conns[i]); /* the connection is known then */
        wire_expect(&conns[i], 200, WIRE_OWNER);
    }
    atomic_store(&trap, true);
    ask(server, &first);
    assert_int_equal(sem_wait(&caught), 0);
    for (size_t i = 0; i < count; i++)
        ask(server, &conns[i]);
    assert_int_equal(sem_post(&released), 0);
    wire_expect(&first, 200, WIRE_OWNER);
    for (size_t i = 0; i < count; i++) {
        wire_expect(&conns[i], 200, WIRE_OWNER);
        wire_close(&conns[i]);
    }
    wire_close(&first);
}

static void test_ready_at_once(void **state)
{
    static const size_t counts[] = {PORTION - 2, PORTION - 1, PORTION,
                                    PORTION + 1, 2 * PORTION, MOST};
    wire_server server;
    toc_server_options options = TOC_SERVER_OPTIONS_INIT;
    (void)state;
    options.listen = "127.0.0.1:0";
    options.threads = 1;
    options.log = hear;
    options.log_level = TOC_LOG_DEBUG;
    assert_int_equal(sem_init(&caught, 0, 0), 0);
    assert_int_equal(sem_init(&released, 0, 0), 0);
    wire_start(&server, &options);
    for (size_t i = 0; i < TOC_COUNT(counts); i++)
        answer_at_once(&server, counts[i]);
    wire_done(&server);
    (void)sem_destroy(&caught);
    (void)sem_destroy(&released);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ready_at_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
