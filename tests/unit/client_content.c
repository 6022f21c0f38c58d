/* Content up and down: requests, media types, sinks that fail, the ways to upload. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "support/script.h"
#include "tocsin/parts.h"

#define QUIET "?createActivityLog=false&owner=Acme"

static toc_error err;
static script play;

static toc_session *start(const script_answer *answers, size_t count)
{
    return script_start(&play, answers, count,
                        (toc_session_options){.owner = "Acme", .retries = 2, .retry_sleep_ms = 1});
}

static toc_ref ref(toc_kind kind, const char *type, const char *id)
{
    const toc_type *found = toc_types_find(NULL, kind, toc_str_of(type));
    assert_non_null(found);
    return (toc_ref){.type = found, .id = toc_str_of(id)};
}

typedef struct taken {
    char text[64];
    size_t len, begun;
    toc_rc rc;
} taken;

static toc_rc take(void *user, const void *data, size_t len)
{
    taken *to = user;
    if (!data) {
        to->begun++;
        to->len = 0;
        return TOC_OK;
    }
    assert_true(to->len + len < sizeof(to->text));
    memcpy(to->text + to->len, data, len);
    to->len += len;
    return to->rc;
}

static void test_download(void **state)
{
    (void)state;
    static const struct {
        const char *type, *id, *target, *media;
    } rows[] = {
        {"Document", "7", "/api/v2/groups/documents/7/download" QUIET, "application/octet-stream"},
        {"Signature", "7", "/api/v2/groups/signatures/7/download" QUIET,
         "Text/Plain; charset=UTF-8"},
        {"Report", "my/xid", "/api/v2/groups/reports/my%2Fxid/download" QUIET, ""},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        const script_answer answer = {
            .status = 200, .type = rows[i].media, .body = "a\0b", .body_len = 3};
        toc_session *sess = start(&answer, 1);
        toc_ref of = ref(TOC_KIND_GROUP, rows[i].type, rows[i].id);
        taken to = {.len = 0};
        assert_int_equal(toc_download(sess, &of, take, &to, &err), TOC_OK);
        assert_string_equal(play.asked[0].target, rows[i].target);
        assert_string_equal(play.asked[0].method, "GET");
        assert_int_equal(to.len, 3);
        assert_memory_equal(to.text, "a\0b", 3);
        toc_session_close(sess);
    }
}

/* The page of a proxy, an empty answer, none, and one that says no. */
static void test_download_fails(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .type = "text/html; x=y", .body = "<p>log in"},
        {.status = 200, .type = "application/json", .body = ""},
        {.status = 404, .body = "{\"message\":\"The requested resource was not found\"}"},
        {.status = 200, .type = "application/octet-stream", .body = "abc"},
        {.status = 503, .body = "{\"message\":\"later\"}"},
        {.status = 200, .type = "application/octet-stream", .body = ""}};
    toc_session *sess = start(answers, 6);
    toc_ref of = ref(TOC_KIND_GROUP, "Document", "7");
    taken to = {.len = 0};
    assert_int_equal(toc_download(sess, &of, take, &to, &err), TOC_EPROTO);
    assert_non_null(strstr(err.message, "text/html"));
    assert_int_equal(err.http_status, 200);
    assert_int_equal(to.len, 0);
    assert_int_equal(toc_download(sess, &of, take, &to, &err), TOC_EPROTO);
    assert_non_null(strstr(err.message, "application/json"));
    assert_int_equal(toc_download(sess, &of, take, &to, &err), TOC_ENOTFOUND);
    to.rc = TOC_EIO;
    assert_int_equal(toc_download(sess, &of, take, &to, &err), TOC_EIO);
    assert_int_equal(play.asked_count, 4); /* not tried again */
    to = (taken){.len = 0};
    assert_int_equal(toc_download(sess, &of, take, &to, &err), TOC_OK);
    assert_int_equal(play.asked_count, 6);
    assert_int_equal(to.len, 0);
    toc_session_close(sess);
}

static void test_pdf(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 200, .type = "application/pdf", .body = "%PDF-"},
        {.status = 200, .type = "application/pdf", .body = "%PDF-"},
        {.status = 200, .type = "text/plain", .body = "no"}};
    toc_session *sess = start(answers, 3);
    toc_ref of = ref(TOC_KIND_GROUP, "Threat", "7");
    taken to = {.len = 0};
    assert_int_equal(toc_download_pdf(sess, &of, take, &to, &err), TOC_OK);
    assert_string_equal(play.asked[0].target, "/api/v2/groups/threats/7/pdf" QUIET);
    assert_int_equal(to.len, 5);
    of = ref(TOC_KIND_TASK, "Task", "9");
    assert_int_equal(toc_download_pdf(sess, &of, take, &to, &err), TOC_OK);
    assert_string_equal(play.asked[1].target, "/api/v2/tasks/9/pdf" QUIET);
    assert_int_equal(toc_download_pdf(sess, &of, take, &to, &err), TOC_EPROTO);
    of = ref(TOC_KIND_VICTIM, "Victim", "9");
    assert_int_equal(toc_download_pdf(sess, &of, take, &to, &err), TOC_EUNSUPPORTED);
    toc_session_close(sess);
}

