/* A client in which a call fails, of sockets or of files, while the server is sound: an import and
 * an export by the program, and a batch with a journal, an attachment and single writes by a
 * program of the library, which is this one started again. A failure says why; what was not said to
 * be done is done by the same command again; nothing is there twice. TOC_FAULT_ROUNDS sets how many
 * calls of a kind are tried. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/time.h"
#include "support/faulty.h"
#include "support/program.h"
#include "tocsin/batch.h"
#include "tocsin/config.h"

#define ROWS 400
#define ITEMS 300
#define SINGLES 3
#define COUNT_OF(a) (sizeof(a) / sizeof *(a))

static faulty_place place, beside; /* of the client; of the server */
static char url[128];
static pid_t server;

static const fault_kind sockets[] = {
    {"socket", "EMFILE", 0}, {"connect", "ECONNREFUSED", 2}, {"send", "ECONNRESET", 2},
    {"send", "EPIPE", 0},    {"send", "EINTR", 0},           {"send", "EAGAIN", 0},
    {"send", "SHORT", 1},    {"recv", "ECONNRESET", 2},      {"recv", "EINTR", 0},
    {"recv", "EAGAIN", 0},   {"recv", "SHORT", 1},           {"poll", "EINTR", 0},
    {"poll", "ENOMEM", 0},
};
static const fault_kind files[] = {
    {"write", "ENOSPC", 2}, {"write", "SHORT", 2},   {"write", "EINTR", 0},
    {"sync", "EIO", 2},     {"create", "EMFILE", 0}, {"create", "ENOSPC", 1},
    {"truncate", "EIO", 0}, {"unlink", "EACCES", 0}, {"read", "EIO", 0},
    {"read", "SHORT", 2},
};

/* --- this program as a client --------------------------------------------------------------- */

static toc_rc build(toc_batch *batch, toc_error *err)
{
    toc_rc rc = toc_batch_add_json(batch, TOC_KIND_GROUP,
                                   TOC_S("{\"type\":\"Document\",\"name\":\"kept\",\"xid\":\"k\","
                                         "\"fileName\":\"k.txt\"}"),
                                   0, err);
    for (unsigned i = 0; !rc && i < ITEMS; i++) {
        char json[128];
        (void)snprintf(json, sizeof json,
                       "{\"type\":\"Host\",\"summary\":\"b%u.example\",\"xid\":\"x%u\"}", i, i);
        rc = toc_batch_add_json(batch, TOC_KIND_INDICATOR, toc_str_of(json), i, err);
    }
    const toc_batch_content content = {.data = TOC_S("what is kept")};
    if (!rc)
        rc = toc_batch_attach(batch, "Document", TOC_S("k"), TOC_S("k.txt"), &content, 0, err);
    return rc;
}

static toc_rc submit(toc_session *sess, toc_error *err)
{
    toc_batch_options options = TOC_BATCH_OPTIONS_INIT;
    toc_batch_status status;
    toc_batch *batch = NULL;
    options.owner = FAULTY_OWNER;
    options.chunk_items = 100;
    options.journal = "journal";
    options.poll_timeout_s = 20;
    toc_rc rc = toc_batch_new(&options, &batch, err);
    if (!rc)
        rc = build(batch, err);
    if (!rc)
        rc = toc_batch_submit(batch, sess, NULL, &status, err);
    toc_batch_free(batch);
    return rc;
}

/* Each of these makes an object whenever it arrives. */
static toc_rc post_singles(toc_session *sess, toc_error *err)
{
    toc_rc first = TOC_OK;
    for (unsigned i = 0; i < SINGLES; i++) {
        char body[64];
        toc_error failure = {0};
        toc_response *response = NULL;
        int len = snprintf(body, sizeof body, "{\"name\":\"single %u\"}", i);
        toc_call call = {
            .method = "POST", .path = "/v2/groups/threats", .body = {body, (size_t)len}};
        toc_rc rc = toc_session_call(sess, &call, &response, &failure);
        toc_response_free(response);
        (void)printf("%s\n", rc ? "-" : "made");
        if (rc && !first) {
            first = rc;
            *err = failure;
        }
    }
    return first;
}

/* argv: the server's address, "all" or "batch" */
static int be_client(const char *address, const char *what)
{
    toc_config *config = NULL;
    toc_session *sess = NULL;
    toc_error err = {0};
    toc_session_options options = TOC_SESSION_OPTIONS_INIT;
    const toc_config_options from = {.version = 1, .path = getenv("TOCSIN_CONFIG")};
    toc_rc rc = toc_config_load(&from, &config, &err);
    if (!rc)
        toc_config_apply(config, &options);
    options.api_url = address;
    options.owner = FAULTY_OWNER;
    options.retries = 3;
    options.retry_sleep_ms = 5;
    options.timeout_s = 5;
    if (!rc)
        rc = toc_session_open(&options, &sess, &err);
    if (!rc && !strcmp(what, "all"))
        rc = post_singles(sess, &err);
    toc_error failure = {0};
    toc_rc submitted = sess ? submit(sess, &failure) : rc;
    if (submitted && !rc)
        err = failure;
    rc = rc ? rc : submitted;
    toc_session_close(sess);
    toc_config_free(config);
    if (rc)
        (void)fprintf(stderr, "%s\n", err.message);
    return rc ? 1 : 0;
}

