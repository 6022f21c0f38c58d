/* What must not be seen: passwords of objects in log lines, reports and recordings; tokens in
 * memory that was given back. */
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
#include "tocsin/config.h"
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

/* Memory that counts what is given back with a secret in it. The size stands in front. */
#define ROOM 16U

static size_t left_behind;

static void *take_memory(void *user, size_t size)
{
    (void)user;
    size_t *block = calloc(1, size + ROOM);
    if (!block)
        return NULL;
    *block = size;
    return (char *)block + ROOM;
}

static void give_back(void *user, void *ptr)
{
    (void)user;
    if (!ptr)
        return;
    size_t *block = (size_t *)(void *)((char *)ptr - ROOM);
    left_behind += memmem(ptr, *block, "SECRET", 6) != NULL;
    free(block);
}

static void *move_memory(void *user, void *ptr, size_t size)
{
    char *moved = take_memory(user, size);
    if (!ptr || !moved)
        return moved;
    size_t before = *(size_t *)(void *)((char *)ptr - ROOM);
    memcpy(moved, ptr, before < size ? before : size);
    give_back(user, ptr);
    return moved;
}

static char token[600]; /* longer than what buffers begin with */
static char answer[1024];
static char config[8192];

static void run_renewal(void)
{
    (void)snprintf(answer, sizeof(answer),
                   "{\"success\":true,\"apiToken\":\"%s\",\"apiTokenExpires\":\"4102444800\"}",
                   token);
    const script_answer answers[] = {{.status = 200, .body = answer}, {.status = 200}};
    play = (script){.answers = answers, .answer_count = 2};
    toc_session *sess =
        script_session_with(&play, (toc_session_options){.token = token, .token_expires = 1});
    toc_call call = {.path = "/v2/x"};
    toc_response *response = NULL;
    assert_non_null(sess);
    assert_int_equal(toc_session_call(sess, &call, &response, &err), TOC_OK);
    toc_response_free(response);
    toc_session_close(sess);
}

static void run_config(void)
{
    char name[] = "/tmp/tocsin-secrets-XXXXXX";
    int fd = mkstemp(name);
    (void)snprintf(config, sizeof(config), "[threatconnect]\napi_token = %s\n#%6000s\n", token, "");
    assert_true(fd >= 0);
    assert_int_equal(write(fd, config, strlen(config)), (ssize_t)strlen(config));
    (void)close(fd);
    toc_config *found = NULL;
    const toc_config_options place = {.version = 1, .path = name};
    assert_int_equal(toc_config_load(&place, &found, &err), TOC_OK);
    toc_config_free(found);
    assert_int_equal(unlink(name), 0);
}

/* A core file of a program that closed its session has no token in it for our sake. */
static void test_memory(void **state)
{
    (void)state;
    const toc_allocator watching = {take_memory, move_memory, give_back, NULL};
    for (size_t i = 0; i + 7 < sizeof(token); i += 6)
        memcpy(token + i, "SECRET", 6);
    toc_set_allocator(&watching);
    run_renewal();
    size_t renewal = left_behind;
    run_config();
    toc_set_allocator(NULL);
    assert_int_equal(renewal, 0);
    assert_int_equal(left_behind, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_password),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
