/* One platform, several threads: readers of pages, writers, a batch worker. */
#include <pthread.h>

#include "wire/platform_fixture.h"

#define THREADS 4
#define ROUNDS 40

typedef struct worker {
    toc_platform *platform;
    int number;
    int bad;
} worker;

static int ask_in(worker *own, toc_response *response, const char *method, const char *target,
                  const char *body)
{
    toc_request request = {
        .method = method, .target = toc_str_of(target), .body = toc_str_of(body)};
    if (toc_platform_handle(own->platform, &request, true, response, NULL))
        return -1;
    return toc_response_status(response);
}

static void *run(void *argument)
{
    worker *own = argument;
    toc_response *response = NULL;
    char text[128];
    if (toc_response_new(&response, NULL))
        own->bad++;
    for (int i = 0; i < ROUNDS && response; i++) {
        (void)snprintf(text, sizeof(text), "{\"hostName\":\"h%d-%d.example\"}", own->number, i);
        own->bad += ask_in(own, response, "POST", "/v2/indicators/hosts", text) != 201;
        (void)snprintf(text, sizeof(text), "/v2/indicators/hosts/h%d-%d.example/tags/t",
                       own->number, i);
        own->bad += ask_in(own, response, "POST", text, NULL) != 201;
        (void)snprintf(text, sizeof(text), "/v2/indicators?resultStart=%d&resultLimit=5", i * 5);
        own->bad += ask_in(own, response, "GET", text, NULL) != 200;
        own->bad += ask_in(own, response, "GET", "/v2/tags/t/indicators", NULL) == 500;
        own->bad += toc_platform_work(own->platform, NULL, NULL, NULL) < 0;
    }
    toc_response_free(response);
    return NULL;
}

static void threads_share_a_platform(void **state)
{
    fixture fix;
    pthread_t threads[THREADS];
    worker workers[THREADS];
    (void)state;
    fixture_new(&fix, 1);
    assert_int_equal(batch(&fix, "[{\"type\":\"Host\",\"summary\":\"x.example\"},"
                                 "{\"type\":\"Host\",\"summary\":\"y.example\"}]"),
                     202);
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (worker){.platform = fix.platform, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, run, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(workers[i].bad, 0);
    }
    expect(&fix, "GET", "/v2/indicators", NULL, 200);
    assert_int_equal(number_of(&fix, "resultCount"), THREADS * ROUNDS + 2);
    assert_int_equal(toc_platform_check(fix.platform, NULL), 0);
    fixture_done(&fix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(threads_share_a_platform)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
