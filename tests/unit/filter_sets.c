/* Joined filters, what found an object, records by API filters, collected objects: over a transport
 * that answers from sets of ids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "model/records.h"
#include "support/script.h"
#include "tocsin/batch.h"
#include "tocsin/parts.h"
#include "tocsin/report.h"

static toc_error err;
static script play;
static const toc_type *threat;

static toc_session *start(const script_answer *answers, size_t count, const char *owner)
{
    return script_start(&play, answers, count,
                        (toc_session_options){.api_url = "https://t/api",
                                              .access_id = "12345",
                                              .secret_key = "SECRET",
                                              .owner = owner,
                                              .retry_sleep_ms = 1,
                                              .result_limit = 100});
}

static toc_filter *make(toc_kind kind, const toc_type *type, const char *name, const char *value)
{
    toc_filter *filter = NULL;
    assert_int_equal(toc_filter_new(kind, type, &filter, &err), TOC_OK);
    if (name)
        assert_int_equal(toc_filter_api(filter, name, toc_str_of(value), &err), TOC_OK);
    return filter;
}

/* Ids as one decimal digit each, and the last result of next. */
static int read_ids(toc_list *list, char *out)
{
    toc_object *obj = NULL;
    int found;
    memset(&err, 0, sizeof(err));
    while ((found = toc_list_next(list, &obj, &err)) == 1)
        *out++ = (char)('0' + toc_object_get_int(obj, "id"));
    *out = '\0';
    return found;
}

static int list_ids(toc_session *sess, toc_kind kind, const toc_filter *filter, char *out)
{
    toc_list *list = NULL;
    *out = '\0';
    int rc = toc_list_open(sess, kind, filter, &list, &err);
    if (!rc)
        rc = read_ids(list, out);
    toc_list_close(list);
    return rc;
}

/* --- a platform of sets --------------------------------------------------------------------- */

#define SETS 6
#define IDS 8

static unsigned sets[SETS]; /* bit per id */
static unsigned asked;

static toc_rc answer(void *context, const toc_request *request, toc_response *response,
                     toc_error *error)
{
    (void)context;
    (void)error;
    const char *tag = strstr(request->target.ptr, "/tags/t");
    char body[2048];
    int length = snprintf(body, sizeof(body), "{\"status\":\"Success\",\"data\":{\"threat\":[");
    assert_non_null(tag);
    unsigned of = sets[tag[7] - '0'];
    bool more = false;
    for (unsigned id = 0; id < IDS; id++) {
        if (!(of & (1U << id)))
            continue;
        length += snprintf(body + length, sizeof(body) - (size_t)length,
                           "%s{\"id\":%u,\"name\":\"T%u\"}", more ? "," : "", id + 1, id + 1);
        more = true;
    }
    length += snprintf(body + length, sizeof(body) - (size_t)length, "]}}");
    asked++;
    toc_response_set_status(response, 200);
    return toc_response_append(response, body, (size_t)length);
}

static unsigned seed = 12345;

static unsigned draw(unsigned below)
{
    seed = seed * 1103515245U + 12345U;
    return (seed >> 16) % below;
}

static toc_session *open_sets(void)
{
    toc_transport transport = {.version = 1, .name = "sets", .perform = answer};
    toc_session_options options = {.version = 1, .transport = &transport, .result_limit = 100};
    toc_session *sess = NULL;
    assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
    return sess;
}

/* In order of being seen first: the sets that add, from left to right. */
static void expect_ids(unsigned result, const bool *all, size_t count, char *out)
{
    unsigned left = result;
    for (size_t i = 0; i < count; i++) {
        if (i && all[i])
            continue;
        unsigned here = sets[i] & left;
        for (size_t k = i + 1; k < count; k++)
            if (all[k])
                here &= sets[k];
        for (unsigned id = 0; id < IDS; id++)
            if (here & (1U << id))
                *out++ = (char)('1' + id);
        left &= ~here;
    }
    *out = '\0';
}

