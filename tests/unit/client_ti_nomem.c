/* Out of memory at every allocation: a code, nothing lost, nothing leaked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/script.h"
#include "tocsin/ti.h"

#define ATTEMPTS 2000

static size_t left;

static bool spent(void)
{
    if (!left)
        return true;
    left--;
    return false;
}

static void *fail_alloc(void *user, size_t size)
{
    (void)user;
    return spent() ? NULL : malloc(size);
}

static void *fail_resize(void *user, void *ptr, size_t size)
{
    (void)user;
    return spent() ? NULL : realloc(ptr, size);
}

static void fail_release(void *user, void *ptr)
{
    (void)user;
    free(ptr);
}

static toc_object *host;
static toc_filter *filter;
static toc_session *sess;
static script play;

static toc_rc write_json(void)
{
    char *text = NULL;
    toc_rc rc = toc_object_json(host, &text, NULL);
    toc_free(text);
    return rc;
}

static toc_rc write_entity(void)
{
    char *text = NULL;
    toc_rc rc = toc_object_entity_json(host, &text, NULL);
    toc_free(text);
    return rc;
}

static toc_rc set_json(void)
{
    toc_object *obj = NULL;
    toc_rc rc = toc_object_new(toc_object_type(host), &obj, NULL);
    if (!rc)
        rc = toc_object_set_json(
            obj,
            TOC_S("{\"hostName\":\"a.example\",\"tag\":[{\"name\":\"t\\u00e9\"}],"
                  "\"attribute\":[{\"type\":\"Source\",\"value\":\"x\"}]}"),
            NULL);
    assert_true(!obj || toc_object_has(obj, "hostName") == !rc);
    toc_object_free(obj);
    return rc;
}

static toc_rc decode(void)
{
    char *text = NULL;
    toc_rc rc = toc_decode_fully(TOC_S("%2541"), &text, NULL);
    toc_free(text);
    return rc;
}

static toc_rc number(void)
{
    char *text = NULL;
    const toc_str word = TOC_S("Group");
    toc_rc rc = toc_number_text(TOC_NUMBER_GET, &word, 1, &text, NULL);
    toc_free(text);
    return rc;
}

static toc_rc terms(void)
{
    char *text = NULL;
    toc_rc rc = toc_filter_terms(filter, &text, NULL);
    toc_free(text);
    return rc;
}

static toc_rc deleted(void)
{
    toc_list *list = NULL;
    toc_rc rc =
        toc_deleted_open(sess, toc_object_type(host), TOC_S("yesterday"), filter, &list, NULL);
    toc_list_close(list);
    return rc;
}

/* An object that could not be saved is given out even so. */
static toc_rc create(void)
{
    toc_object *obj = NULL;
    play.asked_count = 0;
    toc_rc rc =
        toc_create_entity(sess,
                          TOC_S("{\"type\":\"Document\",\"name\":\"d\",\"file_name\":\"x\","
                                "\"tag\":[\"a\\u00e9\"],\"securityLabel\":[{\"name\":\"l\"}],"
                                "\"attribute\":[{\"type\":\"Source\",\"value\":\"v\"}],"
                                "\"associations\":[{\"type\":\"Threat\",\"owner\":\"O\","
                                "\"unique_id\":1}],\"file_content\":\"c\"}"),
                          NULL, &obj, NULL);
    toc_object_free(obj);
    return rc == TOC_EPARTIAL ? TOC_ENOMEM : rc;
}

static void test_every_allocation(void **state)
{
    (void)state;
    static toc_rc (*const calls[])(void) = {write_json, write_entity, set_json, decode,
                                            number,     terms,        deleted,  create};
    const toc_allocator failing = {fail_alloc, fail_resize, fail_release, NULL};
    toc_set_allocator(&failing);
    for (size_t i = 0; i < TOC_COUNT(calls); i++) {
        size_t attempt = 0;
        toc_rc rc = TOC_ENOMEM;
        for (; rc && attempt < ATTEMPTS; attempt++) {
            left = attempt;
            rc = calls[i]();
            if (rc && rc != TOC_ENOMEM)
                fail_msg("call %zu, allocation %zu: %d", i, attempt, rc);
        }
        left = SIZE_MAX;
        assert_int_equal(rc, TOC_OK);
        assert_true(attempt > 1);
    }
    left = SIZE_MAX;
    toc_set_allocator(NULL);
}

static int begin(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"document\":{\"id\":7}}}"},
        {.status = 201, .body = "{\"status\":\"Success\"}"},
        {.status = 201, .body = "{\"status\":\"Success\"}"},
        {.status = 201, .body = "{\"status\":\"Success\"}"},
        {.status = 201, .body = "{\"status\":\"Success\"}"},
        {.status = 201, .body = "{\"status\":\"Success\"}"}};
    const toc_type *type = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host"));
    play = (script){.answers = answers, .answer_count = TOC_COUNT(answers)};
    sess = script_session_with(&play, (toc_session_options){.retries = 1, .retry_sleep_ms = 1});
    return sess && !toc_object_new(type, &host, NULL) &&
                   !toc_object_set(host, "hostName", TOC_S("a.example"), NULL) &&
                   !toc_filter_new(TOC_KIND_INDICATOR, type, &filter, NULL) &&
                   !toc_filter_term(filter, "dns_active", TOC_OP_EQ, TOC_S("true"), NULL)
               ? 0
               : -1;
}

static int end(void **state)
{
    (void)state;
    toc_object_free(host);
    toc_filter_free(filter);
    toc_session_close(sess);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_allocation)};
    return cmocka_run_group_tests(tests, begin, end);
}
