/* A listener that takes the connection and says nothing: the session's patience ends. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/time.h"
#include "tocsin/session.h"

/* A socket that listens; its address as a URL. */
static int listen_silently(char url[64])
{
    struct sockaddr_in name = {.sin_family = AF_INET,
                               .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(name);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)(const void *)&name, size), 0);
    assert_int_equal(listen(fd, 4), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)(void *)&name, &size), 0);
    (void)snprintf(url, 64, "http://127.0.0.1:%u", ntohs(name.sin_port));
    return fd;
}

static void test_silence(void **state)
{
    (void)state;
    char url[64];
    int fd = listen_silently(url);
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    options.api_url = url;
    options.token = "t";
    options.timeout_s = 1;
    options.retries = 1;
    toc_session *sess = NULL;
    toc_error err = {0};
    assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
    toc_call call = {.path = "/v2/owners"};
    toc_response *response = NULL;
    uint64_t before = toc_time_ticks_ms();
    assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_ENET);
    uint64_t spent = toc_time_ticks_ms() - before;
    assert_null(response);
    assert_true(err.flags & TOC_ERROR_RETRYABLE);
    assert_false(err.flags & TOC_ERROR_UNSENT);
    assert_true(spent >= 900 && spent < 20000);
    toc_session_close(sess);
    (void)close(fd);
}

static bool cancel_third(void *user)
{
    unsigned *asked = user;
    return ++*asked >= 3;
}

/* A caller who loses patience is asked while nothing comes. */
static void test_cancel(void **state)
{
    (void)state;
    char url[64];
    int fd = listen_silently(url);
    unsigned asked = 0;
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    options.api_url = url;
    options.token = "t";
    options.timeout_s = 600;
    options.cancel = cancel_third;
    options.cancel_user = &asked;
    toc_session *sess = NULL;
    toc_error err = {0};
    assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
    toc_call call = {.path = "/v2/owners"};
    toc_response *response = NULL;
    assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_ECANCELED);
    assert_null(response);
    assert_true(asked >= 3);
    assert_int_equal(err.flags, 0);
    toc_session_close(sess);
    (void)close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_silence),
                                       cmocka_unit_test(test_cancel)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