static void check_random(toc_session *sess)
{
    bool all[SETS] = {false};
    size_t count = 1 + draw(SETS);
    toc_filter *filters[SETS];
    unsigned result = 0;
    char found[64], expected[64];
    for (size_t i = 0; i < count; i++) {
        char tag[] = {'t', (char)('0' + i), '\0'};
        filters[i] = make(TOC_KIND_GROUP, threat, "tag", tag);
        sets[i] = draw(1U << IDS) | draw(1U << IDS);
        all[i] = i && draw(2);
        /* The meaning of the specification, word for word. */
        result = !i ? sets[i] : all[i] ? result & sets[i] : result | sets[i];
        if (i)
            assert_int_equal(all[i] ? toc_filter_and(filters[0], filters[i], &err)
                                    : toc_filter_or(filters[0], filters[i], &err),
                             TOC_OK);
    }
    expect_ids(result, all, count, expected);
    unsigned bits = 0;
    for (const char *at = expected; *at; at++)
        bits |= 1U << (*at - '1');
    assert_int_equal(bits, result);
    asked = 0;
    assert_int_equal(list_ids(sess, TOC_KIND_GROUP, filters[0], found), 0);
    assert_string_equal(found, expected);
    assert_int_equal(asked, count);
    for (size_t i = 0; i < count; i++)
        toc_filter_free(filters[i]);
}

static void test_random_expressions(void **state)
{
    (void)state;
    toc_session *sess = open_sets();
    for (unsigned i = 0; i < 500; i++)
        check_random(sess);
    toc_session_close(sess);
}

/* The case of the documentation: ((label AND threat) OR tag). */

#define LIST(items) "{\"status\":\"Success\",\"data\":{\"address\":[" items "]}}"
#define ADDRESS(id, rating)                                                                        \
    "{\"id\":" id ",\"ownerName\":\"Acme\",\"rating\":" rating ",\"ip\":\"1.1.1." id "\"}"

static void check_found(toc_list *list, int64_t id, const char *uri, const char *const *matched)
{
    toc_object *obj = NULL;
    assert_int_equal(toc_list_next(list, &obj, &err), 1);
    assert_int_equal(toc_object_get_int(obj, "id"), id);
    assert_true(toc_str_equal(toc_list_uri(list), toc_str_of(uri)));
    size_t i = 0;
    for (; matched[i]; i++)
        assert_true(toc_str_equal(toc_list_matched(list, i), toc_str_of(matched[i])));
    assert_null(toc_list_matched(list, i).ptr);
}

static void test_documented_case(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = LIST(ADDRESS("2", "3") "," ADDRESS("3", "1") "," ADDRESS("9", "5"))},
        {.status = 200,
         .body = LIST(ADDRESS("1", "4") "," ADDRESS("2", "3") "," ADDRESS("3", "1"))},
        {.status = 200, .body = LIST(ADDRESS("2", "3") "," ADDRESS("5", "1"))}};
    toc_session *sess = start(answers, 3, "Acme");
    const toc_type *address = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Address"));
    toc_filter *label = make(TOC_KIND_INDICATOR, address, "security_label", "TLP Red");
    toc_filter *of = make(TOC_KIND_INDICATOR, address, "threat_id", "38");
    toc_filter *tag = make(TOC_KIND_INDICATOR, address, "tag", "EXAMPLE");
    assert_int_equal(toc_filter_post(of, "rating", TOC_OP_GE, TOC_S("2"), &err), TOC_OK);
    assert_int_equal(toc_filter_and(label, of, &err), TOC_OK);
    assert_int_equal(toc_filter_or(label, tag, &err), TOC_OK);
    toc_list *list = NULL;
    toc_object *obj = NULL;
    assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, label, &list, &err), TOC_OK);
    assert_null(toc_list_uri(list).ptr);
    static const char *const both[] = {"api filter by security label \"TLP Red\"",
                                       "api filter by threat id 38", "post filter by rating GE 2",
                                       NULL};
    static const char *const one[] = {"api filter by tag \"EXAMPLE\"", NULL};
    check_found(list, 2, "/v2/securityLabels/TLP%20Red/indicators/addresses", both);
    check_found(list, 5, "/v2/tags/EXAMPLE/indicators/addresses", one);
    assert_int_equal(toc_list_next(list, &obj, &err), 0);
    assert_null(toc_list_uri(list).ptr);
    assert_null(toc_list_matched(list, 0).ptr);
    /* Intersected filters are asked first. */
    assert_int_equal(play.asked_count, 3);
    assert_string_equal(play.asked[0].target, "/api/v2/groups/threats/38/indicators/addresses"
                                              "?createActivityLog=false&resultStart=0"
                                              "&resultLimit=100");
    assert_string_equal(play.asked[1].target,
                        "/api/v2/securityLabels/TLP%20Red/indicators/addresses"
                        "?createActivityLog=false&owner=Acme&resultStart=0&resultLimit=100");
    assert_string_equal(play.asked[2].target,
                        "/api/v2/tags/EXAMPLE/indicators/addresses"
                        "?createActivityLog=false&owner=Acme&resultStart=0&resultLimit=100");
    toc_stats stats;
    toc_session_stats(sess, &stats);
    assert_int_equal(stats.results_unfiltered, 8);
    assert_int_equal(stats.results_filtered, 2);
    assert_int_equal(stats.api_filters, 3);
    assert_int_equal(stats.post_filters, 1);
    toc_list_close(list);
    toc_filter_free(label);
    toc_filter_free(of);
    toc_filter_free(tag);
    toc_session_close(sess);
}

