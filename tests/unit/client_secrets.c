/* What must not be seen: passwords of objects in log lines, reports and recordings. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/request.h"
#include "support/script.h"
#include "tocsin/report.h"

#define PASSWORD "hush-\\\"-hush"

static toc_error err;
static script play;
static char heard[64 * 1024];
static char path[] = "/tmp/tocsin-secrets-XXXXXX";

static void hear(void *user, toc_log_level level, const char *area, const char *line)
{
    size_t used = strlen(heard);
    (void)user, (void)level;
    (void)snprintf(heard + used, sizeof(heard) - used, "%s %s\n", area, line);
}

static toc_object *make_document(void)
{
    static const char *const pairs[][2] = {
        {"name", "D"}, {"fileName", "d"}, {"malware", "true"}, {"password", "hush-\"-hush"}};
    toc_object *obj = NULL;
    const toc_type *type = toc_types_find(NULL, TOC_KIND_GROUP, TOC_S("Document"));
    assert_int_equal(toc_object_new(type, &obj, &err), TOC_OK);
    for (size_t i = 0; i < TOC_COUNT(pairs); i++)
        assert_int_equal(toc_object_set(obj, pairs[i][0], toc_str_of(pairs[i][1]), &err), TOC_OK);
    return obj;
}

static void read_recording(void)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    ssize_t got = read(fd, heard, sizeof(heard) - 1);
    assert_true(got > 0);
    heard[got] = '\0';
    (void)close(fd);
}

/* The server gets the password, nobody else does. */
static void test_password(void **state)
{
    (void)state;
    static const script_answer answers[] = {
        {.status = 201, .body = "{\"status\":\"Success\",\"data\":{\"document\":{\"id\":7}}}"}};
    play = (script){.answers = answers, .answer_count = 1};
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    toc_transport inner = script_transport(&play), transport;
    assert_int_equal(toc_transport_record(&inner, path, &transport, &err), TOC_OK);
    toc_session_options options = {
        .version = 1, .transport = &transport, .log = hear, .report = true};
    toc_session *sess = NULL;
    toc_object *obj = make_document();
    assert_int_equal(toc_session_open(&options, &sess, &err), TOC_OK);
    assert_int_equal(toc_save(sess, obj, NULL, &err), TOC_OK);
    assert_non_null(strstr(play.asked[0].body, "\"password\":\"" PASSWORD "\""));
    assert_null(strstr(heard, "hush"));
    assert_non_null(strstr(heard, "\"malware\":true,\"password\":\"***\"}"));

    toc_report_entry entry;
    toc_call again;
    assert_true(toc_report_at(sess, 0, &entry));
    assert_null(entry.body.ptr);
    assert_int_equal(entry.body_length, strlen(play.asked[0].body));
    assert_int_equal(toc_report_call(&entry, &again, &err), TOC_ELIMIT);
    toc_object_free(obj);
    toc_session_close(sess);
    read_recording();
    assert_null(strstr(heard, "hush"));
    assert_non_null(strstr(heard, "\\\"password\\\":\\\"***\\\"}"));
    assert_int_equal(unlink(path), 0);
}

static void test_bodies(void **state)
{
    (void)state;
    static const struct {
        const char *body, *shown; /* NULL: as it is */
    } rows[] = {
        {"", NULL},
        {"{\"a\":\"password\"}", NULL},
        {"the password: x", NULL},
        {"{\"password\":null,\"x\":[{\"password\":{}}]}", NULL},
        {"{\"password\":\"\"}", "{\"password\":\"***\"}"},
        {" [{\"Password\" : \"a\\\"b\", \"n\":1},{\"password\":7}] ",
         " [{\"Password\" : \"***\", \"n\":1},{\"password\":\"***\"}] "},
        /* Also in what is broken behind it. */
        {"{\"password\":\"a\",,", "{\"password\":\"***\",,"},
    };
    for (size_t i = 0; i < TOC_COUNT(rows); i++) {
        toc_buf room = {0};
        toc_str body = toc_str_of(rows[i].body), shown = toc__body_shown(body, &room);
        assert_true(toc_str_equal(shown, rows[i].shown ? toc_str_of(rows[i].shown) : body));
        assert_int_equal(toc__body_is_secret(body), rows[i].shown != NULL);
        toc_buf_done(&room);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_password),
        cmocka_unit_test(test_bodies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