static void test_upload(void **state)
{
    (void)state;
    static const script_answer ok = {.status = 200, .type = "", .body = ""};
    static const script_answer denied = {
        .status = 401, .body = "{\"message\":\"The requested Document was not uploaded\"}"};
    static const script_answer there = {.status = 400,
                                        .body = "{\"message\":\"a file already exists\"}"};
    static const script_answer bad = {.status = 400, .body = "{\"message\":\"malware\"}"};
    static const struct {
        const script_answer *answers[2];
        toc_upload_mode mode;
        const char *methods[2];
        toc_rc rc;
    } rows[] = {
        {{&ok}, TOC_UPLOAD_NEW, {"POST"}, TOC_OK},
        {{&ok}, TOC_UPLOAD_REPLACE, {"PUT"}, TOC_OK},
        {{&ok}, TOC_UPLOAD_EITHER, {"POST"}, TOC_OK},
        {{&denied, &ok}, TOC_UPLOAD_EITHER, {"POST", "PUT"}, TOC_OK},
        {{&there, &ok}, TOC_UPLOAD_EITHER, {"POST", "PUT"}, TOC_OK},
        {{&denied, &bad}, TOC_UPLOAD_EITHER, {"POST", "PUT"}, TOC_EHTTP},
        {{&bad}, TOC_UPLOAD_EITHER, {"POST"}, TOC_EHTTP},
        {{&denied}, TOC_UPLOAD_NEW, {"POST"}, TOC_EAUTH},
        {{&there}, TOC_UPLOAD_REPLACE, {"PUT"}, TOC_EHTTP},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        script_answer answers[2] = {*rows[i].answers[0]};
        size_t count = rows[i].answers[1] ? 2 : 1;
        if (count == 2)
            answers[1] = *rows[i].answers[1];
        toc_session *sess = start(answers, count);
        toc_ref of = ref(TOC_KIND_GROUP, "Document", "7");
        assert_int_equal(toc_upload(sess, &of, TOC_S("bytes"), rows[i].mode, &err), rows[i].rc);
        assert_int_equal(play.asked_count, count);
        for (size_t k = 0; k < count; k++) {
            assert_string_equal(play.asked[k].method, rows[i].methods[k]);
            assert_string_equal(play.asked[k].target, "/api/v2/groups/documents/7/upload" QUIET);
            assert_string_equal(play.asked[k].content_type, "application/octet-stream");
            assert_string_equal(play.asked[k].body, "bytes");
        }
        toc_session_close(sess);
    }
}

static void test_refused(void **state)
{
    (void)state;
    toc_session *sess = start(NULL, 0);
    toc_ref threat = ref(TOC_KIND_GROUP, "Threat", "7");
    toc_ref none = ref(TOC_KIND_GROUP, "Document", NULL);
    toc_ref dots = ref(TOC_KIND_GROUP, "Document", "..");
    toc_ref document = ref(TOC_KIND_GROUP, "Document", "7");
    toc_ref host = ref(TOC_KIND_INDICATOR, "Host", "h");
    taken to = {.len = 0};
    assert_int_equal(toc_download(sess, &threat, take, &to, &err), TOC_EUNSUPPORTED);
    assert_non_null(strstr(err.message, "Threat"));
    assert_int_equal(toc_download(sess, &host, take, &to, &err), TOC_EUNSUPPORTED);
    assert_int_equal(toc_download(sess, &none, take, &to, &err), TOC_EINVAL);
    assert_int_equal(toc_download(sess, &dots, take, &to, &err), TOC_EINVAL);
    assert_int_equal(toc_download(sess, NULL, take, &to, &err), TOC_EINVAL);
    assert_int_equal(toc_download(sess, &document, NULL, &to, &err), TOC_EINVAL);
    assert_int_equal(toc_download_pdf(sess, NULL, take, &to, &err), TOC_EINVAL);
    assert_int_equal(toc_upload(sess, &threat, TOC_S("x"), TOC_UPLOAD_NEW, &err), TOC_EUNSUPPORTED);
    assert_int_equal(toc_upload(sess, &document, TOC_S(""), TOC_UPLOAD_NEW, &err), TOC_EINVAL);
    assert_int_equal(toc_upload(sess, &none, TOC_S("x"), TOC_UPLOAD_NEW, &err), TOC_EINVAL);
    assert_int_equal(toc_upload(sess, NULL, TOC_S("x"), TOC_UPLOAD_NEW, &err), TOC_EINVAL);
    assert_int_equal(toc_upload(sess, &document, TOC_S("x"), (toc_upload_mode)4, &err), TOC_EINVAL);
    document.attribute = 5;
    assert_int_equal(toc_download(sess, &document, take, &to, &err), TOC_EUNSUPPORTED);
    assert_int_equal(toc_upload(sess, &document, TOC_S("x"), TOC_UPLOAD_NEW, &err),
                     TOC_EUNSUPPORTED);
    assert_int_equal(play.asked_count, 0);
    toc_session_close(sess);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_download), cmocka_unit_test(test_download_fails),
        cmocka_unit_test(test_pdf),      cmocka_unit_test(test_upload),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