/* An intersected filter with several requests says which of them returned the object. */
static void test_matched_of_several(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = LIST(ADDRESS("1", "1"))},
        {.status = 200, .body = LIST(ADDRESS("2", "1"))},
        {.status = 200, .body = LIST(ADDRESS("2", "1") "," ADDRESS("1", "1"))}};
    toc_session *sess = start(answers, 3, NULL);
    const toc_type *address = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Address"));
    toc_filter *first = make(TOC_KIND_INDICATOR, address, "tag", "a");
    toc_filter *second = make(TOC_KIND_INDICATOR, address, "tag", "a");
    assert_int_equal(toc_filter_api(second, "task_id", TOC_S("7"), &err), TOC_OK);
    assert_int_equal(toc_filter_and(first, second, &err), TOC_OK);
    toc_list *list = NULL;
    assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, first, &list, &err), TOC_OK);
    static const char *const task[] = {"api filter by tag \"a\"", "api filter by tasks id 7", NULL};
    static const char *const tag[] = {"api filter by tag \"a\"", NULL};
    check_found(list, 2, "/v2/tags/a/indicators/addresses", task);
    check_found(list, 1, "/v2/tags/a/indicators/addresses", tag);
    toc_list_close(list);
    toc_filter_free(first);
    toc_filter_free(second);
    toc_session_close(sess);
}

static void test_failures(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 500, .body = "{\"status\":\"Failure\",\"message\":\"no\"}"},
        {.status = 200, .body = LIST("{\"ip\":\"1.1.1.9\"}," ADDRESS("1", "1"))},
        {.status = 200, .body = LIST("{\"ip\":\"1.1.1.9\"}," ADDRESS("1", "1"))}};
    toc_session *sess = start(answers, 3, NULL);
    const toc_type *address = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Address"));
    toc_filter *first = make(TOC_KIND_INDICATOR, address, NULL, NULL);
    toc_filter *second = make(TOC_KIND_INDICATOR, address, "tag", "a");
    assert_int_equal(toc_filter_and(first, second, &err), TOC_OK);
    toc_list *list = NULL;
    char found[16];
    assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, first, &list, &err), TOC_OK);
    assert_int_equal(read_ids(list, found), TOC_EHTTP);
    assert_string_equal(found, "");
    /* The same request once more; what has no id cannot be intersected. */
    assert_int_equal(read_ids(list, found), 0);
    assert_string_equal(found, "1");
    assert_string_equal(play.asked[0].target, play.asked[1].target);
    toc_list_close(list);
    /* Joined only after it was joined itself. */
    toc_filter *third = make(TOC_KIND_INDICATOR, address, NULL, NULL);
    assert_int_equal(toc_filter_or(second, third, &err), TOC_OK);
    assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, first, &list, &err), TOC_EINVAL);
    toc_filter_free(first);
    toc_filter_free(second);
    toc_filter_free(third);
    toc_session_close(sess);
}

/* --- owners --------------------------------------------------------------------------------- */

#define GROUPS(items) "{\"status\":\"Success\",\"data\":{\"threat\":[" items "]}}"
#define FOUR                                                                                       \
    GROUPS("{\"id\":1,\"type\":\"Threat\",\"ownerName\":\"ACME\"},"                                \
           "{\"id\":2,\"type\":\"Threat\",\"ownerName\":\"Two\"},"                                 \
           "{\"id\":3,\"type\":\"Threat\",\"ownerName\":\"Two\"},"                                 \
           "{\"id\":4,\"type\":\"Threat\",\"owner\":{\"name\":\"Acme\"}}")

