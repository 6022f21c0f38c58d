/* Each allocation of a session's own business fails once: settings from a file, log file, report,
 * pages, options by name, printed forms. Nothing leaks; the failure is out of memory, or, where
 * something was done already, only the entry in the report is missing. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "client/session.h"
#include "support/failing.h"
#include "support/script.h"
#include "tocsin/config.h"

static char config_path[] = "/tmp/tocsin-misuse-XXXXXX";

static const script_answer answers[] = {
    {.status = 200,
     .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":2,\"owner\":[{\"id\":1}]}}"},
    {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"owner\":[{\"id\":2}]}}"},
    {.status = 404, .body = "{\"message\":\"The requested \\u0072esource was not found\"}"},
    {.status = 200, .body = "{}"},
};

static toc_rc count_page(void *user, const toc_response *page)
{
    (void)page;
    (*(unsigned *)user)++;
    return TOC_OK;
}

static toc_rc take(void *user, char **text, toc_rc rc)
{
    (void)user;
    if (!rc)
        toc_free(TOC_TAKE(*text));
    return rc;
}

static toc_rc run_prints(toc_session *sess, const toc_call *call)
{
    char *text = NULL;
    toc_stats stats = {0};
    toc_report_entry entry;
    toc_failures walk = {0};
    toc_session_stats(sess, &stats);
    toc_rc rc = take(NULL, &text, toc_call_print(sess, call, &text, NULL));
    if (!rc)
        rc = take(NULL, &text, toc_stats_print(&stats, &text, NULL));
    while (!rc && toc_failures_next(sess, &walk, &entry))
        rc = take(NULL, &text, toc_report_print(&entry, &text, NULL));
    return rc ? rc : take(NULL, &text, toc_session_get(sess, "secret_key", &text, NULL));
}

static toc_rc run_calls(toc_session *sess)
{
    static const toc_header own = {{"X-Trace", 7}, {"1", 1}};
    toc_call call = {.path = "/v2/owners",
                     .owner = "A B",
                     .description = "d",
                     .headers = &own,
                     .header_count = 1,
                     .result_limit = 1};
    unsigned pages = 0;
    toc_response *response = NULL;
    toc_rc rc = toc_call_pages(sess, &call, count_page, &pages, NULL);
    if (rc)
        return rc;
    assert_int_equal(pages, 2);
    rc = toc_session_call(sess, &call, &response, NULL);
    toc_response_free(response);
    if (rc != TOC_ENOTFOUND)
        return rc;
    rc = toc_session_set(sess, "retries", "3", NULL);
    if (!rc)
        rc = toc_session_set(sess, "log_file_level", "info", NULL);
    if (!rc)
        rc = toc__report_post_filter(sess, TOC_S("d"), TOC_S("f"), TOC_S("m"), TOC_S("EQ"));
    return rc ? rc : run_prints(sess, &call);
}

static toc_rc run(void)
{
    script play = {.answers = answers, .answer_count = TOC_COUNT(answers)};
    toc_transport transport = script_transport(&play);
    toc_session_options options = {.version = 1,
                                   .retries = 1,
                                   .report = true,
                                   .log_file = "/dev/null",
                                   .log_file_level = "debug",
                                   .log_to_api = true,
                                   .transport = &transport};
    toc_config *config = NULL;
    toc_session *sess = NULL;
    const toc_config_options place = {.version = 1, .path = config_path};
    toc_rc rc = toc_config_load(&place, &config, NULL);
    if (!rc) {
        toc_config_apply(config, &options);
        rc = toc_session_open(&options, &sess, NULL);
    }
    toc_config_free(config);
    if (!rc)
        rc = run_calls(sess);
    toc_session_close(sess);
    return rc;
}

static void test_every_allocation(void **state)
{
    static const char text[] = "[threatconnect]\napi_base_url = https://t/api\napi_access_id = 1\n"
                               "api_secret_key = k\napi_default_org = Acme\n";
    (void)state;
    int fd = mkstemp(config_path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, sizeof(text) - 1), (ssize_t)sizeof(text) - 1);
    (void)close(fd);
    assert_int_equal(run(), TOC_OK);
    failing_each(run, 80);
    (void)unlink(config_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
