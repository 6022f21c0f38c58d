/* Every allocation of joined filters, collected objects, bulk reports and printed forms fails once:
 * each run ends well or with TOC_ENOMEM, without a leak and without a crash. */
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
#include "tocsin/bulk.h"
#include "tocsin/format.h"

static const toc_type *host;

#define HOSTS(items) "{\"status\":\"Success\",\"data\":{\"host\":[" items "]}}"
#define HOST(id)                                                                                   \
    "{\"id\":" id ",\"hostName\":\"h" id                                                           \
    ".example\",\"attribute\":[{\"id\":1,\"type\":\"Source\","                                     \
    "\"value\":\"\\u0041\"}],\"tag\":[{\"name\":\"t\"}],\"securityLabel\":[{\"name\":\"l\"}]}"

static const script_answer answers[] = {
    {.status = 200, .body = HOSTS(HOST("1") "," HOST("2"))},
    {.status = 200, .body = HOSTS(HOST("1") "," HOST("2"))},
    {.status = 200, .body = HOSTS(HOST("3"))},
    {.status = 200, .body = "{\"status\":\"Success\",\"data\":{\"indicatorType\":[]}}"},
    {.status = 200,
     .body = "{\"indicator\":[{\"id\":1,\"type\":\"Host\",\"summary\":\"a.example\",\"tag\":"
             "[{\"name\":\"\\u0041\"}]}]}"},
    {.status = 200,
     .body = "{\"status\":\"Success\",\"data\":{\"bulkStatus\":{\"name\":\"\\u0041\"}}}"},
};

static toc_rc make_filter(const toc_type *type, const char *tag, toc_filter **filter)
{
    toc_rc rc = toc_filter_new(TOC_KIND_INDICATOR, type, filter, NULL);
    if (!rc)
        rc = toc_filter_api(*filter, "tag", toc_str_of(tag), NULL);
    if (!rc)
        rc = toc_filter_post(*filter, "name", TOC_OP_NE, TOC_S("x"), NULL);
    if (!rc)
        rc = toc_filter_post(*filter, "tag", TOC_OP_EQ, TOC_S("t"), NULL);
    return rc;
}

static toc_rc print_all(const toc_filter *filter, const toc_objects *objects)
{
    char *text = NULL;
    toc_str view;
    toc_formatter *formatter = NULL;
    toc_rc rc = toc_filter_print(filter, &text, NULL);
    toc_free(text);
    text = NULL;
    if (!rc)
        rc = toc_filter_print_post(filter, 0, &text, NULL);
    toc_free(text);
    if (!rc)
        rc = toc_formatter_new(toc_format_find("text"), 0, &formatter, NULL);
    for (size_t i = 0; i < toc_objects_count(objects) && !rc; i++)
        rc = toc_formatter_object(formatter, toc_objects_at(objects, i), &view, NULL);
    toc_formatter_free(formatter);
    return rc;
}

static toc_rc run_joined(toc_session *sess, const toc_type *type)
{
    toc_filter *filters[3] = {NULL};
    toc_list *list = NULL;
    toc_objects *objects = NULL;
    toc_rc rc = TOC_OK;
    for (size_t i = 0; i < TOC_COUNT(filters) && !rc; i++)
        rc = make_filter(type, "t", &filters[i]);
    if (!rc)
        rc = toc_filter_and(filters[0], filters[1], NULL);
    if (!rc)
        rc = toc_filter_or(filters[0], filters[2], NULL);
    if (!rc)
        rc = toc_list_open(sess, TOC_KIND_INDICATOR, filters[0], &list, NULL);
    if (!rc)
        rc = toc_list_all(list, 10, &objects, NULL);
    if (!rc && toc_objects_count(objects) != 3)
        rc = TOC_EPROTO;
    if (!rc)
        rc = print_all(filters[0], objects);
    toc_objects_free(objects);
    toc_list_close(list);
    for (size_t i = 0; i < TOC_COUNT(filters); i++)
        toc_filter_free(filters[i]);
    return rc;
}

static toc_rc run_bulk(toc_session *sess)
{
    toc_list *list = NULL;
    toc_object *obj = NULL;
    toc_bulk_state bulk;
    int found = toc_bulk_open(sess, "A", false, NULL, &list, NULL);
    if (!found)
        found = toc_list_next(list, &obj, NULL);
    while (found == 1)
        found = toc_list_next(list, &obj, NULL);
    toc_list_close(list);
    return found ? found : toc_bulk_status(sess, "A", &bulk, NULL);
}

static toc_rc run(void)
{
    script play = {.answers = answers, .answer_count = TOC_COUNT(answers)};
    toc_transport transport = script_transport(&play);
    toc_session_options options = {.version = 1,
                                   .api_url = "https://t/api",
                                   .access_id = "1",
                                   .secret_key = "k",
                                   .result_limit = 10,
                                   .retries = 1,
                                   .transport = &transport};
    toc_session *sess = NULL;
    toc_rc rc = toc_session_open(&options, &sess, NULL);
    if (!rc)
        rc = run_joined(sess, host);
    if (!rc)
        rc = run_bulk(sess);
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