static void test_owner_rules(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = FOUR},
                                            {.status = 200, .body = FOUR},
                                            {.status = 200, .body = FOUR},
                                            {.status = 200, .body = FOUR},
                                            {.status = 200, .body = FOUR}};
    toc_session *sess = start(answers, 5, "Acme");
    char found[16];
    /* No filter: no owner, and nothing is left out. */
    assert_int_equal(list_ids(sess, TOC_KIND_GROUP, NULL, found), 0);
    assert_string_equal(found, "1234");
    assert_null(strstr(play.asked[0].target, "owner="));
    /* A filter without owners is one for the default owner. */
    toc_filter *filter = make(TOC_KIND_GROUP, threat, NULL, NULL);
    assert_int_equal(list_ids(sess, TOC_KIND_GROUP, filter, found), 0);
    assert_string_equal(found, "14");
    assert_non_null(strstr(play.asked[1].target, "owner=Acme"));
    /* Several owners: a fresh request each. */
    assert_int_equal(toc_filter_owner(filter, TOC_S("Two"), &err), TOC_OK);
    assert_int_equal(toc_filter_owner(filter, TOC_S("Acme"), &err), TOC_OK);
    assert_int_equal(list_ids(sess, TOC_KIND_GROUP, filter, found), 0);
    assert_string_equal(found, "2314");
    toc_filter_any_owner(filter);
    toc_filter_free(filter);
    filter = make(TOC_KIND_GROUP, threat, NULL, NULL);
    toc_filter_any_owner(filter);
    assert_int_equal(list_ids(sess, TOC_KIND_GROUP, filter, found), 0);
    assert_string_equal(found, "1234");
    assert_null(strstr(play.asked[4].target, "owner="));
    toc_filter_any_owner(NULL);
    toc_filter_free(filter);
    toc_session_close(sess);
}

static void test_victims_have_no_owner(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"victim\":[{\"id\":1,\"name\":\"V\","
                 "\"ownerName\":\"Other\"}]}}"}};
    toc_session *sess = start(answers, 1, "Acme");
    toc_filter *filter = make(TOC_KIND_VICTIM, NULL, NULL, NULL);
    char found[16];
    assert_int_equal(list_ids(sess, TOC_KIND_VICTIM, filter, found), 0);
    assert_string_equal(found, "1");
    toc_filter_free(filter);
    toc_session_close(sess);
}

/* --- records -------------------------------------------------------------------------------- */

#define OWNERS                                                                                     \
    "{\"status\":\"Success\",\"data\":{\"owner\":[{\"id\":0,\"name\":\"System\",\"type\":"         \
    "\"Organization\"},{\"id\":2,\"name\":\"Two\",\"type\":\"Source\"}]}}"

static void test_owners(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = OWNERS},
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"owner\":{\"id\":2,\"name\":"
                 "\"Two\",\"type\":\"Source\"}}}"},
        {.status = 200, .body = OWNERS},
        {.status = 200, .body = OWNERS}};
    static const struct {
        const char *name, *value, *type, *target, *ids;
    } rows[] = {
        {NULL, NULL, NULL, "/api/v2/owners?createActivityLog=false", "02"},
        {"id", "2", NULL, "/api/v2/owners/2?createActivityLog=false&owner=Acme", "2"},
        {"indicator", "http://a.b/c", NULL,
         "/api/v2/indicators/urls/http%3A%2F%2Fa.b%2Fc/owners?createActivityLog=false", "02"},
        {NULL, NULL, "Source", "/api/v2/owners?createActivityLog=false", "2"},
    };
    toc_session *sess = start(answers, 4, "Acme");
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        char found[16];
        toc_filter *filter =
            make(TOC_KIND_RECORD, toc_part_type(TOC_PART_OWNER), rows[i].name, rows[i].value);
        if (rows[i].type)
            assert_int_equal(
                toc_filter_post(filter, "type", TOC_OP_EQ, toc_str_of(rows[i].type), &err), TOC_OK);
        assert_int_equal(list_ids(sess, TOC_KIND_RECORD, filter, found), 0);
        assert_string_equal(found, rows[i].ids);
        assert_string_equal(play.asked[i].target, rows[i].target);
        toc_filter_free(filter);
    }
    toc_session_close(sess);
}

