/* Entities, ranges, deleted indicators, hashes and filters against the real platform: in one
 * process, and over HTTP. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/wire.h"
#include "tocsin/ti.h"

static wire_server server;
static toc_session *sess;
static toc_error err;

#define must(call)                                                                                 \
    do {                                                                                           \
        toc_rc must_rc_ = (call);                                                                  \
        if (must_rc_)                                                                              \
            fail_msg("%s: %d %s", #call, must_rc_, err.message);                                   \
    } while (0)

static const toc_type *type_of(toc_kind kind, const char *name)
{
    const toc_type *type = toc_types_find(NULL, kind, toc_str_of(name));
    assert_non_null(type);
    return type;
}

static toc_object *entity(const char *json)
{
    toc_object *obj = NULL;
    must(toc_create_entity(sess, toc_str_of(json), NULL, &obj, &err));
    return obj;
}

/* The summaries of a list, each with a semicolon. */
static void assert_listed(toc_list *list, const char *wanted)
{
    char text[512] = "";
    toc_object *obj = NULL;
    int got;
    while ((got = toc_list_next(list, &obj, &err)) == 1) {
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof(text) - used, "%.*s;",
                       TOC_FMT(toc_object_entity(obj).value));
    }
    must(got);
    toc_list_close(list);
    assert_string_equal(text, wanted);
}

static void entities(void)
{
    char json[256], out[TOC_HASH_TEXT], *text = NULL;
    toc_str name;
    toc_list *list = NULL;
    toc_object *threat = entity("{\"type\":\"threat\",\"summary\":\"T\",\"tag\":[\"one\"]}");
    (void)snprintf(json, sizeof(json),
                   "{\"type\":\"report\",\"name\":\"R\",\"file_name\":\"r.txt\",\"publish_date\":"
                   "\"2019-04-02\",\"file_content\":\"abc\",\"associations\":[{\"type\":\"threat\","
                   "\"unique_id\":%lld}]}",
                   (long long)toc_object_entity(threat).id);
    toc_object *report = entity(json);
    toc_ref of = toc_object_ref(report), other = toc_object_ref(threat);
    must(toc_associated_open(sess, &other, NULL, TOC_KIND_GROUP, NULL, &list, &err));
    assert_listed(list, "R;");
    must(toc_download_hash(sess, &of, "md5", out, &err));
    assert_string_equal(out, "900150983cd24fb0d6963f7d28e17f72");
    must(toc_upload(sess, &of, TOC_S("x"), TOC_UPLOAD_UPDATE, &err));
    must(toc_download_hash(sess, &of, "md5", out, &err));
    assert_string_equal(out, "9dd4e461268c8034f5c8564e155c67a6");
    /* Sizes and states are the platform's own. */
    must(toc_object_set(report, "file_size", TOC_S("99"), &err));
    must(toc_object_set(report, "status", TOC_S("Failed"), &err));
    must(toc_object_set(report, "file_name", TOC_S("s.txt"), &err));
    must(toc_save(sess, report, NULL, &err));
    toc_object *found = NULL;
    must(toc_get(sess, of.type, of.id, NULL, &found, &err));
    assert_true(toc_str_equal(toc_object_get(found, "fileName"), TOC_S("s.txt")));
    assert_int_equal(toc_object_get_int(found, "fileSize"), 1);
    must(toc_object_entity_json(found, &text, &err));
    assert_non_null(
        strstr(text, "\"type\":\"Report\",\"value\":\"R\",\"ownerName\":\"" WIRE_OWNER));
    toc_free(text);
    toc_object_free(found);
    must(toc_get(sess, other.type, other.id, NULL, &found, &err));
    assert_true(toc_object_tag(found, 0, &name));
    toc_object_free(found);
    must(toc_delete(sess, of.type, of.id, NULL, &err));
    must(toc_delete(sess, other.type, other.id, NULL, &err));
    toc_object_free(threat);
    toc_object_free(report);
}

