/* Sessions by address: a store in the process, or a server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/folder.h"
#include "tocsin/platform.h"
#include "tocsin/tocsin.h"

static char folder[FOLDER_SIZE];
static char store[64], url[80];
static toc_error err;

static int make_store(void **state)
{
    (void)state;
    folder_make(folder);
    (void)snprintf(store, sizeof(store), "%s/s.db", folder);
    (void)snprintf(url, sizeof(url), "file:%s", store);
    toc_platform_options options = TOC_PLATFORM_OPTIONS_INIT;
    toc_platform *platform = NULL;
    toc_new_user user;
    int64_t id = 0;
    options.store = store;
    options.create = true;
    assert_int_equal(toc_platform_open(&options, &platform, &err), TOC_OK);
    assert_int_equal(toc_platform_add_owner(platform, "Acme", "Organization", &id, &err), TOC_OK);
    assert_int_equal(toc_platform_add_user(platform, "Acme", &user, &err), TOC_OK);
    toc_platform_close(platform);
    return 0;
}

static void test_store(void **state)
{
    (void)state;
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_session *sess = NULL;
    toc_owners *owners = NULL;
    options.api_url = url;
    assert_int_equal(toc_platform_connect(&options, NULL, &sess, &err), TOC_OK);
    assert_int_equal(toc_owners_get(sess, &owners, &err), TOC_OK);
    assert_int_equal(toc_owners_count(owners), 1);
    toc_owners_free(owners);
    toc_session_close(sess);
    /* The caller's own way to open it; which file stays with the address. */
    toc_platform_options how = TOC_PLATFORM_OPTIONS_INIT;
    how.store = "/nowhere/else.db";
    sess = NULL;
    assert_int_equal(toc_platform_connect(&options, &how, &sess, &err), TOC_OK);
    toc_session_close(sess);
}

/* Nobody works behind a store in the process: a batch beyond the platform's own limit for batches
 * that are done at once must be done at once as well. */
static void test_batch(void **state)
{
    (void)state;
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_batch_options batch_options = TOC_BATCH_OPTIONS_INIT;
    toc_session *sess = NULL;
    toc_batch *batch = NULL;
    toc_batch_status status;
    options.api_url = url;
    batch_options.owner = "Acme";
    batch_options.poll_timeout_s = 1;
    assert_int_equal(toc_platform_connect(&options, NULL, &sess, &err), TOC_OK);
    assert_int_equal(toc_batch_new(&batch_options, &batch, &err), TOC_OK);
    for (unsigned i = 0; i < 700; i++) {
        char json[80];
        (void)snprintf(json, sizeof(json), "{\"type\":\"Host\",\"summary\":\"h%u.example\"}", i);
        assert_int_equal(toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(json), i, &err),
                         TOC_OK);
    }
    assert_int_equal(toc_batch_submit(batch, sess, NULL, &status, &err), TOC_OK);
    assert_int_equal(status.success, 700);
    toc_batch_free(batch);
    toc_session_close(sess);
}

static void test_refused(void **state)
{
    (void)state;
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_session *sess = NULL;
    char missing[80];
    (void)snprintf(missing, sizeof(missing), "file:%s/none.db", folder);
    options.api_url = missing;
    assert_int_equal(toc_platform_connect(&options, NULL, &sess, &err), TOC_ENOTFOUND);
    assert_int_equal(access(missing + 5, F_OK), -1);
    options.api_url = url;
    options.result_limit = 1000000; /* what the session refuses closes the store again */
    assert_int_equal(toc_platform_connect(&options, NULL, &sess, &err), TOC_EINVAL);
    options.result_limit = 0;
    static const toc_transport transport = {.version = 1, .name = "none"};
    options.transport = &transport;
    assert_int_equal(toc_platform_connect(&options, NULL, &sess, &err), TOC_EINVAL);
    assert_int_equal(toc_platform_connect(NULL, NULL, &sess, &err), TOC_EINVAL);
    assert_int_equal(toc_platform_connect(&options, NULL, NULL, &err), TOC_EINVAL);
    assert_null(sess);
}

static void test_server(void **state)
{
    (void)state;
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    toc_session *sess = NULL;
    options.api_url = "http://127.0.0.1:1/api";
    assert_int_equal(toc_platform_connect(&options, NULL, &sess, &err), TOC_EINVAL);
    assert_string_equal(err.field, "access_id");
    options.access_id = "1";
    options.secret_key = "s";
    assert_int_equal(toc_platform_connect(&options, NULL, &sess, &err), TOC_OK);
    toc_session_close(sess);
    options.api_url = NULL;
    sess = NULL;
    assert_int_equal(toc_platform_connect(&options, NULL, &sess, &err), TOC_EINVAL);
    assert_null(sess);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_store),
        cmocka_unit_test(test_batch),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_server),
    };
    return cmocka_run_group_tests(tests, make_store, NULL);
}