static void test_batch_jobs(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"batchStatus\":{\"id\":7,\"status\":"
                 "\"Completed\",\"errorCount\":1,\"successCount\":22,\"unprocessCount\":0}}}"},
        {.status = 200, .body = "{\"status\":\"Running\"}"}};
    toc_session *sess = start(answers, 2, "Acme");
    toc_filter *filter = make(TOC_KIND_RECORD, toc_batch_type(), "id", "7");
    toc_list *list = NULL;
    toc_object *job = NULL;
    assert_int_equal(toc_list_open(sess, TOC_KIND_RECORD, filter, &list, &err), TOC_OK);
    assert_int_equal(toc_list_next(list, &job, &err), 1);
    assert_int_equal(toc_object_get_int(job, "id"), 7);
    assert_true(toc_str_equal(toc_object_get(job, "status"), TOC_S("Completed")));
    assert_int_equal(toc_object_get_int(job, "successCount"), 22);
    assert_string_equal(play.asked[0].target, "/api/v2/batch/7?createActivityLog=false");
    assert_int_equal(toc_list_next(list, &job, &err), 0);
    toc_list_close(list);
    toc_filter_free(filter);
    filter = make(TOC_KIND_RECORD, toc_batch_type(), NULL, NULL);
    char found[16];
    assert_int_equal(list_ids(sess, TOC_KIND_RECORD, filter, found), TOC_EUNSUPPORTED);
    assert_int_equal(play.asked_count, 1);
    toc_filter_free(filter);
    toc_session_close(sess);
}

static void test_task_by_its_own_id(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = "{\"status\":\"Success\",\"data\":{\"task\":{\"id\":5,\"name\":\"T\"}}}"}};
    toc_session *sess = start(answers, 1, "Acme");
    toc_filter *filter = make(TOC_KIND_TASK, NULL, "task_id", "5");
    char found[16];
    assert_int_equal(list_ids(sess, TOC_KIND_TASK, filter, found), 0);
    assert_string_equal(found, "5");
    assert_string_equal(play.asked[0].target, "/api/v2/tasks/5?createActivityLog=false&owner=Acme");
    toc_filter_free(filter);
    toc_session_close(sess);
}

/* --- descriptions of plain lists -------------------------------------------------------------- */

static void test_list_descriptions(void **state)
{
    (void)state;
    static const script_answer answers[] = {{.status = 200, .body = LIST(ADDRESS("1", "1"))},
                                            {.status = 200, .body = LIST(ADDRESS("1", "1"))}};
    toc_session *sess = start(answers, 2, "Acme");
    const toc_type *address = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Address"));
    for (unsigned since = 0; since < 2; since++) {
        toc_filter *filter = make(TOC_KIND_INDICATOR, address, NULL, NULL);
        toc_list *list = NULL;
        const char *const owner[] = {"filter by owner", NULL};
        const char *const modified[] = {
            "Indicator Owner Filter modified since 2024-03-01T00:00:00Z", NULL};
        if (since)
            assert_int_equal(toc_filter_modified_since(filter, TOC_S("2024-03-01"), &err), TOC_OK);
        assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err), TOC_OK);
        check_found(list, 1, "/v2/indicators/addresses", since ? modified : owner);
        toc_list_close(list);
        toc_filter_free(filter);
    }
    toc_session_close(sess);
}

/* --- bad answers ------------------------------------------------------------------------------ */

/* Tolerated refusals of an API filter's request yield nothing; the others go on. */
static void test_tolerated(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 404,
         .body = "{\"status\":\"Failure\",\"message\":\"The requested resource was not found\"}"},
        {.status = 500, .type = "text/plain", .body = "Could not find resource for relative : /x"},
        {.status = 200, .body = LIST(ADDRESS("3", "1"))}};
    toc_session *sess = start(answers, 3, NULL);
    const toc_type *address = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Address"));
    toc_filter *filter = make(TOC_KIND_INDICATOR, address, "incident_id", "708996");
    assert_int_equal(toc_filter_api(filter, "tag", TOC_S("b"), &err), TOC_OK);
    assert_int_equal(toc_filter_api(filter, "tag", TOC_S("c"), &err), TOC_OK);
    char found[16];
    assert_int_equal(list_ids(sess, TOC_KIND_INDICATOR, filter, found), 0);
    assert_string_equal(found, "3");
    assert_int_equal(play.asked_count, 3);
    toc_filter_free(filter);
    toc_session_close(sess);
}

static void test_odd_objects(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200,
         .body = LIST("{\"id\":99999999999999999999,\"ip\":\"1.1.1.1\"},{\"id\":-3,\"ip\":"
                      "\"1.1.1.2\"},{\"id\":1.5,\"ip\":\"1.1.1.3\"},{\"id\":null,\"ip\":"
                      "\"1.1.1.4\"},{\"id\":\"5\",\"ip\":\"1.1.1.5\",\"future\":{\"x\":[1]}}")}};
    toc_session *sess = start(answers, 1, NULL);
    const toc_type *address = toc_types_find(NULL, TOC_KIND_INDICATOR, TOC_S("Address"));
    toc_filter *filter = make(TOC_KIND_INDICATOR, address, "tag", "a");
    toc_list *list = NULL;
    toc_objects *objects = NULL;
    assert_int_equal(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err), TOC_OK);
    assert_int_equal(toc_list_all(list, 0, &objects, &err), TOC_OK);
    assert_int_equal(toc_objects_count(objects), 5);
    assert_false(toc_object_has(toc_objects_at(objects, 0), "id"));
    assert_ptr_equal(toc_objects_by_id(objects, 5), toc_objects_at(objects, 4));
    toc_objects_free(objects);
    toc_list_close(list);
    toc_filter_free(filter);
    toc_session_close(sess);
}