/* --- rounds --------------------------------------------------------------------------------- */

static void serve(void)
{
    int status = 0;
    char journal[96];
    (void)snprintf(journal, sizeof journal, "%s/journal", place.dir);
    (void)unlink(journal);
    faulty_renew(&place);
    assert_true(faulty_serve(&beside, NULL, &server, url, sizeof url, &status));
}

static void stop(void)
{
    assert_int_equal(kill(server, SIGTERM), 0);
    assert_int_equal(faulty_finish(&beside, server, NULL), 0);
    faulty_check_store(&place);
}

static void check_status(int status)
{
    assert_true(status == 0 || status == 1 || status == 4);
    if (status)
        assert_true(faulty_spoke(&place));
}

static void each(fault_round round, const fault_kind *kinds, size_t count, unsigned usual)
{
    const fault_plan plan = {kinds, count, usual, round, NULL};
    faulty_each(&place, &plan);
}

static const char *const import_words[] = {"tocsin",   "--api",   url,    "-q",           "import",
                                           "feed.csv", "--owner", "Demo", "--tag-column", "label",
                                           "--chunk",  "150",     NULL};

static void round_import(void *user, const fault *fail)
{
    (void)user;
    serve();
    int status = faulty_run(&place, import_words, fail);
    check_status(status);
    if (status)
        assert_int_equal(faulty_run(&place, import_words, NULL), 0);
    stop();
    assert_int_equal(faulty_list_count(&place, "/v2/indicators/hosts"), ROWS);
}

static void test_import(void **state)
{
    (void)state;
    serve();
    assert_int_equal(faulty_run(&place, import_words, NULL), 0);
    stop();
    each(round_import, sockets, COUNT_OF(sockets), 2);
}

static const char *const get_words[] = {"tocsin", "--api", url,        "-q",  "get", "indicators",
                                        "--page", "100",   "--format", "csv", NULL};
static char *whole;

static void round_export(void *user, const fault *fail)
{
    (void)user;
    int status = faulty_run(&place, get_words, fail);
    check_status(status);
    char *got = faulty_read(place.out);
    assert_non_null(got);
    if (!status)
        assert_string_equal(got, whole);
    free(got);
}

static void test_export(void **state)
{
    (void)state;
    serve();
    assert_int_equal(faulty_run(&place, import_words, NULL), 0);
    assert_int_equal(faulty_run(&place, get_words, NULL), 0);
    whole = faulty_read(place.out);
    assert_non_null(whole);
    assert_true(strlen(whole) > (size_t)ROWS * 10);
    each(round_export, sockets, COUNT_OF(sockets), 2);
    free(whole);
    stop();
}

static char self[256];
static const char *const all_words[] = {self, url, "all", NULL};
static const char *const batch_words[] = {self, url, "batch", NULL};

static int64_t made_of_output(void)
{
    int64_t made = 0;
    char *text = faulty_read(place.out);
    assert_non_null(text);
    for (const char *at = text; (at = strstr(at, "made")) != NULL; at++)
        made++;
    free(text);
    return made;
}

static void round_batch(void *user, const fault *fail)
{
    (void)user;
    serve();
    int status = faulty_run(&place, all_words, fail);
    check_status(status);
    int64_t made = made_of_output();
    if (status)
        assert_int_equal(faulty_run(&place, batch_words, NULL), 0);
    stop();
    char journal[96];
    (void)snprintf(journal, sizeof journal, "%s/journal", place.dir);
    if (strcmp(fail->call, "unlink") != 0)
        assert_int_equal(access(journal, F_OK), -1);
    assert_int_equal(faulty_list_count(&place, "/v2/indicators/hosts"), ITEMS);
    assert_int_equal(faulty_list_count(&place, "/v2/groups/documents"), 1);
    int64_t singles = faulty_list_count(&place, "/v2/groups/threats");
    assert_true(singles >= made && singles <= SINGLES);
    if (!status)
        assert_int_equal(made, SINGLES);
}

static void test_batch(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        serve();
        assert_int_equal(faulty_run(&place, all_words, NULL), 0);
        assert_int_equal(made_of_output(), SINGLES);
        stop();
        if (!i)
            each(round_batch, sockets, COUNT_OF(sockets), 2);
        else
            each(round_batch, files, COUNT_OF(files), 2);
    }
}

/* --- small pieces --------------------------------------------------------------------------- */

/* That a call does less than it was asked for, or nothing yet, is no failure: each round does all
 * that it has to at the first attempt. */