static void ranges(void)
{
    static const char *const hosts[] = {"a.example", "b.example", "c.example", "d.example",
                                        "e.example"};
    const toc_type *host = type_of(TOC_KIND_INDICATOR, "Host");
    toc_filter *filter = NULL;
    toc_list *list = NULL;
    char json[128];
    /* Lists begin with what is newest. */
    for (size_t i = TOC_COUNT(hosts); i-- > 0;) {
        (void)snprintf(json, sizeof(json),
                       "{\"type\":\"Host\",\"hostname\":\"%s\",\"confidence\":%zu,"
                       "\"dns_active\":\"%s\"}",
                       hosts[i], i * 10, i % 2 ? "true" : "false");
        toc_object_free(entity(json));
    }
    must(toc_filter_new(TOC_KIND_INDICATOR, host, &filter, &err));
    must(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err));
    must(toc_list_range(list, 1, 3, 1, &err));
    assert_listed(list, "b.example;c.example;d.example;");
    must(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err));
    must(toc_list_range(list, 2, 0, 0, &err));
    assert_listed(list, "c.example;d.example;e.example;");
    must(toc_filter_term(filter, "host.dns_active", TOC_OP_EQ, TOC_S("true"), &err));
    must(toc_filter_term(filter, "indicator.date_added", TOC_OP_LT, TOC_S("2001-01-01"), &err));
    assert_int_equal(toc_filter_remove_term(filter, "date_added"), 1);
    must(toc_list_open(sess, TOC_KIND_INDICATOR, filter, &list, &err));
    assert_listed(list, "b.example;d.example;");
    toc_filter_free(filter);
    for (size_t i = 1; i < TOC_COUNT(hosts); i++)
        must(toc_delete(sess, host, toc_str_of(hosts[i]), NULL, &err));
    must(toc_deleted_open(sess, host, TOC_S("yesterday"), NULL, &list, &err));
    assert_listed(list, "e.example;d.example;c.example;b.example;");
    must(toc_deleted_open(sess, NULL, (toc_str){NULL, 0}, NULL, &list, &err));
    assert_listed(list, "e.example;d.example;c.example;b.example;");
    must(toc_deleted_open(sess, host, TOC_S("2090-01-01"), NULL, &list, &err));
    assert_listed(list, "");
    must(toc_delete(sess, host, toc_str_of(hosts[0]), NULL, &err));
}

/* What the module has no name for is one call (ti.md 23). */
static void extras(void)
{
    static const struct {
        const char *path, *member;
    } rows[] = {
        {"/v2/indicators/observed?dateObserved=2019-04-02", "\"status\""},
        {"/v2/types/indicatorTypes/Host?includeAdditional=true", "indicatorType"},
        {"/v2/types/associationTypes", "associationType"},
        {"/v2/types/attributeTypes", "attributeType"},
        {"/v2/types/attributeTypes/Description", "attributeType"},
        {"/v2/whoami", "userName"},
        {"/v2/tags?detailed=true", "tag"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_call call = {.path = rows[i].path};
        toc_response *response = NULL;
        must(toc_session_call(sess, &call, &response, &err));
        assert_true(toc_str_find(toc_response_body(response), toc_str_of(rows[i].member)) >= 0);
        assert_ptr_equal(toc_session_last_response(sess), response);
        toc_response_free(response);
    }
    toc_user user;
    must(toc_whoami(sess, &user, &err));
    const toc_response *last = toc_session_last_response(sess);
    assert_int_equal(toc_response_status(last), 200);
    assert_true(toc_response_is(last, "application/json"));
    assert_true(toc_str_find(toc_response_body(last), toc_str_of(user.user_name)) >= 0);
}

static void run_all(void)
{
    entities();
    ranges();
    extras();
}

static void test_in_process(void **state)
{
    (void)state;
    wire_start(&server, NULL);
    wire_stop(&server);
    sess = wire_session(&server, false);
    run_all();
    toc_session_close(sess); /* and the platform with it */
    server.platform = NULL;
    wire_done(&server);
}

static void test_over_http(void **state)
{
    (void)state;
    wire_start(&server, NULL);
    sess = wire_session(&server, true);
    run_all();
    toc_session_close(sess);
    wire_done(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_process),
        cmocka_unit_test(test_over_http),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