/* --- collected objects ------------------------------------------------------------------------ */

#define RICH                                                                                       \
    "{\"id\":7,\"name\":\"Bear\",\"ownerName\":\"Acme\",\"attribute\":[{\"id\":1,\"type\":"        \
    "\"Description\",\"value\":\"d\\n\"},{\"id\":2,\"type\":\"Source\",\"value\":\"s\"}],"         \
    "\"tag\":[{\"name\":\"APT\"}],\"securityLabel\":[{\"name\":\"TLP:RED\"}]}"

static void test_collect(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .body = GROUPS(RICH ",{\"id\":8,\"name\":\"Wolf\"}")},
        {.status = 200, .body = GROUPS(RICH ",{\"id\":8,\"name\":\"Wolf\"}")}};
    toc_session *sess = start(answers, 2, NULL);
    toc_filter *filter = make(TOC_KIND_GROUP, threat, NULL, NULL);
    toc_list *list = NULL;
    toc_objects *objects = NULL;
    assert_int_equal(toc_list_open(sess, TOC_KIND_GROUP, filter, &list, &err), TOC_OK);
    assert_int_equal(toc_list_all(list, 2, &objects, &err), TOC_OK);
    toc_list_close(list);
    assert_int_equal(toc_objects_count(objects), 2);
    toc_object *bear = toc_objects_by_name(objects, TOC_S("Bear"));
    toc_str type, value, name;
    assert_ptr_equal(bear, toc_objects_by_id(objects, 7));
    assert_ptr_equal(bear, toc_objects_at(objects, 0));
    assert_true(toc_object_attribute(bear, 1, &type, &value));
    assert_true(toc_str_equal(value, TOC_S("s")));
    assert_true(toc_object_attribute(bear, 0, &type, &value));
    assert_true(toc_str_equal(value, TOC_S("d\n")));
    assert_true(toc_object_tag(bear, 0, &name));
    assert_true(toc_str_equal(name, TOC_S("APT")));
    assert_true(toc_object_label(bear, 0, &name));
    assert_int_equal(toc_object_set(bear, "name", TOC_S("Brown Bear"), &err), TOC_OK);
    assert_ptr_equal(toc_objects_by_name(objects, TOC_S("Brown Bear")), bear);
    assert_null(toc_objects_by_name(objects, TOC_S("Bear")));
    assert_null(toc_objects_by_id(objects, 9));
    assert_null(toc_objects_at(objects, 2));
    toc_objects_free(objects);
    /* One too many. */
    assert_int_equal(toc_list_open(sess, TOC_KIND_GROUP, filter, &list, &err), TOC_OK);
    objects = NULL;
    assert_int_equal(toc_list_all(list, 1, &objects, &err), TOC_ELIMIT);
    assert_null(objects);
    toc_list_close(list);
    assert_int_equal(toc_list_all(NULL, 1, &objects, &err), TOC_EINVAL);
    assert_int_equal(toc_objects_count(NULL), 0);
    assert_null(toc_objects_by_id(NULL, 1));
    toc_objects_free(NULL);
    toc_filter_free(filter);
    toc_session_close(sess);
}

static int set_up(void **state)
{
    (void)state;
    threat = toc_types_find(NULL, TOC_KIND_GROUP, TOC_S("Threat"));
    return threat == NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_expressions),
        cmocka_unit_test(test_documented_case),
        cmocka_unit_test(test_matched_of_several),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_owner_rules),
        cmocka_unit_test(test_victims_have_no_owner),
        cmocka_unit_test(test_owners),
        cmocka_unit_test(test_batch_jobs),
        cmocka_unit_test(test_task_by_its_own_id),
        cmocka_unit_test(test_list_descriptions),
        cmocka_unit_test(test_tolerated),
        cmocka_unit_test(test_odd_objects),
        cmocka_unit_test(test_collect),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
