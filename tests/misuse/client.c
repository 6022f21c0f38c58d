/* Every allocation of the client fails once: each run ends well or with TOC_ENOMEM, without a leak
 * and without a crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/failing.h"
#include "support/script.h"

static const toc_type *host;

static const script_answer answers[] = {
    {.status = 200,
     .body = "{\"status\":\"Success\",\"data\":{\"indicatorType\":[{\"name\":\"Wallet\",\"custom\":"
             "\"true\",\"apiBranch\":\"wallets\",\"apiEntity\":\"wallet\",\"value1Label\":\"Coin\","
             "\"value1Type\":\"text\"}]}}"},
    {.status = 200,
     .body =
         "{\"status\":\"Success\",\"data\":{\"resultCount\":2,\"indicator\":[{\"id\":1,\"type\":"
         "\"Host\",\"summary\":\"a.example\",\"tag\":[{\"name\":\"\\u0041\"}]}]}}"},
    {.status = 200,
     .body = "{\"status\":\"Success\",\"data\":{\"indicator\":[{\"id\":2,\"type\":\"Wallet\","
             "\"summary\":\"c\"}]}}"},
    {.status = 404, .body = "{\"message\":\"The requested \\u0072esource was not found\"}"},
    {.status = 200,
     .body = "{\"status\":\"Success\",\"data\":{\"resultCount\":1,\"owner\":[{\"id\":1,\"name\":"
             "\"\\u0041\"}]}}"},
    {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"host\":{\"id\":5}}}"},
    {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"attribute\":{\"id\":6}}}"},
    {.status = 201, .body = "{\"status\":\"Success\"}"},
    {.status = 200,
     .body = "{\"status\":\"Success\",\"data\":{\"host\":{\"id\":5,\"hostName\":\"a.example\"}}}"},
};

static toc_rc make_filter(toc_filter **filter)
{
    toc_rc rc = toc_filter_new(TOC_KIND_INDICATOR, NULL, filter, NULL);
    if (!rc)
        rc = toc_filter_owner(*filter, TOC_S("Acme"), NULL);
    if (!rc)
        rc = toc_filter_api(*filter, "tag", TOC_S("x"), NULL);
    if (!rc)
        rc = toc_filter_api(*filter, "threat_id", TOC_S("7"), NULL);
    if (!rc)
        rc = toc_filter_term(*filter, "rating", TOC_OP_GT, TOC_S("1"), NULL);
    return rc ? rc : toc_filter_post(*filter, "type", TOC_OP_NE, TOC_S("Address"), NULL);
}

static toc_rc run_list(toc_session *sess)
{
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    toc_object *obj = NULL;
    size_t count = 0;
    int found = make_filter(&filter);
    if (!found)
        found = toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, NULL);
    while (!found && (found = toc_list_next(list, &obj, NULL)) == 1) {
        count++;
        found = 0;
        if (count == 2)
            break;
    }
    if (!found)
        found = toc_list_next(list, &obj, NULL);
    if (!found)
        assert_int_equal(count, 2);
    toc_list_close(list);
    toc_filter_free(filter);
    return found;
}

static toc_rc make_object(const toc_type *type, toc_object **obj)
{
    toc_rc rc = toc_object_new(type, obj, NULL);
    if (!rc)
        rc = toc_object_set(*obj, "hostName", TOC_S("a.example"), NULL);
    if (!rc)
        rc = toc_object_add_attribute(*obj, TOC_S("Source"), TOC_S("y"), true, TOC_S(""), NULL);
    return rc ? rc : toc_object_add_tag(*obj, TOC_S("x"), NULL);
}

static toc_rc run_objects(toc_session *sess, const toc_type *type)
{
    toc_object *obj = NULL, *back = NULL;
    toc_owners *owners = NULL;
    toc_rc rc = toc_owners_get(sess, &owners, NULL);
    if (!rc)
        rc = make_object(type, &obj);
    if (!rc)
        rc = toc_save(sess, obj, NULL, NULL);
    if (!rc)
        rc = toc_get(sess, type, TOC_S("a.example"), NULL, &back, NULL);
    toc_owners_free(owners);
    toc_object_free(obj);
    toc_object_free(back);
    return rc;
}

static toc_rc run(void)
{
    script play = {.answers = answers, .answer_count = TOC_COUNT(answers)};
    toc_transport transport = script_transport(&play);
    toc_session_options options = {.version = 1,
                                   .api_url = "https://t/api",
                                   .access_id = "1",
                                   .secret_key = "k",
                                   .result_limit = 1,
                                   .retries = 1,
                                   .transport = &transport};
    toc_session *sess = NULL;
    toc_rc rc = toc_session_open(&options, &sess, NULL);
    if (!rc)
        rc = run_list(sess);
    if (!rc)
        rc = run_objects(sess, host);
    toc_session_close(sess);
    return rc;
}

static void test_every_allocation(void **state)
{
    (void)state;
    /* Also builds whatever is built once, which stays. */
    host = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Host"));
    failing_each(run, 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