static const fault pieces[] = {
    {"recv", "BYTE", 2, false, true},    {"recv", "EAGAIN", 2, false, true},
    {"send", "BYTE", 2, false, true},    {"send", "EAGAIN", 2, false, true},
    {"traffic", "BYTE", 1, false, true}, {"traffic", "EAGAIN", 3, false, true},
    {"socket", "TIGHT", 1, true, false},
};

static void test_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        serve();
        if (faulty_run(&place, all_words, &pieces[i]))
            fail_msg("%s %s: %s", pieces[i].call, pieces[i].error, faulty_read(place.errors));
        assert_int_equal(made_of_output(), SINGLES);
        stop();
        assert_int_equal(faulty_list_count(&place, "/v2/indicators/hosts"), ITEMS);
        assert_int_equal(faulty_list_count(&place, "/v2/groups/threats"), SINGLES);
        assert_int_equal(faulty_list_count(&place, "/v2/groups/documents"), 1);
    }
}

/* Both ends of TLS: `beside` has a certificate for as long as this takes. */
static void test_pieces_tls(void **state)
{
    const char *const words[] = {"tocsin",   "--api", url,          "--ca-file", beside.cert,
                                 "-q",       "get",   "indicators", "--page",    "100",
                                 "--format", "csv",   NULL};
    (void)state;
    faulty_certify(&beside);
    serve();
    const char *const import[] = {"tocsin", "--api",    url,       "--ca-file", beside.cert, "-q",
                                  "import", "feed.csv", "--owner", "Demo",      NULL};
    assert_int_equal(faulty_run(&place, import, &pieces[COUNT_OF(pieces) - 2]), 0);
    assert_int_equal(faulty_run(&place, words, NULL), 0);
    char *expected = faulty_read(place.out);
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        if (faulty_run(&place, words, &pieces[i]))
            fail_msg("%s %s: %s", pieces[i].call, pieces[i].error, faulty_read(place.errors));
        char *got = faulty_read(place.out);
        assert_string_equal(got, expected);
        free(got);
    }
    free(expected);
    stop();
    beside.cert[0] = '\0';
    assert_int_equal(faulty_list_count(&place, "/v2/indicators/hosts"), ROWS);
}

/* --- names and addresses that lead nowhere -------------------------------------------------- */

static const char *const nowhere_words[] = {"tocsin", "--api",  "https://host.invalid/api",
                                            "-q",     "whoami", NULL};

static void expect_failure(const char *const *words, const fault *fail, const char *text)
{
    assert_int_equal(faulty_run(&place, words, fail), 1);
    char *errors = faulty_read(place.errors);
    assert_non_null(errors);
    if (!strstr(errors, text))
        fail_msg("\"%s\" is not in: %s", text, errors);
    free(errors);
}

/* The name goes to nobody: the resolver is the one that fails. */
static void test_names(void **state)
{
    static const fault fails[] = {{"resolve", "AGAIN", 1, true, false},
                                  {"resolve", "NONAME", 1, true, false}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(fails); i++) {
        expect_failure(nowhere_words, &fails[i], "host.invalid");
        assert_true(faulty_count(&place, "resolve") > 1); /* tried again */
    }
}

static void test_refused(void **state)
{
    (void)state;
    serve();
    stop();
    const char *const words[] = {"tocsin", "--api", url, "-q", "whoami", NULL};
    expect_failure(words, NULL, "127.0.0.1");
    assert_true(faulty_count(&place, "connect") > 1);
}

/* A server without TLS is asked with it; no fault of the moment. */
static void test_handshake(void **state)
{
    char secure[140];
    (void)state;
    serve();
    (void)snprintf(secure, sizeof secure, "https%s", url + 4);
    const char *const words[] = {"tocsin", "--api", secure, "-q", "whoami", NULL};
    expect_failure(words, NULL, "https://127.0.0.1");
    stop();
}

/* --- program -------------------------------------------------------------------------------- */

static int setup(void **state)
{
    char path[96];
    (void)state;
    beside = place;
    (void)snprintf(beside.counts, sizeof beside.counts, "%s/server-counts", place.dir);
    (void)snprintf(beside.errors, sizeof beside.errors, "%s/server-errors", place.dir);
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(len > 0);
    self[len] = '\0';
    (void)snprintf(path, sizeof path, "%s/feed.csv", place.dir);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    (void)fputs("type,value,label\n", file);
    for (unsigned i = 0; i < ROWS; i++)
        (void)fprintf(file, "Host,h%u.example,t%u\n", i, i % 7);
    return fclose(file);
}

static int teardown(void **state)
{
    (void)state;
    faulty_teardown(&place);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_import),         cmocka_unit_test(test_export),
        cmocka_unit_test(test_batch),          cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_pieces_tls),     cmocka_unit_test(test_names),
        cmocka_unit_test(test_refused),        cmocka_unit_test(test_handshake),
        cmocka_unit_test(faulty_test_all_met),
    };
    if (argc == 3)
        return be_client(argv[1], argv[2]);
    if (!faulty_setup(&place)) {
        print_message("calls cannot be made to fail in this build\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, setup, teardown);
}
